using System.Text.Json;
using Microsoft.Azure.Cosmos;
using TikTok.Core;
using TikTok.Core.Storage;
using TikTok.Local.EventHubs;

namespace TikTok.LocalTests.Input;

/// <summary>The version of every document, blob, queue and log of the service.</summary>
internal sealed class StoreSnapshot
{
    /// <summary>
    /// Kept by the platform itself: what was spent of a limit, what was answered under a key, where readers are in a feed, and what a feed has shown.
    /// </summary>
    private static readonly IReadOnlyList<string> OwnBooks = [Containers.Limits, Containers.Idempotency, Containers.Leases, Containers.FeedSessions];

    private readonly Dictionary<string, string> _versions = new(StringComparer.Ordinal);

    public static async Task<StoreSnapshot> TakeAsync(ProductService service)
    {
        var snapshot = new StoreSnapshot();
        foreach (var schema in Core.Cosmos.CosmosSchema.All.Where(s => !OwnBooks.Contains(s.Name, StringComparer.Ordinal)))
        {
            using var feed = service.Cosmos.GetContainer(Containers.Database, schema.Name).GetItemQueryIterator<JsonElement>("SELECT c.id, c._rid, c._etag FROM c");
            while (feed.HasMoreResults)
            {
                foreach (var item in await feed.ReadNextAsync())
                    snapshot._versions[$"{schema.Name}/{item.GetProperty("_rid").GetString()} ({item.GetProperty("id").GetString()})"] = item.GetProperty("_etag").GetString()!;
            }
        }

        foreach (var container in BlobContainers.All)
        {
            await foreach (var blob in service.StorageProcess.Blobs.GetBlobContainerClient(container).GetBlobsAsync())
                snapshot._versions[$"{container}/{blob.Name}"] = blob.Properties.ETag.ToString()!;
        }

        foreach (var queue in Queues.All)
        {
            var properties = await service.StorageProcess.Queues.GetQueueClient(queue).GetPropertiesAsync();
            snapshot._versions[$"queue {queue}"] = $"{properties.Value.ApproximateMessagesCount}";
        }

        using var log = new EventHubReader(service.EventHubsProcess.ConnectionString);
        foreach (var partition in await log.GetPartitionIdsAsync(Hubs.Interactions, default))
            snapshot._versions[$"log {partition}"] = $"{(await log.GetPositionAsync(Hubs.Interactions, partition, default)).LastSequenceNumber}";

        return snapshot;
    }

    /// <summary>A snapshot of a service that has come to rest: nothing has changed for a while.</summary>
    public static async Task<StoreSnapshot> AtRestAsync(ProductService service)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var last = await TakeAsync(service);
        while (true)
        {
            await Task.Delay(TimeSpan.FromSeconds(1.5), patience.Token);
            var next = await TakeAsync(service);
            if (!next.ChangesSince(last).Any()) return next;
            last = next;
        }
    }

    public IEnumerable<string> ChangesSince(StoreSnapshot earlier) => _versions
        .Where(v => earlier._versions.GetValueOrDefault(v.Key) != v.Value).Select(v => $"wrote {v.Key}")
        .Concat(earlier._versions.Keys.Except(_versions.Keys, StringComparer.Ordinal).Select(key => $"removed {key}"));
}
