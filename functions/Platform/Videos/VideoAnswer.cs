using TikTok.Core.Documents;

namespace TikTok.Functions.Platform;

/// <summary>A video as the API shows it.</summary>
public sealed record VideoAnswer
{
    public required string Id { get; init; }
    public required VideoCreator User { get; init; }
    public required string Title { get; init; }
    public required string Description { get; init; }

    /// <summary>Without their signs.</summary>
    public required IReadOnlyList<string> Hashtags { get; init; }

    /// <summary>The id of its sound; absent when it has its own.</summary>
    public string? Sound { get; init; }
    public required VideoStatus Status { get; init; }
    public required Visibility Visibility { get; init; }
    public required bool AllowComments { get; init; }
    public required bool AllowDuet { get; init; }
    public required bool AllowStitch { get; init; }

    /// <summary>Milliseconds: as probed, or as declared while it is not.</summary>
    public required long DurationMs { get; init; }

    /// <summary>Pixels as displayed; absent until the video is probed.</summary>
    public int? Width { get; init; }

    /// <inheritdoc cref="Width"/>
    public int? Height { get; init; }

    /// <summary>HLS playlists: <c>master</c>, and one by the name of each rendition. Those of videos that are not public are good for an hour.</summary>
    public required IReadOnlyDictionary<string, string> Urls { get; init; }

    /// <summary>Addresses of pictures, in the order of the video.</summary>
    public required IReadOnlyList<string> Thumbnails { get; init; }
    public required long ViewCount { get; init; }
    public required long LikeCount { get; init; }
    public required long CommentCount { get; init; }
    public required long ShareCount { get; init; }

    /// <summary>Whether the caller likes it.</summary>
    public required bool Liked { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Absent until it plays.</summary>
    public DateTimeOffset? PublishedAt { get; init; }

    public static VideoAnswer From(Video video, MediaLinks links, bool liked) => new()
    {
        Id = video.VideoId,
        User = new VideoCreator(video.UserId, video.Username, video.Verified),
        Title = video.Title,
        Description = video.Description,
        Hashtags = video.Hashtags,
        Sound = video.SoundId,
        Status = video.Status,
        Visibility = video.Visibility,
        AllowComments = video.AllowComments,
        AllowDuet = video.AllowDuet,
        AllowStitch = video.AllowStitch,
        DurationMs = video.Probe?.DurationMs ?? video.Upload.DurationMs,
        Width = video.Probe?.Width,
        Height = video.Probe?.Height,
        Urls = links.Urls,
        Thumbnails = links.Thumbnails,
        ViewCount = video.Counters.Views,
        LikeCount = video.Counters.Likes,
        CommentCount = video.Counters.Comments,
        ShareCount = video.Counters.Shares,
        Liked = liked,
        CreatedAt = video.CreatedAt,
        PublishedAt = video.PublishedAt,
    };
}

/// <summary>Whose video it is.</summary>
public sealed record VideoCreator(string Id, string Username, bool Verified);
