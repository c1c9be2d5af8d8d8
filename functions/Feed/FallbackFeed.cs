using TikTok.Core.Documents;

namespace TikTok.Functions.Feed;

/// <summary>
/// What a page is made of when the ranker does not answer: the first of these that has something that the session has not shown yet. Videos that trend; the newest
/// of those whom the person follows; what is popular. The first two may fail or be late, and are then passed over.
/// </summary>
public sealed class FallbackFeed(TrendingVideos trending, FollowingFeed following, PopularVideos popular, Patience patience)
{
    public const string Trending = "trending";
    public const string Following = "following";
    public const string Static = "static";

    /// <summary>At most <paramref name="count"/> videos; none when all were shown.</summary>
    public async Task<FeedPage> TakeAsync(string userId, int count, IReadOnlySet<string> seen, CancellationToken cancellationToken)
    {
        var trends = await patience.TryAsync("what trends", [], trending.ListAsync, cancellationToken);
        if (Unseen(trends) is { Count: > 0 } trendingNow) return new FeedPage(trendingNow, Trending);

        var newest = await patience.TryAsync("whom one follows", [], token => following.ListNewestAsync(userId, count, seen, token), cancellationToken);
        if (newest.Count > 0) return new FeedPage(newest, Following);

        return new FeedPage(Unseen(await popular.ListAsync(cancellationToken)), Static);

        IReadOnlyList<string> Unseen(IReadOnlyList<string> videoIds) => [.. videoIds.Where(id => !seen.Contains(id)).Take(count)];
    }
}
