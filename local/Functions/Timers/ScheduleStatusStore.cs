using System.Text.Json;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Microsoft.Azure.Functions.Worker;

namespace TikTok.Local.Functions.Timers;

/// <summary>Where timers remember their occurrences: <c>azure-webjobs-hosts/timers/{host}/{function}/status</c>.</summary>
internal interface IScheduleStatusStore
{
    Task<ScheduleStatus?> ReadAsync(string function, CancellationToken cancellationToken);

    Task WriteAsync(string function, ScheduleStatus status, CancellationToken cancellationToken);
}

internal sealed class BlobScheduleStatusStore(BlobServiceClient hostStorage, string hostId) : IScheduleStatusStore
{
    private readonly BlobContainerClient _container = hostStorage.GetBlobContainerClient("azure-webjobs-hosts");

    public async Task<ScheduleStatus?> ReadAsync(string function, CancellationToken cancellationToken)
    {
        try
        {
            var content = await Blob(function).DownloadContentAsync(cancellationToken);
            return JsonSerializer.Deserialize<ScheduleStatus>(content.Value.Content.ToMemory().Span);
        }
        catch (RequestFailedException error) when (error.Status == 404)
        {
            return null;
        }
    }

    public async Task WriteAsync(string function, ScheduleStatus status, CancellationToken cancellationToken)
    {
        var content = new BinaryData(JsonSerializer.SerializeToUtf8Bytes(status));
        try
        {
            await Blob(function).UploadAsync(content, overwrite: true, cancellationToken);
        }
        catch (RequestFailedException error) when (error.ErrorCode == BlobErrorCode.ContainerNotFound)
        {
            await _container.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
            await Blob(function).UploadAsync(content, overwrite: true, cancellationToken);
        }
    }

    private BlobClient Blob(string function) => _container.GetBlobClient($"timers/{hostId}/{function}/status");
}
