using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;
using TikTok.Functions.Platform;

namespace TikTok.Functions.Social.Comments;

/// <summary>What people do with a comment that is there: like it and, the video's owner, pin it.</summary>
public sealed class CommentMarkFunctions(CommentStore comments, CommentLikeStore likes, CommentAccess access)
{
    [Function("LikeComment"), Limited(RouteClass.Likes), Answers<CommentLikeAnswer>, Idempotency(IdempotencyMode.Ignored)]
    public Task<IResult> LikeAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "comments/{id}/like")] HttpRequest request, string id, CancellationToken cancellationToken) =>
        SetLikedAsync(request, id, liked: true, cancellationToken);

    /// <summary>One's own like can be taken back from what one may no longer see.</summary>
    [Function("UnlikeComment"), Answers<CommentLikeAnswer>]
    public Task<IResult> UnlikeAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "comments/{id}/like")] HttpRequest request, string id, CancellationToken cancellationToken) =>
        SetLikedAsync(request, id, liked: false, cancellationToken);

    /// <summary>Shows the comment first. One at a time: pinning another takes its place.</summary>
    [Function("PinComment"), AnswersNothing, Idempotency(IdempotencyMode.Ignored)]
    [Refuses(StatusCodes.Status403Forbidden, "/problems/forbidden"), Refuses(StatusCodes.Status409Conflict, "/problems/reply-not-pinned")]
    public Task<IResult> PinAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "comments/{id}/pin")] HttpRequest request, string id, CancellationToken cancellationToken) =>
        SetPinnedAsync(request, id, pinned: true, cancellationToken);

    [Function("UnpinComment"), AnswersNothing]
    [Refuses(StatusCodes.Status403Forbidden, "/problems/forbidden"), Refuses(StatusCodes.Status409Conflict, "/problems/reply-not-pinned")]
    public Task<IResult> UnpinAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "comments/{id}/pin")] HttpRequest request, string id, CancellationToken cancellationToken) =>
        SetPinnedAsync(request, id, pinned: false, cancellationToken);

    private async Task<IResult> SetLikedAsync(HttpRequest request, string id, bool liked, CancellationToken cancellationToken)
    {
        var caller = request.RequireCaller();
        var commentId = CommentAccess.Read(id);
        if (liked || !await IsLikedAsync(caller, commentId, cancellationToken)) await access.FindLiveAsync(id, caller, cancellationToken);
        var count = await likes.SetAsync(caller.UserId, commentId, liked, cancellationToken) ?? throw Problems.NotFound("comment");
        return Answers.Ok(new CommentLikeAnswer(liked, count));
    }

    private async Task<bool> IsLikedAsync(Caller caller, CommentId id, CancellationToken cancellationToken) =>
        (await likes.FindLikedAsync(caller.UserId, id.VideoId, [id.ToString()], cancellationToken)).Count > 0;

    private async Task<IResult> SetPinnedAsync(HttpRequest request, string id, bool pinned, CancellationToken cancellationToken)
    {
        var caller = request.RequireCaller();
        var found = await access.FindLiveAsync(id, caller, cancellationToken);
        if (!VideoAccess.IsOwner(found.Video, caller)) throw Problems.Forbidden("Only the video's creator may pin a comment.");
        if (!found.Id.IsRoot)
            throw Problems.Conflict("/problems/reply-not-pinned", "A reply cannot be pinned", "Only a comment directly under the video can be pinned.");
        await (pinned ? comments.PinAsync(found.Id, cancellationToken) : comments.UnpinAsync(found.Id, cancellationToken));
        return Answers.NoContent();
    }
}
