using Azure.Storage.Blobs;
using Azure.Storage.Sas;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using TikTok.Core.Documents;
using TikTok.Core.Storage;

namespace TikTok.Functions.Platform;

/// <summary>Where a video can be watched.</summary>
/// <param name="Urls"><c>master</c>, and one playlist by the name of each rendition; empty when nothing plays.</param>
public sealed record MediaLinks(IReadOnlyDictionary<string, string> Urls, IReadOnlyList<string> Thumbnails);

/// <summary>
/// The addresses of a video's media. What lies in the public container is read straight from the CDN; the rest through playlists that this API serves to
/// holders of a <see cref="PlaylistPass"/>, in which each blob's URL carries a short signature.
/// </summary>
/// <remarks>
/// Settings: <c>MediaBaseUrl</c>, the CDN's address of the public container (the container's own unless set), and <c>ApiBaseUrl</c>, this API's address as
/// clients know it (as the request has it unless set).
/// </remarks>
public sealed class MediaUrls(BlobServiceClient blobs, BlobSas sas, PlaylistPass passes, IConfiguration configuration)
{
    /// <summary>How long signed media URLs are good for.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    private readonly string _mediaBase = Base(configuration["MediaBaseUrl"]) ?? blobs.GetBlobContainerClient(BlobContainers.Media).Uri.AbsoluteUri;
    private readonly string? _apiBase = Base(configuration["ApiBaseUrl"]);

    public async ValueTask<MediaLinks> ForAsync(Video video, HttpRequest request, CancellationToken cancellationToken)
    {
        if (video.MediaContainer is not { } container || video.Status == VideoStatus.Deleted) return new MediaLinks(new Dictionary<string, string>(), []);
        return container == BlobContainers.Media ? Public(video) : await SignedAsync(video, container, request, cancellationToken);
    }

    /// <summary>A URL to read one blob of a video, signed.</summary>
    public async ValueTask<string> SignAsync(string container, string blob, CancellationToken cancellationToken) =>
        (await sas.SignAsync(container, blob, BlobSasPermissions.Read, Lifetime, cancellationToken)).Url.AbsoluteUri;

    private MediaLinks Public(Video video) => new(
        Playlists(video, name => $"{_mediaBase}/{MediaPaths.Playlist(video.VideoId, name)}"),
        [.. Thumbnails(video).Select(blob => $"{_mediaBase}/{blob}")]);

    private async ValueTask<MediaLinks> SignedAsync(Video video, string container, HttpRequest request, CancellationToken cancellationToken)
    {
        var playlists = $"{_apiBase ?? $"{request.Scheme}://{request.Host}/api/v1"}/videos/{video.VideoId}/playlists";
        var pass = passes.Issue(video.VideoId);
        var thumbnails = new List<string>(video.ThumbnailCount);
        foreach (var blob in Thumbnails(video)) thumbnails.Add(await SignAsync(container, blob, cancellationToken));
        return new MediaLinks(Playlists(video, name => $"{playlists}/{name}.m3u8?{PlaylistPass.Parameter}={pass}"), thumbnails);
    }

    private static Dictionary<string, string> Playlists(Video video, Func<string, string> address) => video.Renditions.Count == 0
        ? []
        : video.Renditions.Select(r => r.Name).Prepend("master").ToDictionary(name => name, address, StringComparer.Ordinal);

    private static IEnumerable<string> Thumbnails(Video video) =>
        Enumerable.Range(1, video.ThumbnailCount).Select(number => MediaPaths.Thumbnail(video.VideoId, number));

    private static string? Base(string? setting) => string.IsNullOrWhiteSpace(setting) ? null : setting.TrimEnd('/');
}
