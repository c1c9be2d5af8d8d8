using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;
using TikTok.Core.Telemetry;

namespace TikTok.Functions.Feed;

/// <summary>
/// Pages of the For You feed. A session remembers the pages it gave, so that it never repeats a video, and so that a page that is asked for again, because the
/// answer was lost or two requests crossed, is the same page. Who begins anew within a minute gets the first page they had (<see cref="LatestPage"/>).
/// </summary>
/// <remarks>
/// A page needs its videos and its person's relations, since it must not show what a block stands before; without them there is none. All else is waited for with
/// <see cref="Patience"/>: a session that cannot be read is one that has shown nothing, and one that cannot be written forgets this page.
/// </remarks>
public sealed class ForYouFeed(
    RankerClient ranker, FallbackFeed fallback, FeedSessionStore sessions, AccountStore accounts, VideoStore videos, RelationStore relations, Patience patience,
    TimeProvider time)
{
    /// <summary>A session remembers this many videos; who swipes further may meet the oldest again.</summary>
    private const int Memory = 1_000;

    // Where a page came from, in the metrics, besides the names of the fallbacks.
    private const string FromCache = "cache";
    private const string FromSession = "session";
    private const string FromRanker = "ranker";

    /// <summary>The page after <paramref name="after"/>, or the first of a session.</summary>
    public async Task<FeedAnswer> NextAsync(string userId, FeedCursor? after, int count, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var (answer, source) = await FindOrRankAsync(userId, after, count, cancellationToken);
        Metrics.FeedCacheRequests.Add(1, new KeyValuePair<string, object?>("outcome", source is FromCache or FromSession ? "hit" : "miss"));
        Metrics.FeedGenerationDuration.Record(time.GetElapsedTime(started).TotalSeconds, new KeyValuePair<string, object?>("source", source));
        return answer;
    }

    private async Task<(FeedAnswer Answer, string Source)> FindOrRankAsync(string userId, FeedCursor? after, int count, CancellationToken cancellationToken)
    {
        if (after is null && await FindLatestAsync(userId, count, cancellationToken) is { } latest)
            return (await HydrateAsync(userId, latest.Page, new FeedCursor(latest.SessionId, 1), cancellationToken), FromCache);

        var empty = new FeedSession { Id = after?.SessionId ?? Id.New(time), UserId = userId, Pages = [] };
        var session = after is null ? empty : await FindSessionAsync(empty, cancellationToken);
        while (true)
        {
            if (session?.Pages.ElementAtOrDefault((after?.Page ?? 0) - session.Dropped) is { } remembered)
                return (await HydrateAsync(userId, remembered, new FeedCursor(session.Id, (after?.Page ?? 0) + 1), cancellationToken), FromSession);

            // A session is begun for those who are there: an access token outlives its account.
            var mayBegin = session is { ETag: null } ? ExistsAsync(userId, cancellationToken) : Task.FromResult(true);
            var page = await RankAsync(userId, session ?? empty, count, cancellationToken);
            var next = session is not null && await mayBegin ? Append(session, page) : null;
            var following = next is null ? (after?.Page ?? 0) + 1 : next.Dropped + next.Pages.Count;
            var saving = next is null ? Task.FromResult(true) : SaveAsync(next, after is null ? Latest(next, page, count) : null, cancellationToken);
            var hydrating = HydrateAsync(userId, page, new FeedCursor(empty.Id, following), cancellationToken);
            await Task.WhenAll(saving, hydrating);
            if (await saving) return (await hydrating, page.Fallback ?? FromRanker);

            // Somebody else was first, and their page is the page.
            session = await FindSessionAsync(empty, cancellationToken);
        }
    }

    private async Task<LatestPage?> FindLatestAsync(string userId, int count, CancellationToken cancellationToken)
    {
        var latest = await patience.TryAsync("the latest page", null, token => sessions.FindLatestAsync(userId, token), cancellationToken);
        return latest is not null && latest.Count == count && latest.IsAlive(time.GetUtcNow()) ? latest : null;
    }

    /// <returns><paramref name="empty"/> when there is none; null when that cannot be told.</returns>
    private Task<FeedSession?> FindSessionAsync(FeedSession empty, CancellationToken cancellationToken) => patience.TryAsync(
        "the session", null, async token => await sessions.FindAsync(empty.UserId, empty.Id, token) ?? empty, cancellationToken);

    private Task<bool> ExistsAsync(string userId, CancellationToken cancellationToken) => patience.TryAsync(
        "the account", false, async token => await accounts.FindAsync(userId, token) is not null, cancellationToken);

    /// <returns>false when somebody else wrote the session meanwhile.</returns>
    private Task<bool> SaveAsync(FeedSession session, LatestPage? latest, CancellationToken cancellationToken) =>
        patience.TryAsync("saving the session", true, token => sessions.TrySaveAsync(session, latest, token), cancellationToken);

    private async Task<FeedPage> RankAsync(string userId, FeedSession session, int count, CancellationToken cancellationToken)
    {
        var seen = session.Pages.SelectMany(p => p.VideoIds).ToList();
        return await ranker.RankAsync(userId, count, seen, cancellationToken)
            ?? await fallback.TakeAsync(userId, count, seen.ToHashSet(StringComparer.Ordinal), cancellationToken);
    }

    private static FeedSession Append(FeedSession session, FeedPage page)
    {
        var pages = session.Pages.Append(page).ToList();
        var dropped = session.Dropped;
        while (pages.Count > 1 && pages.Sum(p => p.VideoIds.Count) > Memory)
        {
            pages.RemoveAt(0);
            dropped++;
        }
        return session with { Pages = pages, Dropped = dropped };
    }

    /// <summary>Worth giving again is what was ranked: after a fallback the ranker is asked anew.</summary>
    private LatestPage? Latest(FeedSession session, FeedPage page, int count)
    {
        if (page.Fallback is not null || page.VideoIds.Count == 0) return null;
        var now = time.GetUtcNow();
        return new LatestPage
        {
            UserId = session.UserId,
            SessionId = session.Id,
            Count = count,
            Page = page,
            GivenAt = now,
            WatchedAt = now,
            Ttl = (int)LatestPage.Lifetime.TotalSeconds,
        };
    }

    /// <summary>
    /// The ranker may be seconds behind, and knows nobody's relations: what has been deleted or hidden since, whose creator the person mutes, what a block stands
    /// before, and one's own, is left out here.
    /// </summary>
    private async Task<FeedAnswer> HydrateAsync(string userId, FeedPage page, FeedCursor next, CancellationToken cancellationToken)
    {
        var found = await videos.FindManyAsync(page.VideoIds, cancellationToken);
        var related = await relations.FindManyAsync(userId, [.. found.Select(v => v.UserId)], cancellationToken);
        var shown = found.Where(v => v.IsListed && v.UserId != userId && related.GetValueOrDefault(v.UserId, Relation.None) is { IsBlocked: false, Muting: false });
        return new FeedAnswer([.. shown], page.VideoIds.Count == 0 ? null : next, page.Fallback);
    }
}

/// <param name="Page">The page's number in its session, from 0.</param>
public sealed record FeedCursor(string SessionId, int Page);

/// <param name="Next">null when there is nothing more to show for now.</param>
/// <param name="Fallback">What answered in the ranker's place.</param>
public sealed record FeedAnswer(IReadOnlyList<Video> Videos, FeedCursor? Next, string? Fallback);
