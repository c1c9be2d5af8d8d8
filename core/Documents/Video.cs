using System.Text.Json.Serialization;
using TikTok.Core.Events;

namespace TikTok.Core.Documents;

/// <summary>A video. Container <c>videos</c>, partition <c>/videoId</c>, <c>id = videoId</c>, <c>type = "video"</c>.</summary>
/// <remarks>
/// The same partition holds the <see cref="Like"/>s, <see cref="Share"/>s and <see cref="CountedOffset"/>s of the video, so that one transactional batch
/// makes a count exactly-once. Queries across the container filter on <c>type</c>.
/// </remarks>
public sealed record Video
{
    public const string DocumentType = "video";

    public required string Id { get; init; }
    public required string VideoId { get; init; }
    public string Type { get; init; } = DocumentType;
    public required string UserId { get; init; }

    /// <summary>The creator's name; a copy, so that a feed page needs no read per creator. It follows the account by a moment, as the other copies do.</summary>
    public required string Username { get; init; }

    /// <summary>Whether the creator is a verified account.</summary>
    public bool Verified { get; init; }

    /// <summary>Whether the creator's account is private: then even a public video is for followers alone.</summary>
    public bool OwnerPrivate { get; init; }

    /// <summary>
    /// Whether the creator's videos are shown only to those who asked for them, by following or opening the profile; a copy of what moderation decided about the
    /// account. Absent in older documents: false.
    /// </summary>
    public bool OwnerShadowBanned { get; init; }

    /// <summary>The creator's <see cref="Account.Country"/>; null where the account has none, and in older documents.</summary>
    public string? OwnerCountry { get; init; }

    /// <summary>The <see cref="Account.CopyVersion"/> that the copies are of; an older one does not replace them.</summary>
    public long OwnerVersion { get; init; }

    public string Title { get; init; } = "";
    public string Description { get; init; } = "";

    /// <summary>Lower-case, without '#', in order of first appearance, distinct.</summary>
    public IReadOnlyList<string> Hashtags { get; init; } = [];

    public string? SoundId { get; init; }
    public Visibility Visibility { get; init; } = Visibility.Public;
    public bool AllowComments { get; init; } = true;
    public bool AllowDuet { get; init; } = true;
    public bool AllowStitch { get; init; } = true;

    /// <summary>Set by moderation: nobody under 18 is recommended it. Absent in older documents: false.</summary>
    public bool NotForTeens { get; init; }

    public VideoStatus Status { get; init; } = VideoStatus.Uploading;

    /// <summary>Why processing failed, in words for the creator; null unless <see cref="Status"/> is one of the refusals.</summary>
    public string? Reason { get; init; }

    public required Upload Upload { get; init; }

    /// <summary>What the probe found; null before it has run.</summary>
    public MediaProbe? Probe { get; init; }

    /// <summary>Transcoding progress in percent, 0 to 100, from the encoder's own reports.</summary>
    public int Progress { get; init; }

    /// <summary>Renditions that play, lowest first.</summary>
    public IReadOnlyList<Rendition> Renditions { get; init; } = [];

    /// <summary>How many thumbnails there are: blobs 1 to this number.</summary>
    public int ThumbnailCount { get; init; }

    /// <summary>When the encoder said that every planned rendition is in; null until then.</summary>
    public DateTimeOffset? TranscodedAt { get; init; }

    /// <summary>The step that gave up, if one did. A fact of its own: a video whose lowest rendition plays is ready in spite of it.</summary>
    public VideoFailure? Failure { get; init; }

    /// <summary>The container that the renditions lie in, decided when the encoder is asked; null before.</summary>
    public string? MediaContainer { get; init; }

    /// <summary>Who is moving the renditions to the other container; null when nobody is.</summary>
    public MediaMoveLock? MoveLock { get; init; }

    public Handovers Handovers { get; init; } = new();

    public VideoCounters Counters { get; init; } = new();

    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? PublishedAt { get; init; }

    /// <summary>For a deleted video: when every blob and satellite document was gone. What remains is a tombstone that late messages find.</summary>
    public DateTimeOffset? RemovedAt { get; init; }

    /// <summary>Seconds to live; absent unless this is a tombstone.</summary>
    public int? Ttl { get; init; }

    [JsonPropertyName("_etag")]
    public string? ETag { get; init; }

    /// <summary>The video as deleted, which wins over everything, for good.</summary>
    public Video AsDeleted() => Status == VideoStatus.Deleted ? this : this with { Status = VideoStatus.Deleted, Reason = null };

    /// <summary>Anyone signed in may watch it, unless a block stands between.</summary>
    [JsonIgnore]
    public bool IsListed => Status == VideoStatus.Ready && IsForAll;

    /// <summary>The container that the renditions belong in; they are moved when <see cref="MediaContainer"/> is another one.</summary>
    [JsonIgnore]
    public string WantedMediaContainer => IsForAll ? Storage.BlobContainers.Media : Storage.BlobContainers.PrivateMedia;

    private bool IsForAll => Visibility == Visibility.Public && !OwnerPrivate;
}

/// <summary>Keeps two moves of one video's media apart: each deletes where the other writes.</summary>
/// <param name="Owner">Unique to one attempt.</param>
/// <param name="Until">When whoever holds it must have been stopped by its host.</param>
public sealed record MediaMoveLock(string Owner, DateTimeOffset Until);

/// <param name="Step">One of <see cref="Messages.VideoStepNames"/>.</param>
/// <param name="Reason">Words for the creator.</param>
public sealed record VideoFailure(string Step, string Reason);

/// <summary>
/// When work that follows from a video's state was handed to whoever does it. Each is written after the handing over, so that a crash between
/// repeats the work instead of losing it.
/// </summary>
public sealed record Handovers
{
    /// <summary>The probe job was queued.</summary>
    public DateTimeOffset? Probe { get; init; }

    /// <summary>The transcode job was queued.</summary>
    public DateTimeOffset? Transcode { get; init; }

    /// <summary>The publication is in the log of interactions.</summary>
    public DateTimeOffset? Published { get; init; }

    /// <summary>The raw upload, no longer needed, was deleted.</summary>
    public DateTimeOffset? UploadRemoved { get; init; }
}

/// <summary>The upload's two halves, which arrive in either order: the blob and the creator's words about it.</summary>
public sealed record Upload
{
    public required string Filename { get; init; }

    /// <summary>Bytes, as declared at init; 1 to 4 GB.</summary>
    public required long FileSize { get; init; }

    /// <summary>Milliseconds, as declared at init; the probe decides.</summary>
    public required long DurationMs { get; init; }

    /// <summary>When the committed blob was first seen; null until then.</summary>
    public DateTimeOffset? LandedAt { get; init; }

    /// <summary>Its size in bytes then.</summary>
    public long? LandedBytes { get; init; }

    /// <summary>When <c>complete</c> was first called; null until then.</summary>
    public DateTimeOffset? CompletedAt { get; init; }

    /// <summary>W3C <c>traceparent</c> of that call: the trace that the whole processing belongs to, whatever hands it on. Null when nobody traced.</summary>
    public string? Trace { get; init; }
}

/// <summary><c>public</c>: for everyone. <c>followers</c>: for the creator's followers. <c>private</c>: for the creator alone.</summary>
public enum Visibility { Public, Followers, Private }

/// <summary><c>uploading → processing → ready</c>, or one of the ends.</summary>
public enum VideoStatus { Uploading, Processing, Ready, Failed, Review, Blocked, Copyright, Deleted }

/// <summary>What ffprobe found in an upload, as it is displayed: width and height are after rotation.</summary>
public sealed record MediaProbe
{
    public required string Container { get; init; }
    public required string VideoCodec { get; init; }
    public string? AudioCodec { get; init; }
    public required long DurationMs { get; init; }
    public required int Width { get; init; }
    public required int Height { get; init; }

    /// <summary>Degrees clockwise that the player must turn the coded picture: 0, 90, 180 or 270.</summary>
    public int Rotation { get; init; }

    /// <summary>Frames per second.</summary>
    public required double FrameRate { get; init; }
}

/// <summary>One rung of the ladder that plays: a fragmented MP4 and its byte-range playlist.</summary>
public sealed record Rendition
{
    /// <summary>The short side and a p: <c>240p</c>. A source smaller than the lowest rung is encoded at its own size under that rung's name.</summary>
    public required string Name { get; init; }
    public required int Width { get; init; }
    public required int Height { get; init; }
    public required double FrameRate { get; init; }

    /// <summary>RFC 6381 codecs of the streams: <c>avc1.64001e,mp4a.40.2</c>.</summary>
    public required string Codecs { get; init; }

    /// <summary>Peak bits per second over any segment (RFC 8216 §4.3.4.2).</summary>
    public required long Bandwidth { get; init; }

    /// <summary>Bits per second over the whole.</summary>
    public required long AverageBandwidth { get; init; }

    /// <summary>Size of the MP4.</summary>
    public required long Bytes { get; init; }
}

/// <summary>Counters of a video. <c>Views</c> follows the watch events, <c>Comments</c> the video's <see cref="CommentSection"/>; the others change in the batch that records the act.</summary>
public sealed record VideoCounters
{
    public long Views { get; init; }
    public long Likes { get; init; }
    public long Comments { get; init; }

    /// <summary>The <see cref="CommentSection.Version"/> that <see cref="Comments"/> is of.</summary>
    public long CommentsVersion { get; init; }

    public long Shares { get; init; }
}

/// <summary>
/// Whether one account likes one video, in the video's partition: <c>id = like:{userId}</c>. A change of it and of the counter are one batch.
/// An unlike keeps the document, so that the change feed tells of it, and lets it expire.
/// </summary>
public sealed record Like
{
    public const string DocumentType = "like";

    public required string Id { get; init; }
    public required string VideoId { get; init; }
    public string Type { get; init; } = DocumentType;
    public required string UserId { get; init; }
    public required bool Liked { get; init; }
    public required DateTimeOffset ChangedAt { get; init; }

    /// <summary>Seconds to live: absent while liked.</summary>
    public int? Ttl { get; init; }

    [JsonPropertyName("_etag")]
    public string? ETag { get; init; }

    public static string IdFor(string userId) => $"like:{userId}";
}

/// <summary>
/// How far one partition of the event log is counted into one video, in the video's partition: <c>id = counted:{hubPartition}</c>.
/// It moves in the batch that adds the views, so that an event that comes again adds nothing.
/// </summary>
public sealed record CountedOffset
{
    public const string DocumentType = "counted";

    public required string Id { get; init; }
    public required string VideoId { get; init; }
    public string Type { get; init; } = DocumentType;

    public required EventWindow Window { get; init; }

    [JsonPropertyName("_etag")]
    public string? ETag { get; init; }

    public static string IdFor(string hubPartition) => $"counted:{hubPartition}";
}
