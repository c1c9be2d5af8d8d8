using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace TikTok.Local.Functions.Blobs;

/// <summary>
/// Remembers which version of which blob has been handed to a function: an empty blob
/// <c>azure-webjobs-hosts/blobreceipts/{host}/{function}/{etag}/{container}/{blob}</c>.
/// </summary>
internal sealed class BlobReceipts(BlobServiceClient hostStorage, string hostId, string function)
{
    private readonly BlobContainerClient _container = hostStorage.GetBlobContainerClient("azure-webjobs-hosts");
    private readonly string _prefix = $"blobreceipts/{hostId}/{function}/";

    /// <summary>All receipts of this function.</summary>
    public async Task<HashSet<(string Container, string Blob, string ETag)>> LoadAsync(CancellationToken cancellationToken)
    {
        var receipts = new HashSet<(string, string, string)>();
        try
        {
            await foreach (var blob in _container.GetBlobsAsync(prefix: _prefix, cancellationToken: cancellationToken))
            {
                if (blob.Name[_prefix.Length..].Split('/', 3) is [var etag, var container, var name])
                {
                    receipts.Add((container, name, etag));
                }
            }
        }
        catch (RequestFailedException error) when (error.ErrorCode == BlobErrorCode.ContainerNotFound)
        {
            // Nothing was ever handed over.
        }

        return receipts;
    }

    public async Task WriteAsync(string container, string blob, string etag, CancellationToken cancellationToken)
    {
        var receipt = _container.GetBlobClient($"{_prefix}{etag}/{container}/{blob}");
        var options = new BlobUploadOptions { Metadata = new Dictionary<string, string> { ["Completed"] = "True" } };
        try
        {
            await receipt.UploadAsync(BinaryData.FromString(string.Empty), options, cancellationToken);
        }
        catch (RequestFailedException error) when (error.ErrorCode == BlobErrorCode.ContainerNotFound)
        {
            await _container.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
            await receipt.UploadAsync(BinaryData.FromString(string.Empty), options, cancellationToken);
        }
    }
}
