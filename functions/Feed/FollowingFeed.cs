using TikTok.Core.Cosmos;
using TikTok.Core.Documents;
using TikTok.Functions.Platform;

namespace TikTok.Functions.Feed;

/// <summary>
/// The newest videos of those whom an account follows, merged when they are asked for: nothing is written for a follower when a video is published, however
/// many followers there are. Positions are times, so that what is published meanwhile comes before the first page and moves no other.
/// </summary>
/// <remarks>
/// A page reads one partition of <c>userVideos</c> for each creator followed, but at most <see cref="MaxCreators"/>, those followed last; some 3 RU each, side by
/// side. Who follows more misses the others here, not in the For You feed.
/// </remarks>
public sealed class FollowingFeed(AccountEdgeStore edges, UserVideoStore userVideos, VideoStore videos, RelationStore relations)
{
    public const int MaxCreators = 200;
    private const int MaxPassedOver = 100;
    private const int ParallelReads = 32;

    /// <summary>The page after <paramref name="after"/>, or the newest.</summary>
    public async Task<FollowingPage> NextAsync(string userId, FollowingCursor? after, int count, CancellationToken cancellationToken)
    {
        var creators = await ListCreatorsAsync(userId, cancellationToken);

        // One more than is shown tells whether there is another page.
        var merged = await MergeAsync(creators, after?.SortKey, count + 1, cancellationToken);
        var page = merged.Take(count).ToList();
        return new FollowingPage(
            await HydrateAsync(userId, page, cancellationToken), merged.Count <= count ? null : new FollowingCursor(page[^1].SortKey));
    }

    /// <summary>The ids of the newest that are not among <paramref name="seen"/>, of which the first <see cref="MaxPassedOver"/> are passed over.</summary>
    public async Task<IReadOnlyList<string>> ListNewestAsync(string userId, int count, IReadOnlySet<string> seen, CancellationToken cancellationToken)
    {
        var creators = await ListCreatorsAsync(userId, cancellationToken);
        var merged = await MergeAsync(creators, null, count + Math.Min(seen.Count, MaxPassedOver), cancellationToken);
        return [.. merged.Select(r => r.VideoId).Where(id => !seen.Contains(id)).Take(count)];
    }

    private async Task<IEnumerable<string>> ListCreatorsAsync(string userId, CancellationToken cancellationToken)
    {
        var following = await edges.ListFollowingAsync(userId, null, MaxCreators, cancellationToken);
        return following.Where(e => !e.Muting).Select(e => e.TargetId);
    }

    private async Task<IReadOnlyList<UserVideo>> MergeAsync(
        IEnumerable<string> creators, string? before, int count, CancellationToken cancellationToken)
    {
        var newest = new PriorityQueue<UserVideo, string>(StringComparer.Ordinal);
        await Parallel.ForEachAsync(
            creators,
            new ParallelOptions { MaxDegreeOfParallelism = ParallelReads, CancellationToken = cancellationToken },
            async (creator, token) =>
            {
                var rows = await userVideos.ListAsync(creator, before, VideoAudience.Followers, count, token);
                lock (newest)
                {
                    foreach (var row in rows)
                    {
                        newest.Enqueue(row, row.SortKey);
                        if (newest.Count > count) newest.Dequeue();
                    }
                }
            });
        return [.. newest.UnorderedItems.Select(i => i.Element).OrderByDescending(r => r.SortKey, StringComparer.Ordinal)];
    }

    /// <summary>The lists follow the videos by a moment, and blocks end follows by another: videos and relations have the last word.</summary>
    private async Task<IReadOnlyList<Video>> HydrateAsync(string userId, IReadOnlyList<UserVideo> page, CancellationToken cancellationToken)
    {
        var relating = relations.FindManyAsync(userId, [.. page.Select(r => r.UserId)], cancellationToken);
        var found = await videos.FindManyAsync([.. page.Select(r => r.VideoId)], cancellationToken);
        var related = await relating;
        return [.. found.Where(v => VideoAccess.IsShown(v, related.GetValueOrDefault(v.UserId, Relation.None)))];
    }
}

/// <param name="SortKey">Of the last video of the page before.</param>
public sealed record FollowingCursor(string SortKey);

/// <param name="Next">null when there is nothing older.</param>
public sealed record FollowingPage(IReadOnlyList<Video> Videos, FollowingCursor? Next);
