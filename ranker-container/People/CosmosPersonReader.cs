using Microsoft.Azure.Cosmos;
using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;
using TikTok.Ranker.Features;
using TikTok.Ranker.Videos;

namespace TikTok.Ranker.People;

/// <summary>People as the containers <c>accounts</c>, <c>edges</c> and <c>watches</c> have them.</summary>
/// <remarks>
/// Each read is of the person's own partition, but for who blocks them: that lies in the partitions of those who do, and is asked of all of them at once, with the
/// facts that are read once an hour. The feed heeds it in any case when it makes a page of what the ranker answers.
/// </remarks>
public sealed class CosmosPersonReader(CosmosClient client) : IPersonReader
{
    /// <summary>Several times the history that a request looks at: the rest is remembered as watched.</summary>
    private const int MostWatched = 256;

    private readonly AccountStore _accounts = new(client);
    private readonly Container _edges = client.GetContainer(Containers.Database, Containers.Edges);
    private readonly Container _watches = client.GetContainer(Containers.Database, Containers.Watches);

    public async Task<PersonFacts> ReadAsync(string userId, uint now, CancellationToken cancellationToken)
    {
        var finding = _accounts.FindAsync(userId, cancellationToken);
        var listing = ListEdgesAsync(userId, "c.follow = 'following' OR c.blocking = true OR c.muting = true", cancellationToken);
        var blocking = ListBlockersAsync(userId, cancellationToken);
        await Task.WhenAll(finding, listing, blocking);
        if (await finding is not { } account) return PersonFacts.Unknown(now);

        var edges = await listing;
        return new PersonFacts
        {
            Country = CountryCode.Of(account.Country),
            BirthDate = account.BirthDate,
            Interests = [.. account.Interests.Select(HashtagOf)],
            Followed = edges.Where(e => e.Follow == FollowState.Following).Select(e => CreatorOf(e.TargetId)).ToHashSet(),
            Rejected = Rejected(edges),
            RejectedBy = (await blocking).Select(CreatorOf).ToHashSet(),
            ReadAt = now,
            CheckedAt = now,
        };
    }

    public async Task<PersonFacts> RefreshAsync(string userId, PersonFacts facts, uint now, CancellationToken cancellationToken) => facts with
    {
        Rejected = Rejected(await ListEdgesAsync(userId, "c.blocking = true OR c.muting = true", cancellationToken)),
        CheckedAt = now,
    };

    public async Task<IReadOnlyList<HistoryEntry>> ReadWatchedAsync(string userId, CancellationToken cancellationToken)
    {
        var query = new QueryDefinition("SELECT c.videoId, c.lastWatchedAt, c.days FROM c ORDER BY c.sortKey DESC OFFSET 0 LIMIT @count")
            .WithParameter("@count", MostWatched);
        var watches = await _watches.ListAsync<WatchedVideo>(query, new PartitionKey(userId), MostWatched, cancellationToken);
        return [.. watches.Select(EntryOf).Reverse()];
    }

    private Task<IReadOnlyList<EdgeFacts>> ListEdgesAsync(string userId, string which, CancellationToken cancellationToken)
    {
        var query = new QueryDefinition($"SELECT c.targetId, c.follow, c.blocking, c.muting FROM c WHERE c.type = @type AND ({which})")
            .WithParameter("@type", AccountEdge.DocumentType);
        return _edges.ListAsync<EdgeFacts>(query, new PartitionKey(userId), count: null, cancellationToken);
    }

    private Task<IReadOnlyList<string>> ListBlockersAsync(string userId, CancellationToken cancellationToken)
    {
        var query = new QueryDefinition("SELECT VALUE c.userId FROM c WHERE c.targetId = @user AND c.type = @type AND c.blocking = true")
            .WithParameter("@user", userId)
            .WithParameter("@type", AccountEdge.DocumentType);
        return _edges.ListAsync<string>(query, partition: null, count: null, cancellationToken);
    }

    private static HashSet<long> Rejected(IEnumerable<EdgeFacts> edges) =>
        edges.Where(e => e.Blocking || e.Muting).Select(e => CreatorOf(e.TargetId)).ToHashSet();

    private static HistoryEntry EntryOf(WatchedVideo watch)
    {
        var day = watch.Days.MaxBy(d => d.Day) ?? new WatchDay(0, default, 1, 0, 0);
        var ratio = (float)day.Completion;
        var signals = ratio >= Swipe.FinishRatio ? SwipeSignals.Finished
            : Swipe.IsSkip(day.WatchedMs / Math.Max(1, day.Times), ratio) ? SwipeSignals.Skipped : SwipeSignals.None;
        return new HistoryEntry(FeatureId.Of(Field.Video, watch.VideoId), ratio, signals, UnixTime.Of(watch.LastWatchedAt));
    }

    private static long CreatorOf(string userId) => FeatureId.Of(Field.Creator, userId);

    /// <summary>Interests are written <c>street-food</c>; no hashtag has a hyphen.</summary>
    private static long HashtagOf(string interest) => FeatureId.Of(Field.Hashtag, interest.Replace("-", "", StringComparison.Ordinal));

    private sealed record EdgeFacts(string TargetId, FollowState Follow, bool Blocking, bool Muting);

    private sealed record WatchedVideo(string VideoId, DateTimeOffset LastWatchedAt, IReadOnlyList<WatchDay> Days);
}
