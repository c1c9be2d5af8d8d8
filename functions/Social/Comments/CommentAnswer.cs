using TikTok.Functions.Platform;

namespace TikTok.Functions.Social.Comments;

/// <param name="Text">1 to 150 characters, on one line.</param>
/// <param name="ParentId">The comment that it answers, of the same video; absent directly under the video.</param>
public sealed record CommentRequest(string Text, string? ParentId = null);

/// <summary>A comment as the API shows it. Of a deleted one there is only that it was there, while it has replies.</summary>
public sealed record CommentAnswer
{
    public required string Id { get; init; }
    public required string VideoId { get; init; }

    /// <summary>Absent when it is deleted.</summary>
    public CommentAuthor? User { get; init; }

    /// <inheritdoc cref="User"/>
    public string? Text { get; init; }

    /// <summary>The comment that it answers; absent directly under the video.</summary>
    public string? ParentId { get; init; }

    /// <summary>Whom it answers, where that is another reply of the thread: all replies of a thread are one list.</summary>
    public CommentAuthor? ReplyTo { get; init; }

    public required long LikeCount { get; init; }

    /// <summary>Whether the caller likes it.</summary>
    public required bool Liked { get; init; }

    /// <summary>All replies of its thread; 0 on a reply.</summary>
    public required long ReplyCount { get; init; }

    /// <summary>Whether the creator shows it first.</summary>
    public required bool Pinned { get; init; }

    /// <summary>Whether it is gone, and shown only because of its replies.</summary>
    public required bool Deleted { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The first replies, and the cursor of <c>comments/{id}/replies</c> for more; absent on a reply.</summary>
    public Page<CommentAnswer>? Replies { get; init; }
}

/// <summary>Who wrote a comment; name and verification as of then.</summary>
public sealed record CommentAuthor(string Id, string Username, bool Verified);

/// <param name="Liked">Whether the caller likes the comment now.</param>
/// <param name="LikeCount">Everyone's likes, the caller's included.</param>
public sealed record CommentLikeAnswer(bool Liked, long LikeCount);

/// <summary><c>Top</c>: those that most people like, then the others from the newest. The pinned comment is first in both.</summary>
public enum CommentSort { Top, Newest }
