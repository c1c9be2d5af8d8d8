using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;
using TikTok.Functions.Platform;

namespace TikTok.Functions.Feed;

public sealed class FeedFunctions(ForYouFeed feed, FollowingFeed following, LikeStore likes, MediaUrls urls, Cursor cursors, TimeProvider time)
{
    /// <summary>What a page may take, whatever it waits for; past it the answer is 503.</summary>
    public static readonly TimeSpan Budget = TimeSpan.FromSeconds(2);

    /// <summary>The same of a page that reads up to <see cref="FollowingFeed.MaxCreators"/> lists.</summary>
    public static readonly TimeSpan FollowingBudget = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The For You feed. Without a cursor a session begins; within a minute that is the one begun last, unless the caller has liked, commented, shared, followed,
    /// watched to the end, or skipped three videos in a row meanwhile.
    /// </summary>
    [Function("GetFeed"), Answers<FeedPageAnswer>, Query("count", typeof(int)), Query("cursor"), Header(ClientState.Header, About = ClientState.About)]
    public async Task<IResult> GetAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "feed")] HttpRequest request, CancellationToken cancellationToken)
    {
        var caller = request.RequireCaller();
        var client = ClientState.Of(request);
        var list = $"feed:{caller.UserId}";
        var (after, count) = (request.ReadCursor<FeedCursor>(cursors, list), request.ReadLimit("count"));
        return await Deadline.RunAsync(Budget, time, async token =>
        {
            var page = await feed.NextAsync(caller.UserId, after, count, token);
            return await AnswerAsync(request, page.Videos, page.Next is null ? null : cursors.Encode(list, page.Next), page.Fallback, client, token);
        }, cancellationToken);
    }

    /// <summary>The newest videos of those whom the caller follows.</summary>
    [Function("GetFollowingFeed"), Answers<FeedPageAnswer>, Query("count", typeof(int)), Query("cursor"), Header(ClientState.Header, About = ClientState.About)]
    public async Task<IResult> GetFollowingAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "feed/following")] HttpRequest request, CancellationToken cancellationToken)
    {
        var caller = request.RequireCaller();
        var client = ClientState.Of(request);
        var list = $"following-feed:{caller.UserId}";
        var (after, count) = (request.ReadCursor<FollowingCursor>(cursors, list), request.ReadLimit("count"));
        return await Deadline.RunAsync(FollowingBudget, time, async token =>
        {
            var page = await following.NextAsync(caller.UserId, after, count, token);
            return await AnswerAsync(request, page.Videos, page.Next is null ? null : cursors.Encode(list, page.Next), fallback: null, client, token);
        }, cancellationToken);
    }

    private async Task<IResult> AnswerAsync(
        HttpRequest request, IReadOnlyList<Video> videos, string? nextCursor, string? fallback, ClientState client, CancellationToken cancellationToken)
    {
        var liked = await likes.FindLikedAsync(request.RequireCaller().UserId, [.. videos.Select(v => v.VideoId)], cancellationToken);
        var items = new List<VideoAnswer>(videos.Count);
        foreach (var video in videos)
            items.Add(VideoAnswer.From(video, await urls.ForAsync(video, request, cancellationToken), liked.Contains(video.VideoId)));
        return Answers.Ok(new FeedPageAnswer(items, nextCursor, fallback, PrefetchPlan.For(videos, client)));
    }
}

/// <param name="Items">In the order to show them.</param>
/// <param name="NextCursor">Absent when there is nothing more to show for now.</param>
/// <param name="Fallback">What the page is made of because the ranker did not answer in time: <c>trending</c>, <c>following</c> or <c>static</c>.</param>
/// <param name="Prefetch">For the videos after the first.</param>
public sealed record FeedPageAnswer(
    IReadOnlyList<VideoAnswer> Items, string? NextCursor, string? Fallback, IReadOnlyList<PrefetchHint> Prefetch);
