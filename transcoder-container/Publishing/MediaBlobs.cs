using Azure;
using Azure.Storage;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
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

    public async Task UploadPlaylistAsync(string container, string name, string text, CancellationToken cancellationToken)
    {
        var headers = new BlobHttpHeaders { ContentType = "application/vnd.apple.mpegurl", CacheControl = $"{Scope(container)}, max-age=10" };
        await Blob(container, name).UploadAsync(
            new BinaryData(System.Text.Encoding.UTF8.GetBytes(text)), new BlobUploadOptions { HttpHeaders = headers }, cancellationToken);
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

    private async Task UploadFileAsync(string container, string name, string file, string contentType, CancellationToken cancellationToken)
    {
        var headers = new BlobHttpHeaders { ContentType = contentType, CacheControl = $"{Scope(container)}, max-age=31536000, immutable" };
        await Blob(container, name).UploadAsync(file, new BlobUploadOptions { HttpHeaders = headers, TransferOptions = Parallel }, cancellationToken);
    }

    private BlobClient Blob(string container, string name) => blobs.GetBlobContainerClient(container).GetBlobClient(name);

    /// <summary>What only some may see must not stay in a shared cache.</summary>
    private static string Scope(string container) => container == BlobContainers.Media ? "public" : "private";
}
