using System.Text.Json;
using Azure;
using Azure.Storage;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using TikTok.Core;
using TikTok.Core.Documents;
using TikTok.Core.Storage;
using TikTok.Transcoder.Jobs;

namespace TikTok.Transcoder.Publishing;

/// <summary>Uploads in, renditions out.</summary>
internal sealed class MediaBlobs(BlobServiceClient blobs)
{
    private static readonly StorageTransferOptions Parallel = new()
    {
        InitialTransferSize = 8 * 1024 * 1024,
        MaximumTransferSize = 8 * 1024 * 1024,
        MaximumConcurrency = 4,
    };

    private const string RenditionMetadata = "rendition";

    private static readonly string[] MediaContainers = [BlobContainers.Media, BlobContainers.PrivateMedia];

    /// <summary>Copies the raw upload to a local file.</summary>
    /// <exception cref="RefusedException">There is none.</exception>
    public async Task DownloadSourceAsync(string videoId, string file, CancellationToken cancellationToken)
    {
        try
        {
            var source = blobs.GetBlobContainerClient(BlobContainers.Uploads).GetBlobClient(videoId);
            await source.DownloadToAsync(file, new BlobDownloadToOptions { TransferOptions = Parallel }, cancellationToken);
        }
        catch (RequestFailedException e) when (e.ErrorCode == BlobErrorCode.BlobNotFound)
        {
            throw new RefusedException("The uploaded file is not there any more. Please upload it again.");
        }
    }

    public Task UploadVideoAsync(string container, string name, string file, CancellationToken cancellationToken) =>
        UploadFileAsync(container, name, file, "video/mp4", cancellationToken);

    public Task UploadPictureAsync(string container, string name, string file, CancellationToken cancellationToken) =>
        UploadFileAsync(container, name, file, "image/jpeg", cancellationToken);

    public Task UploadMasterAsync(string container, string videoId, string text, CancellationToken cancellationToken) =>
        UploadPlaylistAsync(container, MediaPaths.Master(videoId), text, metadata: null, cancellationToken);

    /// <summary>The playlist carries what it describes, so that a later delivery need not make the rendition again to speak of it.</summary>
    public Task UploadPlaylistAsync(string container, string videoId, Rendition rendition, string text, CancellationToken cancellationToken) => UploadPlaylistAsync(
        container,
        MediaPaths.Playlist(videoId, rendition.Name),
        text,
        new Dictionary<string, string>(StringComparer.Ordinal) { [RenditionMetadata] = JsonSerializer.Serialize(rendition, CoreJson.Options) },
        cancellationToken);

    /// <summary>What earlier deliveries have finished: renditions whose playlist is there, and with it the file that it names; and how many thumbnails.</summary>
    public async Task<(IReadOnlyList<Rendition> Renditions, int Thumbnails)> FindPublishedAsync(string container, string videoId, CancellationToken cancellationToken)
    {
        var renditions = new List<Rendition>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        var found = blobs.GetBlobContainerClient(container).GetBlobsAsync(BlobTraits.Metadata, prefix: MediaPaths.Prefix(videoId), cancellationToken: cancellationToken);
        await foreach (var blob in found)
        {
            names.Add(blob.Name);
            if (blob.Metadata?.TryGetValue(RenditionMetadata, out var json) != true) continue;
            if (JsonSerializer.Deserialize<Rendition>(json!, CoreJson.Options) is { } rendition) renditions.Add(rendition);
        }
        return (renditions, Enumerable.Range(1, Planning.Ladder.ThumbnailCount).TakeWhile(n => names.Contains(MediaPaths.Thumbnail(videoId, n))).Count());
    }

    /// <summary>Removes everything of a video from both media containers, wherever its visibility put it.</summary>
    /// <returns>How many blobs there were.</returns>
    public async Task<int> RemoveAllAsync(string videoId, CancellationToken cancellationToken)
    {
        var removed = 0;
        foreach (var container in MediaContainers.Select(blobs.GetBlobContainerClient))
        {
            await foreach (var blob in container.GetBlobsAsync(prefix: MediaPaths.Prefix(videoId), cancellationToken: cancellationToken))
            {
                if (await container.DeleteBlobIfExistsAsync(blob.Name, DeleteSnapshotsOption.IncludeSnapshots, cancellationToken: cancellationToken)) removed++;
            }
        }
        return removed;
    }

    private async Task UploadPlaylistAsync(
        string container, string name, string text, IDictionary<string, string>? metadata, CancellationToken cancellationToken)
    {
        var headers = new BlobHttpHeaders { ContentType = "application/vnd.apple.mpegurl", CacheControl = $"{Scope(container)}, max-age=10" };
        var content = new BinaryData(System.Text.Encoding.UTF8.GetBytes(text));
        await Blob(container, name).UploadAsync(content, new BlobUploadOptions { HttpHeaders = headers, Metadata = metadata }, cancellationToken);
    }

    private async Task UploadFileAsync(string container, string name, string file, string contentType, CancellationToken cancellationToken)
    {
        var headers = new BlobHttpHeaders { ContentType = contentType, CacheControl = $"{Scope(container)}, max-age=31536000, immutable" };
        await Blob(container, name).UploadAsync(file, new BlobUploadOptions { HttpHeaders = headers, TransferOptions = Parallel }, cancellationToken);
    }

    private BlobClient Blob(string container, string name) => blobs.GetBlobContainerClient(container).GetBlobClient(name);

    /// <summary>What only some may see must not stay in a shared cache.</summary>
    private static string Scope(string container) => container == BlobContainers.Media ? "public" : "private";
}
