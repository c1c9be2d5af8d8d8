using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;
using TikTok.Functions.Platform;

namespace TikTok.Functions.Social.Comments;

/// <summary>Writing, reading and deleting comments.</summary>
public sealed class CommentFunctions(
    VisibleVideos videos, CommentStore comments, CommentAccess access, CommentPages pages, CommentViews views, Cursor cursor)
{
    /// <summary>As long as the app shows without cutting off.</summary>
    public const int MaxText = 150;

    [Function("PostComment"), Limited(RouteClass.Comments), Asks<CommentRequest>, Answers<CommentAnswer>(StatusCodes.Status201Created)]
    [Refuses(StatusCodes.Status403Forbidden, "/problems/comments-off")]
    public async Task<IResult> PostAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "videos/{id}/comments")] HttpRequest request, string id, CancellationToken cancellationToken)
    {
        var caller = request.RequireCaller();
        var body = await request.ReadJsonAsync<CommentRequest>(cancellationToken);
        var parent = CommentId.Parse(body.ParentId);
        new Validation()
            .Text("text", body.Text, 1, MaxText)
            .Check(body.ParentId is null || parent?.VideoId == id, "parentId", "must be the id of a comment on this video")
            .ThrowIfInvalid();

        var video = await videos.FindAsync(id, caller, cancellationToken);
        if (video.Status != VideoStatus.Ready) throw Problems.NotFound("video");
        if (!video.AllowComments)
            throw Problems.Of(StatusCodes.Status403Forbidden, "/problems/comments-off", "Comments are off", "This video takes no comments.");
        if (parent is { } answered && await access.FindCommentAsync(answered, caller, cancellationToken) is { DeletedAt: not null })
            throw Problems.NotFound("comment");

        var draft = new CommentDraft(
            id, parent, caller.UserId, caller.Username, caller.Role >= Role.Verified, Texts.Clean(body.Text), request.FindOperationId());
        var posted = await comments.PostAsync(draft, cancellationToken) ?? throw Problems.NotFound(parent is null ? "video" : "comment");
        return Answers.Created((await views.ViewAsync(id, [posted], pinnedId: null, caller, cancellationToken))[0]);
    }

    [Function("ListComments"), Answers<Page<CommentAnswer>>, Query("sort", typeof(CommentSort), About = "`top`, which holds unless given: what most people like. The pinned comment is first in both."), Query("limit", typeof(int)), Query("cursor")]
    public async Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "videos/{id}/comments")] HttpRequest request, string id, CancellationToken cancellationToken)
    {
        var caller = request.RequireCaller();
        var (sort, limit) = (ReadSort(request), request.ReadLimit());
        var video = await videos.FindAsync(id, caller, cancellationToken);
        var position = request.ReadCursor<CommentPosition>(cursor, CommentPages.ListOf(video, sort));
        return Answers.Ok(CommentAccess.MayRead(video, caller)
            ? await pages.ListAsync(video, sort, position, limit, caller, cancellationToken)
            : new Page<CommentAnswer>([], null));
    }

    /// <summary>The replies of a thread, oldest first. A reply has no thread of its own: what answers it is in that of its root.</summary>
    [Function("ListReplies"), Answers<Page<CommentAnswer>>, Query("limit", typeof(int)), Query("cursor")]
    public async Task<IResult> ListRepliesAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "comments/{id}/replies")] HttpRequest request, string id, CancellationToken cancellationToken)
    {
        var caller = request.RequireCaller();
        var limit = request.ReadLimit();
        var root = CommentAccess.Read(id);
        var video = await videos.FindAsync(root.VideoId, caller, cancellationToken);
        if (!root.IsRoot || !CommentAccess.MayRead(video, caller)) throw Problems.NotFound("comment");
        await access.FindCommentAsync(root, caller, cancellationToken);
        var after = request.ReadCursor<ReplyPosition>(cursor, CommentPages.RepliesOf(root))?.After ?? 0;
        return Answers.Ok(await pages.ListRepliesAsync(root, after, limit, caller, cancellationToken));
    }

    /// <summary>Deletes a comment: its author, whether they still see the video or not, the video's owner and moderators may.</summary>
    [Function("DeleteComment"), AnswersNothing]
    [Refuses(StatusCodes.Status403Forbidden, "/problems/forbidden")]
    public async Task<IResult> DeleteAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "comments/{id}")] HttpRequest request, string id, CancellationToken cancellationToken)
    {
        var caller = request.RequireCaller();
        var commentId = CommentAccess.Read(id);
        if (await comments.FindAsync(commentId, cancellationToken) is not { DeletedAt: null } comment) throw Problems.NotFound("comment");
        if (comment.UserId != caller.UserId)
        {
            var video = await videos.FindAsync(commentId.VideoId, caller, cancellationToken);
            if (!CommentAccess.MayModerate(video, caller))
                throw Problems.Forbidden("Only its author, the video's creator and moderators may delete a comment.");
        }

        return await comments.DeleteAsync(commentId, cancellationToken) ? Answers.NoContent() : throw Problems.NotFound("comment");
    }

    private static CommentSort ReadSort(HttpRequest request)
    {
        var values = request.Query["sort"];
        return values switch
        {
            [] or ["top"] => CommentSort.Top,
            ["newest"] => CommentSort.Newest,
            _ => throw Problems.Invalid("sort", "must be top or newest"),
        };
    }
}
