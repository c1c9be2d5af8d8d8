using Microsoft.Azure.Cosmos;
using Microsoft.Extensions.Logging.Abstractions;
using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;
using TikTok.Ranker.Features;
using TikTok.Ranker.People;
using TikTok.Ranker.State;

namespace TikTok.LocalTests.Ranker;

/// <summary>What the ranker reads of people besides the log.</summary>
public sealed class PersonReaderTests(ProductDatabase database) : IClassFixture<ProductDatabase>
{
    private const uint Now = 1_800_000_000;

    private readonly CosmosPersonReader _reader = new(database.Client);

    [Fact]
    public async Task The_account_and_relations_both_ways_are_read()
    {
        var anna = await AddAccountAsync(a => a with { Country = "SE", Interests = ["cooking", "street-food"], BirthDate = new DateOnly(2000, 2, 29) });
        var (cook, dancer, rude, loud, foe) = (NewId(), NewId(), NewId(), NewId(), NewId());
        await ChangeAsync(anna, cook, e => e with { Follow = FollowState.Following });
        await ChangeAsync(anna, dancer, e => e with { Follow = FollowState.Requested });
        await ChangeAsync(anna, rude, e => e with { Blocking = true });
        await ChangeAsync(anna, loud, e => e with { Muting = true });
        await ChangeAsync(foe, anna, e => e with { Blocking = true });
        await ChangeAsync(dancer, anna, e => e with { Muting = true });

        var facts = await _reader.ReadAsync(anna, Now, default);

        Assert.Equal((CountryCode.Of("SE"), new DateOnly(2000, 2, 29)), (facts.Country, facts.BirthDate));
        Assert.Equal([FeatureId.Of(Field.Hashtag, "cooking"), FeatureId.Of(Field.Hashtag, "streetfood")], facts.Interests);
        Assert.Equal([Creator(cook)], facts.Followed);
        Assert.Equal(new[] { Creator(rude), Creator(loud) }.Order(), facts.Rejected.Order());
        Assert.Equal([Creator(foe)], facts.RejectedBy);
        Assert.False(facts.IsStale(Now));
    }

    [Fact]
    public async Task A_new_block_is_seen_by_the_small_read_and_the_rest_stays()
    {
        var anna = await AddAccountAsync();
        var (cook, rude) = (NewId(), NewId());
        await ChangeAsync(anna, cook, e => e with { Follow = FollowState.Following });
        var facts = await _reader.ReadAsync(anna, Now, default);
        await ChangeAsync(anna, rude, e => e with { Blocking = true });

        var refreshed = await _reader.RefreshAsync(anna, facts, Now + 60, default);

        Assert.Equal([Creator(rude)], refreshed.Avoided);
        Assert.Equal([Creator(cook)], refreshed.Followed);
        Assert.Equal((Now, Now + 60), (refreshed.ReadAt, refreshed.CheckedAt));
    }

    [Fact]
    public async Task Of_an_account_that_is_not_there_nothing_is_known()
    {
        var facts = await _reader.ReadAsync(NewId(), Now, default);

        Assert.True(facts.IsStale(Now));
        Assert.True(facts.IsTeen(Now));
    }

    [Fact]
    public async Task What_was_watched_is_read_oldest_first()
    {
        var anna = NewId();
        var videos = Enumerable.Range(0, 3).Select(_ => NewId()).ToList();
        await AddWatchAsync(anna, videos[0], 30, watchedMs: 9_000, completion: 0.5);
        await AddWatchAsync(anna, videos[1], 10, watchedMs: 18_000, completion: 1);
        await AddWatchAsync(anna, videos[2], 20, watchedMs: 900, completion: 0.05);

        var watched = await _reader.ReadWatchedAsync(anna, default);

        Assert.Equal([videos[1], videos[2], videos[0]], watched.Select(w => videos.Single(v => FeatureId.Of(Field.Video, v) == w.Video)));
        Assert.Equal([SwipeSignals.Finished, SwipeSignals.Skipped, SwipeSignals.None], watched.Select(w => w.Signals));
        Assert.Equal([1f, 0.05f, 0.5f], watched.Select(w => w.Ratio));
    }

    [Fact]
    public async Task An_account_being_erased_is_forgotten_also_by_a_ranker_that_starts_later()
    {
        var (gone, other) = (NewId(), NewId());
        var requests = new PrivacyRequestStore(database.Client);
        await requests.TrySaveAsync(Request(gone, PrivacyRequestKind.Erasure), default);
        await requests.TrySaveAsync(Request(other, PrivacyRequestKind.Export), default);
        var forgotten = new Forgotten();

        using var feed = new ErasureFeed(database.Client, [forgotten], TimeProvider.System, NullLogger<ErasureFeed>.Instance);
        await feed.StartAsync(default);
        await forgotten.First.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await feed.StopAsync(default);

        Assert.Contains(gone, forgotten.Ids);
        Assert.DoesNotContain(other, forgotten.Ids);
    }

    private static string NewId() => Id.New(TimeProvider.System);

    private static long Creator(string userId) => FeatureId.Of(Field.Creator, userId);

    private static PrivacyRequest Request(string userId, PrivacyRequestKind kind) => new()
    {
        Id = PrivacyRequest.IdFor(kind),
        UserId = userId,
        RequestId = NewId(),
        Kind = kind,
        RequestedAt = TimeProvider.System.GetUtcNow(),
    };

    private async Task<string> AddAccountAsync(Func<Account, Account>? with = null)
    {
        var account = ProductDatabase.NewAccount(NewId());
        await new AccountStore(database.Client).CreateAsync(with?.Invoke(account) ?? account, default);
        return account.UserId;
    }

    private Task ChangeAsync(string userId, string targetId, Func<AccountEdge, AccountEdge> change) =>
        new AccountEdgeStore(database.Client, TimeProvider.System).ChangeAsync(userId, targetId, change, default);

    private async Task AddWatchAsync(string userId, string videoId, int minute, long watchedMs, double completion)
    {
        var at = new DateTimeOffset(2026, 11, 1, 12, minute, 0, TimeSpan.Zero);
        var watch = new Watch
        {
            Id = videoId,
            UserId = userId,
            VideoId = videoId,
            LastWatchedAt = at,
            SortKey = $"{at.ToUnixTimeMilliseconds():D15}:{videoId}",
            Days = [new WatchDay(0, DateOnly.FromDateTime(at.UtcDateTime), 1, watchedMs, completion)],
        };
        await database.Client.GetContainer(Containers.Database, Containers.Watches).CreateItemAsync(watch, new PartitionKey(userId));
    }

    private sealed class Forgotten : IPersonMemory
    {
        private readonly List<string> _ids = [];

        public IReadOnlyList<string> Ids => _ids;

        public TaskCompletionSource First { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Forget(string userId)
        {
            _ids.Add(userId);
            First.TrySetResult();
        }
    }
}
