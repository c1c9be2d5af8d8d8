using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Functions.Platform;

namespace TikTok.Functions.Social;

/// <summary>Likes: any number of calls, in any order, come to the state that the last one asked for, and to an exact count.</summary>
public sealed class LikeFunctions(LikeStore likes, VisibleVideos videos)
{
    [Function("LikeVideo"), Limited(RouteClass.Likes), Answers<LikeAnswer>]
    public Task<IResult> LikeAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "videos/{id}/like")] HttpRequest request, string id, CancellationToken cancellationToken) =>
        SetAsync(request, id, liked: true, cancellationToken);

    /// <summary>One's own like can be taken back from what one may no longer see. Where there is none, a video that is hidden is not there.</summary>
    [Function("UnlikeVideo"), Answers<LikeAnswer>]
    public Task<IResult> UnlikeAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "videos/{id}/like")] HttpRequest request, string id, CancellationToken cancellationToken) =>
        SetAsync(request, id, liked: false, cancellationToken);

    private async Task<IResult> SetAsync(HttpRequest request, string id, bool liked, CancellationToken cancellationToken)
    {
        var caller = request.RequireCaller();
        if (liked || !await IsLikedAsync(caller, id, cancellationToken)) await videos.FindAsync(id, caller, cancellationToken);
        var count = await likes.SetAsync(caller.UserId, id, liked, cancellationToken) ?? throw Problems.NotFound("video");
        return Answers.Ok(new LikeAnswer(liked, count));
    }

    private async Task<bool> IsLikedAsync(Caller caller, string id, CancellationToken cancellationToken) =>
        Id.IsValid(id) && (await likes.FindLikedAsync(caller.UserId, [id], cancellationToken)).Count > 0;
}

/// <param name="Liked">Whether the caller likes the video now.</param>
/// <param name="LikeCount">Everyone's likes, the caller's included.</param>
public sealed record LikeAnswer(bool Liked, long LikeCount);
