namespace TikTok.Core.Storage;

/// <summary>Where blobs lie.</summary>
public static class BlobContainers
{
    /// <summary>Raw uploads, one blob per video id. Never public; read by the pipeline alone.</summary>
    public const string Uploads = "uploads";

    /// <summary>Renditions and thumbnails of public videos: the CDN's origin, read anonymously by exact name, never listed.</summary>
    public const string Media = "media";

    /// <summary>The same for videos that only followers or only their creator may see: read with a short SAS, handed out per viewer.</summary>
    public const string PrivateMedia = "media-private";

    /// <summary>Archives of people's own data, one blob <c>{userId}/{exportId}.zip</c> each: read with a short SAS by their owner.</summary>
    public const string Exports = "exports";

    /// <summary>What the ranker has learnt: checkpoints of models and tables, one prefix each. Read and written by the ranker alone.</summary>
    public const string Models = "models";

    public static readonly IReadOnlyList<string> All = [Uploads, Media, PrivateMedia, Exports, Models];
}

/// <summary>Blob names within a media container. All blobs of a video share the prefix <c>{videoId}/</c>, so that a deletion is one listing.</summary>
public static class MediaPaths
{
    public static string Prefix(string videoId) => $"{videoId}/";
    public static string Master(string videoId) => $"{videoId}/master.m3u8";
    public static string Playlist(string videoId, string rendition) => $"{videoId}/{rendition}.m3u8";
    public static string Rendition(string videoId, string rendition) => $"{videoId}/{rendition}.mp4";

    /// <param name="number">1 to 5.</param>
    public static string Thumbnail(string videoId, int number) => $"{videoId}/thumb-{number}.jpg";
}
