using TikTok.Core.Cosmos;
using TikTok.Core.Documents;
using TikTok.Functions.Platform;

namespace TikTok.Functions.Social.Comments;

/// <summary>
/// Who may see and do what with comments. What the caller may not see does not exist: hidden videos, deleted comments and those of people who blocked the
/// caller, or whom the caller blocked, are all 404. Moderators see everything.
/// </summary>
public sealed class CommentAccess(VisibleVideos videos, RelationStore relations, CommentStore comments)
{
    /// <summary>A comment that is not deleted, or is the tombstone above replies.</summary>
    /// <exception cref="ProblemException">404: there is no such comment for the caller.</exception>
    public async Task<Comment> FindCommentAsync(CommentId id, Caller caller, CancellationToken cancellationToken)
    {
        var comment = await comments.FindAsync(id, cancellationToken);
        return comment is { IsShown: true } && (comment.UserId is not { } author || !await AreBlockedAsync(author, caller, cancellationToken))
            ? comment
            : throw Problems.NotFound("comment");
    }

    /// <summary>The comment that an id of the API names, if the caller may see it and the video, and it is not deleted.</summary>
    /// <exception cref="ProblemException">404: there is none.</exception>
    public async Task<(CommentId Id, Comment Comment, Video Video)> FindLiveAsync(string id, Caller caller, CancellationToken cancellationToken)
    {
        var commentId = Read(id);
        var video = await videos.FindAsync(commentId.VideoId, caller, cancellationToken);
        var comment = await FindCommentAsync(commentId, caller, cancellationToken);
        return comment.DeletedAt is null && MayRead(video, caller) ? (commentId, comment, video) : throw Problems.NotFound("comment");
    }

    /// <exception cref="ProblemException">404: no comment has such an id.</exception>
    public static CommentId Read(string id) => CommentId.Parse(id) ?? throw Problems.NotFound("comment");

    /// <summary>Where comments are switched off, those that are there are for whoever may delete them.</summary>
    public static bool MayRead(Video video, Caller caller) => video.AllowComments || MayModerate(video, caller);

    /// <summary>Whether the caller may delete anyone's comments on the video.</summary>
    public static bool MayModerate(Video video, Caller caller) => VideoAccess.IsOwner(video, caller) || SeesEverything(caller);

    public static bool SeesEverything(Caller caller) => caller.Role >= Role.Moderator;

    private async Task<bool> AreBlockedAsync(string otherId, Caller caller, CancellationToken cancellationToken) =>
        otherId != caller.UserId && !SeesEverything(caller) && (await relations.FindAsync(caller.UserId, otherId, cancellationToken)).IsBlocked;
}
