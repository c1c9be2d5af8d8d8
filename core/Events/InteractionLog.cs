using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Azure.Messaging.EventHubs;
using Azure.Messaging.EventHubs.Producer;
using TikTok.Core.Telemetry;

namespace TikTok.Core.Events;

/// <summary>
/// Appends to the hub <c>interactions</c>. All events of a subject go to one partition, so that they are counted in order by one reader; the partition is
/// chosen here rather than by a partition key, so that events of different subjects share a batch.
/// </summary>
/// <remarks>When <see cref="AppendAsync"/> returns, the events are in the log; when it throws, some may be, and the caller may append them again.</remarks>
public sealed class InteractionLog(EventHubProducerClient producer)
{
    /// <summary>The event property that names the partition: a Functions trigger is told the sequence number of an event, but not where it counts.</summary>
    public const string PartitionProperty = "partition";

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);
    private string[]? _partitions;

    /// <summary>The log's partitions.</summary>
    public async ValueTask<IReadOnlyList<string>> PartitionIdsAsync(CancellationToken cancellationToken) =>
        _partitions ??= await producer.GetPartitionIdsAsync(cancellationToken);

    public async Task AppendAsync(IReadOnlyCollection<Interaction> interactions, CancellationToken cancellationToken)
    {
        using var activity = Tracing.Source.StartActivity("append interactions", ActivityKind.Producer);
        activity?.SetTag("messaging.system", "eventhubs").SetTag("messaging.destination.name", Hubs.Interactions).SetTag("messaging.batch.message_count", interactions.Count);
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(Timeout);
        var partitions = _partitions ??= await producer.GetPartitionIdsAsync(limited.Token);
        var groups = interactions.GroupBy(i => partitions[StableHash(i.Subject) % (uint)partitions.Length]);
        await Task.WhenAll(groups.Select(group => AppendAsync(group.Key, group, limited.Token)));
    }

    private async Task AppendAsync(string partitionId, IEnumerable<Interaction> interactions, CancellationToken cancellationToken)
    {
        var options = new CreateBatchOptions { PartitionId = partitionId };
        var batch = await producer.CreateBatchAsync(options, cancellationToken);
        try
        {
            foreach (var interaction in interactions)
            {
                var data = new EventData(JsonSerializer.SerializeToUtf8Bytes(interaction, CoreJson.Options))
                {
                    MessageId = interaction.Id,
                    ContentType = "application/json",
                };
                data.Properties[PartitionProperty] = partitionId;
                if (MessageTrace.Current is { } traceParent) data.Properties[MessageTrace.Member] = traceParent;
                if (batch.TryAdd(data)) continue;

                await producer.SendAsync(batch, cancellationToken);
                batch.Dispose();
                batch = await producer.CreateBatchAsync(options, cancellationToken);
                if (!batch.TryAdd(data)) throw new InvalidOperationException($"Interaction {interaction.Id} is larger than a batch may be.");
            }
            if (batch.Count > 0) await producer.SendAsync(batch, cancellationToken);
        }
        finally
        {
            batch.Dispose();
        }
    }

    /// <summary>FNV-1a, 32 bits: the same in every process and version, unlike <see cref="string.GetHashCode()"/>.</summary>
    private static uint StableHash(string text)
    {
        var hash = 2166136261u;
        foreach (var b in Encoding.UTF8.GetBytes(text)) hash = (hash ^ b) * 16777619u;
        return hash;
    }
}
