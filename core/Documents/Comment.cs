using System.Text.Json.Serialization;

namespace TikTok.Core.Documents;

/// <summary>A comment. Container <c>comments</c>, partition <c>/videoId</c>, <c>id</c> a <see cref="CommentId"/>, <c>type = "comment"</c>.</summary>
/// <remarks>
/// The same partition holds the <see cref="CommentLike"/>s, the <see cref="CommentSection"/> with the video's count and the <see cref="CommentPosted"/>s, so that
/// one transactional batch keeps every count exact. A deleted comment is a tombstone without content until nothing hangs on it any more.
/// </remarks>
public sealed record Comment
{
    public const string DocumentType = "comment";

    public required string Id { get; init; }
    public required string VideoId { get; init; }
    public string Type { get; init; } = DocumentType;

    /// <summary>Who wrote it; null in a tombstone, as are <see cref="Username"/> and <see cref="Text"/>.</summary>
    public string? UserId { get; init; }

    /// <summary>The author's name at the time; a copy, so that a page of comments needs no read per author.</summary>
    public string? Username { get; init; }

    /// <summary>Whether the author was a verified account then.</summary>
    public bool Verified { get; init; }

    public string? Text { get; init; }

    /// <summary>The comment that was answered, which may be a reply itself; null directly under the video.</summary>
    public string? ParentId { get; init; }

    /// <summary>The id once more, on comments directly under the video alone: the index that lists them then holds no replies.</summary>
    public string? SortKey { get; init; }

    public long Likes { get; init; }

    /// <summary>On a root: replies that are not deleted.</summary>
    public long Replies { get; init; }

    /// <summary>On a root: the number that the latest reply took. Numbers are never taken twice.</summary>
    public int LastReply { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? DeletedAt { get; init; }

    [JsonPropertyName("_etag")]
    public string? ETag { get; init; }

    /// <summary>Whether readers see it, be it as the tombstone above its replies.</summary>
    [JsonIgnore]
    public bool IsShown => DeletedAt is null || Replies > 0;
}

/// <summary>That an account likes a comment, in the video's partition: it exists while that is so. <c>id = like:{commentId}:{userId}</c>.</summary>
public sealed record CommentLike
{
    public const string DocumentType = "commentLike";

    public required string Id { get; init; }
    public required string VideoId { get; init; }
    public string Type { get; init; } = DocumentType;
    public required string CommentId { get; init; }
    public required string UserId { get; init; }
    public required DateTimeOffset LikedAt { get; init; }

    public static string IdFor(string commentId, string userId) => $"like:{commentId}:{userId}";
}

/// <summary>What is true of a video's comments as a whole, in the video's partition; made with the first comment. <c>id = "section"</c>.</summary>
public sealed record CommentSection
{
    public const string DocumentType = "commentSection";
    public const string DocumentId = "section";

    public string Id { get; init; } = DocumentId;
    public required string VideoId { get; init; }
    public string Type { get; init; } = DocumentType;

    /// <summary>Comments and replies that are not deleted.</summary>
    public long Comments { get; init; }

    /// <summary>Grows with every change of <see cref="Comments"/>: of two counts, the one with the greater version is the later.</summary>
    public long Version { get; init; }

    /// <summary>The one comment that the video's owner shows first. One that is deleted since is not shown.</summary>
    public string? PinnedId { get; init; }

    /// <summary>When the video was deleted: nothing is posted any more, so that what is cleared away stays away.</summary>
    public DateTimeOffset? ClosedAt { get; init; }

    /// <summary>Seconds to live; absent unless closed.</summary>
    public int? Ttl { get; init; }
}

/// <summary>
/// That a comment was posted, in the video's partition and the batch that created it: <c>id = posted:{operation}</c>. A request that is repeated finds by it that
/// it was done, and the change feed tells those who learn from comments.
/// </summary>
public sealed record CommentPosted
{
    public const string DocumentType = "commentPosted";

    /// <summary>Longer than an idempotency key is honoured, and than readers of the change feed may be behind.</summary>
    public const int TtlSeconds = 7 * 24 * 60 * 60;

    public required string Id { get; init; }
    public required string VideoId { get; init; }
    public string Type { get; init; } = DocumentType;
    public required string CommentId { get; init; }
    public required string UserId { get; init; }
    public required DateTimeOffset At { get; init; }
    public int Ttl { get; init; } = TtlSeconds;

    public static string IdFor(string operationId) => $"posted:{operationId}";
}
