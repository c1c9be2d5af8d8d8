namespace TikTok.Core.Documents;

/// <summary>A creator's video by time. Container <c>userVideos</c>, partition <c>/userId</c>, <c>id = videoId</c>; kept by the change feed of <c>videos</c>.</summary>
public sealed record UserVideo
{
    public required string Id { get; init; }
    public required string UserId { get; init; }
    public required string VideoId { get; init; }

    /// <summary>Ordinal order is the order of creation, and no two are equal: what lists are ordered and continued by.</summary>
    public required string SortKey { get; init; }
    public required VideoStatus Status { get; init; }
    public required Visibility Visibility { get; init; }
    public bool OwnerPrivate { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? PublishedAt { get; init; }
}

/// <summary>Whom a list of a creator's videos is for. <c>Owner</c>: all, in every state; <c>Followers</c>: what plays and is not private; <c>Everyone</c>: what plays and is public.</summary>
public enum VideoAudience { Owner, Followers, Everyone }
