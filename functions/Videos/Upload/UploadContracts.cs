using TikTok.Core.Documents;

namespace TikTok.Functions.Videos.Upload;

/// <summary>Body of <c>POST videos/upload/init</c>.</summary>
public sealed record UploadInitRequest
{
    /// <summary>1 to 255 characters, without a path.</summary>
    public required string Filename { get; init; }

    /// <summary>Bytes, 1 to 4 GB.</summary>
    public required long Filesize { get; init; }

    /// <summary>Milliseconds, as the client measured it: 15 seconds to 10 minutes.</summary>
    public required long DurationMs { get; init; }

    /// <summary>The id that the video shall have, so that a repeated call is the same upload; chosen here when absent.</summary>
    public string? VideoId { get; init; }
}

/// <param name="UploadUrl">A Blob Storage URL for <i>Put Block</i> and <i>Put Block List</i> on this one blob.</param>
/// <param name="BlockSize">Bytes that a block should have.</param>
/// <param name="ExpiresAt">Until when the URL is good; the upload's state has a fresh one.</param>
public sealed record UploadInitAnswer(string VideoId, string UploadUrl, long BlockSize, DateTimeOffset ExpiresAt);

/// <param name="Committed">Whether the blob is complete. Then there is nothing to upload, and no URL to do it with.</param>
/// <param name="Blocks">The blocks that are staged, in the order of their ids.</param>
/// <param name="UploadUrl">A fresh URL, while there is something to upload.</param>
/// <param name="BlockSize">Bytes that a block should have.</param>
/// <param name="ExpiresAt">Until when the URL is good.</param>
public sealed record UploadStateAnswer(
    bool Committed, IReadOnlyList<UploadBlock> Blocks, string? UploadUrl, long? BlockSize, DateTimeOffset? ExpiresAt);

/// <param name="Id">As the client named it, base64.</param>
/// <param name="Size">Bytes.</param>
public sealed record UploadBlock(string Id, long Size);

/// <summary>
/// What a creator says of a video: body of <c>POST videos/{id}/upload/complete</c>, where title and visibility must be there, and of <c>PATCH videos/{id}</c>,
/// where what is absent stays.
/// </summary>
public sealed record UploadCompleteRequest
{
    /// <summary>1 to 150 characters, on one line. Hashtags in it count.</summary>
    public string? Title { get; init; }

    /// <summary>At most 2,200 characters. Hashtags in it count.</summary>
    public string? Description { get; init; }

    /// <summary>At most 30, besides those in the texts; each 1 to 100 letters, digits and underscores, with or without its sign.</summary>
    public IReadOnlyList<string>? Hashtags { get; init; }

    /// <summary>The sound that it uses; its own unless given.</summary>
    public string? SoundId { get; init; }

    public Visibility? Visibility { get; init; }

    /// <summary>Allowed unless told.</summary>
    public bool? AllowComments { get; init; }

    /// <summary>Allowed unless told.</summary>
    public bool? AllowDuet { get; init; }

    /// <summary>Allowed unless told.</summary>
    public bool? AllowStitch { get; init; }
}

public sealed record UploadCompleteAnswer(string VideoId, VideoStatus Status);
