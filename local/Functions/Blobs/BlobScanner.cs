using System.Text.Json;
using System.Threading.Channels;
using Azure;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using Microsoft.Extensions.Logging;
using TikTok.Local.Functions.Hosting;

namespace TikTok.Local.Functions.Blobs;

/// <summary>
/// Finds blobs that a function has not been handed yet and puts a message for each into the host's queue, then writes the receipt: a crash between
/// the two hands the blob over twice, never not at all. Blobs are found by signal, and by listing the container at the start and now and then.
/// </summary>
internal sealed class BlobScanner(
    BlobFunction function,
    BlobReceipts receipts,
    QueueClient queue,
    Action enqueued,
    IStorageSignals signals,
    bool scansRegularly,
    TimeProvider time,
    ILogger log) : ITriggerListener
{
    /// <summary>Between listings while signals arrive, and while they do not.</summary>
    internal static readonly TimeSpan SlowScan = TimeSpan.FromMinutes(1);
    internal static readonly TimeSpan QuickScan = TimeSpan.FromSeconds(3);

    private HashSet<(string Container, string Blob, string ETag)> _handedOver = [];

    public string Name => $"{function.Function.Name} (blobs)";

    public async Task RunAsync(CancellationToken stopping)
    {
        var written = Channel.CreateUnbounded<string?>(new UnboundedChannelOptions { SingleReader = true });
        using var subscription = signals.OnBlob(function.Container.Name, blob => written.Writer.TryWrite(blob));
        _handedOver = await receipts.LoadAsync(stopping);
        await ScanAsync(stopping);
        while (true)
        {
            var blob = await NextAsync(written.Reader, stopping);
            if (blob is null)
            {
                await ScanAsync(stopping);
            }
            else if (function.Match(blob) is not null)
            {
                await OfferAsync(blob, stopping);
            }
        }
    }

    /// <summary>The name of a written blob; null when the container is to be listed.</summary>
    private async Task<string?> NextAsync(ChannelReader<string?> written, CancellationToken stopping)
    {
        using var due = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        using var timer = ScanAfter() is { } pause ? time.CreateTimer(_ => due.Cancel(), null, pause, Timeout.InfiniteTimeSpan) : null;
        try
        {
            return await written.ReadAsync(due.Token);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            return null;
        }
    }

    private TimeSpan? ScanAfter() => !signals.IsConnected ? QuickScan : scansRegularly ? SlowScan : null;

    private async Task ScanAsync(CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var blob in function.Container.GetBlobsAsync(cancellationToken: cancellationToken))
            {
                if (blob.Properties.ETag is { } etag && function.Match(blob.Name) is not null)
                {
                    await HandOverAsync(blob.Name, etag, cancellationToken);
                }
            }
        }
        catch (RequestFailedException error) when (error.ErrorCode == BlobErrorCode.ContainerNotFound)
        {
            log.LogDebug("Container {Container} does not exist yet.", function.Container.Name);
        }
    }

    private async Task OfferAsync(string blob, CancellationToken cancellationToken)
    {
        try
        {
            var properties = await function.Container.GetBlobBaseClient(blob).GetPropertiesAsync(cancellationToken: cancellationToken);
            await HandOverAsync(blob, properties.Value.ETag, cancellationToken);
        }
        catch (RequestFailedException error) when (error.Status == 404)
        {
            // Gone again before anybody looked.
        }
    }

    private async Task HandOverAsync(string blob, ETag version, CancellationToken cancellationToken)
    {
        var container = function.Container.Name;
        var etag = version.ToString("H");
        if (_handedOver.Contains((container, blob, etag)))
        {
            return;
        }

        var message = JsonSerializer.Serialize(new BlobTriggerMessage
        {
            FunctionId = function.Function.FullName,
            ContainerName = container,
            BlobName = blob,
            ETag = etag,
        });
        try
        {
            await queue.SendMessageAsync(message, timeToLive: TimeSpan.FromSeconds(-1), cancellationToken: cancellationToken);
        }
        catch (RequestFailedException error) when (error.ErrorCode == QueueErrorCode.QueueNotFound)
        {
            await queue.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
            await queue.SendMessageAsync(message, timeToLive: TimeSpan.FromSeconds(-1), cancellationToken: cancellationToken);
        }

        enqueued();
        await receipts.WriteAsync(container, blob, etag, cancellationToken);
        _handedOver.Add((container, blob, etag));
    }
}
