namespace TikTok.Core.Documents;

/// <summary>An arrow from an account to a video or an account. Container <c>edges</c>, partition <c>/userId</c>; <c>edgesIn</c>, partition <c>/targetId</c>, mirrors it.</summary>
public sealed record Edge
{
    /// <summary><c>like:{videoId}</c> going out, <c>like:{userId}</c> coming in.</summary>
    public required string Id { get; init; }
    public required string UserId { get; init; }
    public required string TargetId { get; init; }
    public required EdgeKind Kind { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
}

public enum EdgeKind { Like, Follow }

/// <summary>A creator's video by time. Container <c>userVideos</c>, partition <c>/userId</c>, <c>id = videoId</c>; kept by the change feed of <c>videos</c>.</summary>
public sealed record UserVideo
{
    public required string Id { get; init; }
    public required string UserId { get; init; }
    public required string VideoId { get; init; }
    public required VideoStatus Status { get; init; }
    public required Visibility Visibility { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? PublishedAt { get; init; }
}

/// <summary>The latest watch of one video by one account. Container <c>watches</c>, partition <c>/userId</c>, <c>id = videoId</c>, lives 90 days.</summary>
public sealed record Watch
{
    public required string Id { get; init; }
    public required string UserId { get; init; }
    public required string VideoId { get; init; }
    public required long WatchDurationMs { get; init; }
    public required long TotalDurationMs { get; init; }
    public required WatchSource Source { get; init; }
    public required DateTimeOffset WatchedAt { get; init; }
}

/// <summary>Where a video was watched.</summary>
public enum WatchSource { Fyp, Following, Search, Hashtag, Profile, Live }
