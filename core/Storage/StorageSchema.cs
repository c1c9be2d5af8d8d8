using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Queues;

namespace TikTok.Core.Storage;

/// <summary>The blob containers and queues of the account. Bicep creates the same (a test holds the two against each other); locally <see cref="EnsureCreatedAsync"/> does.</summary>
public static class StorageSchema
{
    /// <summary>Public ones are read anonymously blob by blob, never listed.</summary>
    public static bool IsPublic(string blobContainer) => blobContainer == BlobContainers.Media;

    /// <summary>The queue that a message goes to once every delivery of it failed.</summary>
    public static string Poison(string queue) => $"{queue}-poison";

    public static async Task EnsureCreatedAsync(BlobServiceClient blobs, QueueServiceClient queues, CancellationToken cancellationToken)
    {
        foreach (var name in BlobContainers.All)
        {
            var access = IsPublic(name) ? PublicAccessType.Blob : PublicAccessType.None;
            await blobs.GetBlobContainerClient(name).CreateIfNotExistsAsync(access, cancellationToken: cancellationToken);
        }
        foreach (var name in Queues.All.SelectMany(queue => (string[])[queue, Poison(queue)]))
        {
            await queues.GetQueueClient(name).CreateIfNotExistsAsync(cancellationToken: cancellationToken);
        }
    }
}
