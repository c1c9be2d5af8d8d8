using System.Buffers;
using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;
using TikTok.Core.Events;
using TikTok.Functions.Feed;
using TikTok.LocalTests.Crashes;
using TikTok.Ranker.Embeddings;
using TikTok.Ranker.People;
using TikTok.Ranker.Retrieval.Pools;
using TikTok.Ranker.Retrieval.Towers;
using TikTok.Ranker.Serving;
using TikTok.Ranker.State;
using TikTok.Ranker.Videos;

namespace TikTok.LocalTests.Feed;

/// <summary>
/// The feed over the real store; the ranker is the real ranking, called in place of its HTTP endpoint, and can be made to fail. It has more patience with a busy machine
/// than the product's, but where that is what is tested.
/// </summary>
public sealed class ForYouFeedTests : IClassFixture<ProductDatabase>, IAsyncLifetime
{
    private readonly ProductDatabase _database;
    private readonly MovableTime _time = new();
    private readonly InProcessRanker _ranker = new();
    private readonly HttpClient _http;
    private readonly ForYouFeed _feed;
    private readonly ForYouFeed _hurried;
    private readonly PageInvalidation _invalidation;
    private string _me = "";

    public ForYouFeedTests(ProductDatabase database)
    {
        _database = database;
        var client = database.Client;
        _http = new HttpClient(_ranker) { BaseAddress = new Uri("http://ranker/") };
        var options = new RankerOptions(TimeSpan.FromSeconds(1));
        var (videos, relations, sessions) = (new VideoStore(client), new RelationStore(client), new FeedSessionStore(client));
        ForYouFeed Feed(Patience patience) => new(
            new RankerClient(_http, options, new RankerCircuit(options, TimeProvider.System), NullLogger<RankerClient>.Instance),
            new FallbackFeed(
                new TrendingVideos(client, _time, NullLogger<TrendingVideos>.Instance),
                new FollowingFeed(new AccountEdgeStore(client, _time), new UserVideoStore(client), videos, relations),
                new PopularVideos(client, _time, NullLogger<PopularVideos>.Instance),
                patience),
            sessions, new AccountStore(client), videos, relations, patience, _time);
        _hurried = Feed(new Patience(_time, NullLogger<Patience>.Instance));
        _feed = Feed(new Patience(_time, NullLogger<Patience>.Instance) { Limit = TimeSpan.FromSeconds(20) });
        _invalidation = new PageInvalidation(sessions, _time);
    }

    public async Task InitializeAsync() => _me = (await _database.AddAccountAsync()).UserId;

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _database.Process.HealAsync();
    }

    [Fact]
    public async Task A_session_shows_every_video_once_and_then_ends()
    {
        var videos = await AddAsync(25);

        var shown = new List<string>();
        FeedCursor? cursor = null;
        do
        {
            var page = await NextAsync(cursor, 10);
            shown.AddRange(Ids(page));
            cursor = page.Next;
        }
        while (cursor is not null);

        Assert.Equal(videos.Order(), shown.Order());
    }

    [Fact]
    public async Task A_page_asked_for_again_is_the_same_page_even_when_the_ranking_has_changed()
    {
        await AddAsync(20);
        var first = await NextAsync(null, 5);
        var second = await NextAsync(first.Next, 5);
        await AddAsync(5);

        var again = await NextAsync(first.Next, 5);

        Assert.Equal(Ids(second), Ids(again));
    }

    [Fact]
    public async Task Two_requests_for_one_page_at_once_get_the_same_page()
    {
        await AddAsync(20);
        var first = await NextAsync(null, 5);

        var pages = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => NextAsync(first.Next, 5)));

        Assert.All(pages, page => Assert.Equal(Ids(pages[0]), Ids(page)));
    }

    [Fact]
    public async Task Who_begins_anew_within_a_minute_gets_the_page_and_the_session_they_had()
    {
        await AddAsync(20);
        var first = await NextAsync(null, 5);
        var second = await NextAsync(first.Next, 5);
        await AddAsync(5);
        var asked = _ranker.Calls;
        _time.Offset = TimeSpan.FromSeconds(50);

        var again = await NextAsync(null, 5);
        var next = await NextAsync(again.Next, 5);

        Assert.Equal(Ids(first), Ids(again));
        Assert.Equal(first.Next, again.Next);
        Assert.Equal(Ids(second), Ids(next));
        Assert.Equal(asked, _ranker.Calls);
    }

    [Fact]
    public async Task After_a_minute_or_for_another_number_of_videos_a_page_is_ranked_anew()
    {
        await AddAsync(20);
        var first = await NextAsync(null, 5);
        var larger = await NextAsync(null, 6);
        _time.Offset = TimeSpan.FromSeconds(61);

        var later = await NextAsync(null, 6);

        Assert.Equal((3, 6), (new[] { first, larger, later }.Select(p => p.Next!.SessionId).Distinct().Count(), larger.Videos.Count));
    }

    [Fact]
    public async Task A_strong_signal_forgets_the_page()
    {
        await AddAsync(10);
        var first = await NextAsync(null, 5);

        await SignalAsync(Watch("other", 20_000) with { UserId = "somebody else" });
        var unmoved = await NextAsync(null, 5);
        await SignalAsync(Watch(first.Videos[0].VideoId, 20_000));
        var moved = await NextAsync(null, 5);

        Assert.Equal(first.Next, unmoved.Next);
        Assert.NotEqual(first.Next, moved.Next);
    }

    [Fact]
    public async Task Three_skips_in_a_row_forget_the_page_however_they_are_delivered()
    {
        await AddAsync(10);
        var first = await NextAsync(null, 5);
        var skips = Enumerable.Range(0, 3).Select(i => Watch(first.Videos[i].VideoId, 400)).ToArray();

        await SignalAsync(skips[1]);
        await SignalAsync(skips[1], skips[0]);
        var afterTwo = await NextAsync(null, 5);
        await SignalAsync(skips[2]);
        var afterThree = await NextAsync(null, 5);

        Assert.Equal(first.Next, afterTwo.Next);
        Assert.NotEqual(first.Next, afterThree.Next);
    }

    [Fact]
    public async Task A_page_that_the_ranker_did_not_make_is_not_given_again()
    {
        await AddAsync(10);
        _ranker.Fails = true;
        var fallback = await NextAsync(null, 5);
        _ranker.Fails = false;

        var ranked = await NextAsync(null, 5);

        Assert.Equal((true, null), (fallback.Fallback is not null, ranked.Fallback));
    }

    [Fact]
    public async Task Of_an_account_that_is_gone_nothing_is_remembered()
    {
        await AddAsync(10);
        var sessions = new FeedSessionStore(_database.Client);

        var page = await _feed.NextAsync("nobody", null, 5, CancellationToken.None);

        Assert.Equal(5, page.Videos.Count);
        Assert.Null(await sessions.FindAsync("nobody", page.Next!.SessionId, CancellationToken.None));
        Assert.Null(await sessions.FindLatestAsync("nobody", CancellationToken.None));
    }

    [Fact]
    public async Task A_video_hidden_since_the_ranker_heard_of_it_is_not_shown()
    {
        var videos = await AddAsync(3);
        await new VideoStore(_database.Client).ChangeAsync(videos[0], v => v with { Visibility = Visibility.Private }, CancellationToken.None);

        var page = await NextAsync(null, 10);

        Assert.Equal(videos.Skip(1).Order(), Ids(page).Order());
    }

    [Fact]
    public async Task Private_accounts_muted_creators_and_whatever_a_block_stands_before_are_not_shown()
    {
        var videos = await AddAsync(5);
        var edges = new AccountEdgeStore(_database.Client, TimeProvider.System);
        await new VideoStore(_database.Client).ChangeAsync(videos[0], v => v with { OwnerPrivate = true }, CancellationToken.None);
        await edges.ChangeAsync(_me, "creator1", e => e with { Muting = true }, CancellationToken.None);
        await edges.ChangeAsync(_me, "creator2", e => e with { Blocking = true }, CancellationToken.None);
        await edges.ChangeAsync("creator3", _me, e => e with { Blocking = true }, CancellationToken.None);

        var page = await NextAsync(null, 10);

        Assert.Equal([videos[4]], Ids(page));
    }

    [Fact]
    public async Task Without_a_ranker_there_is_what_trends_then_whom_one_follows_then_what_is_popular()
    {
        var videos = await AddAsync(3);
        var followed = await _database.AddVideoAsync(v => v with { UserId = "followed" });
        await new UserVideoStore(_database.Client).ReflectAsync(followed, CancellationToken.None);
        await new AccountEdgeStore(_database.Client, TimeProvider.System).ChangeAsync(_me, "followed", e => e with { Follow = FollowState.Following }, CancellationToken.None);
        await TrendAsync(videos[1], videos[0]);
        _ranker.Fails = true;

        var trending = await NextAsync(null, 50);
        var following = await NextAsync(trending.Next, 50);
        var popular = await NextAsync(following.Next, 50);

        Assert.Equal(("trending", "following", "static"), (trending.Fallback, following.Fallback, popular.Fallback));
        Assert.Equal([videos[1], videos[0]], Ids(trending));
        Assert.Equal([followed.VideoId], Ids(following));
        Assert.Contains(videos[2], Ids(popular));
        Assert.Empty(Ids(popular).Intersect([videos[0], videos[1], followed.VideoId]));
    }

    [Fact]
    public async Task Without_a_ranker_trends_that_nobody_asked_for_in_an_hour_are_passed_over()
    {
        var videos = await AddAsync(2);
        await TrendAsync(videos[0]);
        _ranker.Fails = true;
        _time.Offset = TimeSpan.FromHours(2);

        var page = await NextAsync(null, 50);

        Assert.Equal("static", page.Fallback);
        Assert.Superset(videos.ToHashSet(), Ids(page).ToHashSet());
    }

    [Fact]
    public async Task While_sessions_cannot_be_read_or_written_there_are_pages_all_the_same()
    {
        await AddAsync(10);
        await _database.Process.FailAsync("""{"match":{"container":"feedSessions"},"delayMs":10000}""");
        var started = TimeProvider.System.GetTimestamp();

        var first = await _hurried.NextAsync(_me, null, 5, CancellationToken.None);
        var second = await _hurried.NextAsync(_me, first.Next, 5, CancellationToken.None);

        Assert.Equal((5, 5), (first.Videos.Count, second.Videos.Count));
        Assert.Equal(new FeedCursor(first.Next!.SessionId, 2), second.Next);
        Assert.InRange(TimeProvider.System.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(8));
    }

    [Fact]
    public async Task Another_persons_session_is_not_continued()
    {
        await AddAsync(10);
        var mine = await NextAsync(null, 5);

        var theirs = await _feed.NextAsync("other", mine.Next, 10, CancellationToken.None);

        Assert.Equal(10, theirs.Videos.Count);
    }

    private Task<FeedAnswer> NextAsync(FeedCursor? after, int count) => _feed.NextAsync(_me, after, count, CancellationToken.None);

    private static IReadOnlyList<string> Ids(FeedAnswer page) => [.. page.Videos.Select(v => v.VideoId)];

    private async Task<IReadOnlyList<string>> AddAsync(int count)
    {
        var videos = await Task.WhenAll(Enumerable.Range(0, count).Select(i => _database.AddVideoAsync(v => v with { UserId = $"creator{i}" })));
        _ranker.Take(videos);
        return [.. videos.Select(v => v.VideoId)];
    }

    private Task TrendAsync(params IReadOnlyList<string> videoIds) =>
        _database.Client.GetContainer(Containers.Database, Containers.Trends).UpsertItemAsync(new TrendList
        {
            Id = TrendList.IdFor(TrendKind.Videos),
            Bucket = TrendList.BucketOf(0),
            Items = [.. videoIds.Select((id, i) => new Trend(id, 100 - i))],
            RankedAt = TimeProvider.System.GetUtcNow(),
        });

    private Task SignalAsync(params IReadOnlyList<Interaction> interactions) => _invalidation.ApplyAsync(
        [.. interactions.Select((interaction, i) => new LoggedInteraction(interaction, "0", i, interaction.At))], CancellationToken.None);

    private Interaction Watch(string videoId, long watchedMs) => new()
    {
        Id = Id.New(_time),
        Type = InteractionType.Watch,
        VideoId = videoId,
        UserId = _me,
        At = _time.GetUtcNow(),
        Watch = new WatchFacts(watchedMs, 20_000, WatchSource.Fyp),
    };

    private sealed class InProcessRanker : HttpMessageHandler
    {
        private readonly ServiceProvider _services = new ServiceCollection()
            .AddLogging()
            .AddSingleton(TimeProvider.System)
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().Build())
            .AddRankerState(RowFormats.Single)
            .AddRanking()
            .AddSingleton<IPersonSource, KnownPeople>()
            .BuildServiceProvider();

        public bool Fails { get; set; }
        public int Calls { get; private set; }

        public void Take(IReadOnlyList<Video> videos)
        {
            _services.GetRequiredService<VideoFold>().Apply(videos, "end");
            _services.GetRequiredService<PoolRenewal>().Renew();
            _services.GetRequiredService<VideoSpace>().Renew(all: true, CancellationToken.None);
        }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Calls++;
            if (Fails) return new HttpResponseMessage(HttpStatusCode.ServiceUnavailable);

            var service = _services.GetRequiredService<RankService>();
            var buffers = service.Rent();
            Assert.Null(buffers.Query.Read(new ReadOnlySequence<byte>(await request.Content!.ReadAsByteArrayAsync(cancellationToken))));
            Assert.Null(await service.RankAsync(buffers, RequestDeadline.In(TimeProvider.System, TimeSpan.FromMilliseconds(buffers.Query.DeadlineMs))));
            var answer = new ArrayBufferWriter<byte>();
            RankAnswerWriter.Write(answer, buffers, _services.GetRequiredService<VideoTable>());
            buffers.Release();
            return new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(answer.WrittenSpan.ToArray()) { Headers = { ContentType = new("application/json") } } };
        }

        protected override void Dispose(bool disposing)
        {
            _services.Dispose();
            base.Dispose(disposing);
        }
    }
}
