using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace TikTok.Ranker.Publishing;

/// <summary>Files as blobs of one container.</summary>
/// <param name="container"><see cref="Core.Storage.BlobContainers.Models"/>.</param>
public sealed class BlobModelFiles(BlobContainerClient container) : IModelFiles
{
    /// <summary>A snapshot of some hundred megabytes takes seconds; what takes minutes hangs, and is tried again by who asked.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(2);

    public Task<IReadOnlyList<string>> ListAsync(string prefix, CancellationToken cancellationToken) => Limited<IReadOnlyList<string>>(
        async limited =>
        {
            List<string> names = [];
            await foreach (var blob in container.GetBlobsAsync(BlobTraits.None, BlobStates.None, prefix, limited)) names.Add(blob.Name);
            return names;
        },
        cancellationToken);

    public Task UploadAsync(string name, string path, CancellationToken cancellationToken) =>
        Limited(async limited => await container.GetBlobClient(name).UploadAsync(path, overwrite: true, limited), cancellationToken);

    public Task<bool> DownloadAsync(string name, string path, CancellationToken cancellationToken) => Limited(
        async limited =>
        {
            var unfinished = $"{path}.unfinished";
            try
            {
                using var response = await container.GetBlobClient(name).DownloadToAsync(unfinished, limited);
            }
            catch (RequestFailedException e) when (e.Status == StatusCodes.Status404NotFound)
            {
                File.Delete(unfinished);
                return false;
            }
            File.Move(unfinished, path, overwrite: true);
            return true;
        },
        cancellationToken);

    public Task DeleteAsync(string name, CancellationToken cancellationToken) =>
        Limited(async limited => await container.DeleteBlobIfExistsAsync(name, cancellationToken: limited), cancellationToken);

    private static async Task<T> Limited<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(Timeout);
        return await call(limited.Token);
    }
}
