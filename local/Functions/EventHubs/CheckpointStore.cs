using System.Globalization;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace TikTok.Local.Functions.EventHubs;

/// <summary>
/// How far a consumer group has come in each partition: an empty blob
/// <c>azure-webjobs-eventhub/{namespace}/{hub}/{group}/checkpoint/{partition}</c> with metadata <c>sequencenumber</c> and <c>offset</c>.
/// </summary>
internal sealed class CheckpointStore(BlobServiceClient hostStorage, string fullyQualifiedNamespace, string hub, string group)
{
    private readonly BlobContainerClient _container = hostStorage.GetBlobContainerClient("azure-webjobs-eventhub");

    /// <summary>The sequence number of the last event done with; null when there is none.</summary>
    public async Task<long?> ReadAsync(string partition, CancellationToken cancellationToken)
    {
        try
        {
            BlobProperties properties = await Blob(partition).GetPropertiesAsync(cancellationToken: cancellationToken);
            return properties.Metadata.TryGetValue("sequencenumber", out var text) ? long.Parse(text, CultureInfo.InvariantCulture) : null;
        }
        catch (RequestFailedException error) when (error.Status == 404)
        {
            return null;
        }
    }

    public async Task WriteAsync(string partition, long sequenceNumber, string offset, CancellationToken cancellationToken)
    {
        var options = new BlobUploadOptions
        {
            Metadata = new Dictionary<string, string>
            {
                ["sequencenumber"] = sequenceNumber.ToString(CultureInfo.InvariantCulture),
                ["offset"] = offset,
            },
        };
        try
        {
            await Blob(partition).UploadAsync(BinaryData.FromString(string.Empty), options, cancellationToken);
        }
        catch (RequestFailedException error) when (error.ErrorCode == BlobErrorCode.ContainerNotFound)
        {
            await _container.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
            await Blob(partition).UploadAsync(BinaryData.FromString(string.Empty), options, cancellationToken);
        }
    }

    private BlobClient Blob(string partition) =>
        _container.GetBlobClient($"{fullyQualifiedNamespace}/{hub}/{group}/checkpoint/{partition}".ToLowerInvariant());
}
