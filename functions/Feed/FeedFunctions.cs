using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using TikTok.Core.Cosmos;
using TikTok.Functions.Platform;

namespace TikTok.Functions.Feed;

public sealed class FeedFunctions(ForYouFeed feed, LikeStore likes, MediaUrls urls, Cursor cursors)
{
    [Function("GetFeed"), Answers<FeedPageAnswer>, Query("count", typeof(int)), Query("cursor")]
    public async Task<IResult> GetAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "feed")] HttpRequest request, CancellationToken cancellationToken)
    {
        var caller = request.RequireCaller();
        var list = $"feed:{caller.UserId}";
        var page = await feed.NextAsync(caller.UserId, request.ReadCursor<FeedCursor>(cursors, list), request.ReadLimit("count"), cancellationToken);
        var liked = await likes.FindLikedAsync(caller.UserId, [.. page.Videos.Select(v => v.VideoId)], cancellationToken);
        var items = new List<VideoAnswer>(page.Videos.Count);
        foreach (var video in page.Videos)
            items.Add(VideoAnswer.From(video, await urls.ForAsync(video, request, cancellationToken), liked.Contains(video.VideoId)));
        return Answers.Ok(new FeedPageAnswer(
            items,
            page.Next is null ? null : cursors.Encode(list, page.Next),
            page.Fallback,
            PrefetchPlan.For(page.Videos)));
    }
}

/// <param name="Items">In the order to show them.</param>
/// <param name="NextCursor">Absent when there is nothing more to show for now.</param>
/// <param name="Fallback"><c>trending</c> or <c>static</c> when the ranker did not answer in time.</param>
/// <param name="Prefetch">For the videos after the first.</param>
public sealed record FeedPageAnswer(
    IReadOnlyList<VideoAnswer> Items, string? NextCursor, string? Fallback, IReadOnlyList<PrefetchHint> Prefetch);
