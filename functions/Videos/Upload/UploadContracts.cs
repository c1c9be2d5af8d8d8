using TikTok.Core.Documents;

namespace TikTok.Functions.Videos.Upload;

/// <summary>Body of <c>POST videos/upload/init</c>.</summary>
public sealed record UploadInitRequest
{
    public string? Filename { get; init; }

    /// <summary>Bytes, 1 to 4 GB.</summary>
    public long? Filesize { get; init; }

    /// <summary>Milliseconds, as the client measured it.</summary>
    public long? DurationMs { get; init; }

    /// <summary>The id that the video shall have, so that a repeated call is the same upload; chosen here when absent.</summary>
    public string? VideoId { get; init; }
}

/// <param name="UploadUrl">A Blob Storage URL for <i>Put Block</i> and <i>Put Block List</i> on this one blob.</param>
/// <param name="BlockSize">Bytes that a block should have.</param>
public sealed record UploadInitAnswer(string VideoId, string UploadUrl, long BlockSize, DateTimeOffset ExpiresAt);

/// <param name="Committed">Whether the blob is complete. Then there is nothing to upload, and no URL to do it with.</param>
/// <param name="Blocks">The blocks that are staged, in the order of their ids.</param>
public sealed record UploadStateAnswer(
    bool Committed, IReadOnlyList<UploadBlock> Blocks, string? UploadUrl, long? BlockSize, DateTimeOffset? ExpiresAt);

/// <param name="Id">As the client named it, base64.</param>
/// <param name="Size">Bytes.</param>
public sealed record UploadBlock(string Id, long Size);

/// <summary>Body of <c>POST videos/{id}/upload/complete</c>.</summary>
public sealed record UploadCompleteRequest
{
    public string? Title { get; init; }
    public string? Description { get; init; }
    public IReadOnlyList<string>? Hashtags { get; init; }
    public string? SoundId { get; init; }
    public Visibility? Visibility { get; init; }
    public bool? AllowComments { get; init; }
    public bool? AllowDuet { get; init; }
    public bool? AllowStitch { get; init; }
}

public sealed record UploadCompleteAnswer(string VideoId, VideoStatus Status);
