using System.Net;
using Azure.Messaging.EventHubs.Producer;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using Microsoft.Azure.Cosmos;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using TikTok.Core;
using TikTok.Core.Storage;
using TikTok.Core.Telemetry;

namespace TikTok.Functions.Platform;

/// <param name="Status"><c>healthy</c> when every dependency is.</param>
public sealed record HealthReport(HealthStatus Status, IReadOnlyDictionary<string, DependencyReport> Dependencies);

/// <param name="LatencyMs">How long the dependency took to answer, or to fail to.</param>
public sealed record DependencyReport(HealthStatus Status, long LatencyMs);

public enum HealthStatus { Healthy, Unhealthy }

/// <summary>
/// Asks every service that requests depend on for something cheap, all at once, for at most two seconds. A report serves everyone who asks within a
/// second, so that whoever polls the open endpoint does not load what it watches over.
/// </summary>
public sealed class DependencyHealth(
    CosmosClient cosmos, BlobServiceClient blobs, QueueServiceClient queues, EventHubProducerClient interactions, IHttpClientFactory http,
    IConfiguration configuration, TimeProvider time, ILogger<DependencyHealth> logger) : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ReportLifetime = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _asking = new(1);
    private (HealthReport Report, long At)? _last;

    public async Task<HealthReport> AskAsync(CancellationToken cancellationToken)
    {
        await _asking.WaitAsync(cancellationToken);
        try
        {
            if (_last is { } last && time.GetElapsedTime(last.At) < ReportLifetime) return last.Report;

            var reports = await Task.WhenAll(
                AskAsync("cosmos", AskCosmosAsync, cancellationToken),
                AskAsync("blobs", AskBlobsAsync, cancellationToken),
                AskAsync("queues", AskQueuesAsync, cancellationToken),
                AskAsync("eventHubs", AskEventHubsAsync, cancellationToken),
                AskAsync("ranker", AskRankerAsync, cancellationToken));
            var status = reports.All(r => r.Value.Status == HealthStatus.Healthy) ? HealthStatus.Healthy : HealthStatus.Unhealthy;
            var report = new HealthReport(status, reports.ToDictionary(StringComparer.Ordinal));
            _last = (report, time.GetTimestamp());
            return report;
        }
        finally
        {
            _asking.Release();
        }
    }

    public void Dispose() => _asking.Dispose();

    private async Task<KeyValuePair<string, DependencyReport>> AskAsync(
        string name, Func<CancellationToken, Task<bool>> ask, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(Timeout);
        var status = HealthStatus.Unhealthy;
        try
        {
            // Not every client gives up at once when it is told to; this does.
            if (await ask(timeout.Token).WaitAsync(timeout.Token)) status = HealthStatus.Healthy;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            logger.LogWarning(e.WithoutData(), "Dependency {Dependency} is unhealthy", name);
        }

        return KeyValuePair.Create(name, new DependencyReport(status, (long)time.GetElapsedTime(start).TotalMilliseconds));
    }

    /// <summary>A point read of what does not exist: one request unit, and allowed to a data-plane identity.</summary>
    private async Task<bool> AskCosmosAsync(CancellationToken cancellationToken)
    {
        const string Nobody = "health";
        const string ContainerMissing = "1003";
        var container = cosmos.GetContainer(Containers.Database, Containers.Accounts);
        using var answer = await container.ReadItemStreamAsync(Nobody, new PartitionKey(Nobody), cancellationToken: cancellationToken);
        return answer.StatusCode == HttpStatusCode.NotFound && answer.Headers["x-ms-substatus"] is not ContainerMissing;
    }

    private async Task<bool> AskBlobsAsync(CancellationToken cancellationToken) =>
        await blobs.GetBlobContainerClient(BlobContainers.Uploads).ExistsAsync(cancellationToken);

    private async Task<bool> AskQueuesAsync(CancellationToken cancellationToken) =>
        await queues.GetQueueClient(Queues.VideoSteps).ExistsAsync(cancellationToken);

    private async Task<bool> AskEventHubsAsync(CancellationToken cancellationToken) =>
        (await interactions.GetPartitionIdsAsync(cancellationToken)).Length > 0;

    private async Task<bool> AskRankerAsync(CancellationToken cancellationToken)
    {
        if (configuration["Ranker:Url"] is not { Length: > 0 } address) return false;
        using var client = http.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(new Uri(address), "/ready"))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        return answer.IsSuccessStatusCode;
    }
}
