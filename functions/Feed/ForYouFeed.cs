using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;
using TikTok.Core.Telemetry;
using TikTok.Functions.Platform;

namespace TikTok.Functions.Feed;

/// <summary>
/// Pages of the For You feed. A session remembers the pages it gave, so that it never repeats a video, and so that a page that is asked for again, because the
/// answer was lost or two requests crossed, is the same page.
/// </summary>
public sealed class ForYouFeed(
    RankerClient ranker, PopularVideos popular, FeedSessionStore sessions, VideoStore videos, RelationStore relations, TimeProvider time)
{
    /// <summary>A session remembers this many videos; who swipes further may meet the oldest again.</summary>
    private const int Memory = 1_000;

    // Where a page came from, in the metrics, besides the names of the fallbacks.
    private const string FromSession = "session";
    private const string FromRanker = "ranker";

    /// <summary>The page after <paramref name="after"/>, or the first of a new session.</summary>
    public async Task<FeedAnswer> NextAsync(string userId, FeedCursor? after, int count, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var (answer, source) = await FindOrRankAsync(userId, after, count, cancellationToken);
        Metrics.FeedCacheRequests.Add(1, new KeyValuePair<string, object?>("outcome", source == FromSession ? "hit" : "miss"));
        Metrics.FeedGenerationDuration.Record(time.GetElapsedTime(started).TotalSeconds, new KeyValuePair<string, object?>("source", source));
        return answer;
    }

    private async Task<(FeedAnswer Answer, string Source)> FindOrRankAsync(string userId, FeedCursor? after, int count, CancellationToken cancellationToken)
    {
        var sessionId = after?.SessionId ?? Id.New(time);
        while (true)
        {
            var session = (after is null ? null : await sessions.FindAsync(userId, sessionId, cancellationToken))
                ?? new FeedSession { Id = sessionId, UserId = userId, Pages = [] };
            var number = after?.Page ?? 0;
            if (number - session.Dropped is var index && index >= 0 && index < session.Pages.Count)
                return (await HydrateAsync(session, number, session.Pages[index], cancellationToken), FromSession);

            var page = await RankAsync(userId, session, count, cancellationToken);
            var next = Append(session, page);
            var saving = sessions.TrySaveAsync(next, cancellationToken);
            var hydrating = HydrateAsync(next, next.Dropped + next.Pages.Count - 1, page, cancellationToken);
            await Task.WhenAll(saving, hydrating);
            if (await saving) return (await hydrating, page.Fallback ?? FromRanker);
        }
    }

    private async Task<FeedPage> RankAsync(string userId, FeedSession session, int count, CancellationToken cancellationToken)
    {
        var seen = session.Pages.SelectMany(p => p.VideoIds).ToList();
        return await ranker.RankAsync(userId, count, seen, cancellationToken) is { } ranked
            ? new FeedPage(ranked)
            : await popular.TakeAsync(userId, count, seen.ToHashSet(StringComparer.Ordinal), cancellationToken);
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

    /// <summary>
    /// The ranker may be seconds behind, and knows nobody's relations: what has been deleted or hidden since, whose creator the person mutes, and what a block stands
    /// before, is left out here.
    /// </summary>
    private async Task<FeedAnswer> HydrateAsync(FeedSession session, int number, FeedPage page, CancellationToken cancellationToken)
    {
        var found = await videos.FindManyAsync(page.VideoIds, cancellationToken);
        var related = await relations.FindManyAsync(session.UserId, [.. found.Select(v => v.UserId)], cancellationToken);
        var shown = found.Where(v => v.IsListed && related.GetValueOrDefault(v.UserId, Relation.None) is { IsBlocked: false, Muting: false }).ToList();
        var next = page.VideoIds.Count == 0 ? null : new FeedCursor(session.Id, number + 1);
        return new FeedAnswer(shown, next, page.Fallback);
    }
}

/// <param name="Page">The page's number in its session, from 0.</param>
public sealed record FeedCursor(string SessionId, int Page);

/// <param name="Next">null when there is nothing more to show for now.</param>
/// <param name="Fallback">What answered in the ranker's place.</param>
public sealed record FeedAnswer(IReadOnlyList<Video> Videos, FeedCursor? Next, string? Fallback);
