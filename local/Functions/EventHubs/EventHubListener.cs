using Azure.Messaging.EventHubs;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using TikTok.Local.EventHubs;
using TikTok.Local.Functions.Binding;
using TikTok.Local.Functions.Hosting;

namespace TikTok.Local.Functions.EventHubs;

/// <summary>
/// Reads every partition of a hub for one consumer group and gives the events to a function in batches, in order within a partition. The checkpoint
/// moves on when the function, with its retries, is through: also, as in Azure, when it failed for good. Only a batch that a stopping or killed host
/// cut short comes again.
/// </summary>
internal sealed class EventHubListener(
    HostedFunction function,
    EventHubTriggerAttribute trigger,
    EventHubSettings options,
    AppSettings settings,
    FunctionInvoker invoker,
    PayloadConverter converter,
    TimeProvider time,
    ILogger log) : ITriggerListener
{
    /// <summary>How long one read waits for the next event; the emulator ends it at once when one comes.</summary>
    private static readonly TimeSpan LongPoll = TimeSpan.FromMinutes(1);

    public string Name => $"{function.Name} (event hub)";

    public async Task RunAsync(CancellationToken stopping)
    {
        var connection = settings.ConnectionString(trigger.Connection, "EventHub");
        var hub = settings.Resolve(trigger.EventHubName);
        var group = trigger.ConsumerGroup is { Length: > 0 } name ? settings.Resolve(name) : "$Default";
        var space = Local.EventHubs.EventHubsConnectionString.Parse(connection).Endpoint.Host;
        var checkpoints = new CheckpointStore(settings.Blobs(null), space, hub, group);
        using var reader = new EventHubReader(connection, time: time);
        using var together = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var partitions = (await reader.GetPartitionIdsAsync(hub, stopping))
            .Select(partition => FollowAsync(reader, new PartitionSource(space, hub, group, partition), checkpoints, together.Token))
            .ToList();
        await Task.WhenAny(partitions);
        await together.CancelAsync();
        await Task.WhenAll(partitions);
    }

    private async Task FollowAsync(EventHubReader reader, PartitionSource source, CheckpointStore checkpoints, CancellationToken stopping)
    {
        var next = await checkpoints.ReadAsync(source.PartitionId, stopping) is { } done
            ? done + 1
            : await BeginAsync(reader, source, checkpoints, stopping);
        var sinceCheckpoint = 0;
        while (true)
        {
            var batch = await ReadAsync(reader, source, next, stopping);
            if (batch.Count == 0)
            {
                continue;
            }

            var through = await HandOverAsync(source, batch, stopping);
            var isCutShort = through < batch.Count;
            if (through > 0)
            {
                var last = batch[through - 1];
                next = last.SequenceNumber + 1;
                if (++sinceCheckpoint >= options.BatchCheckpointFrequency || isCutShort)
                {
                    sinceCheckpoint = 0;
                    await checkpoints.WriteAsync(source.PartitionId, last.SequenceNumber, last.OffsetString ?? string.Empty, CancellationToken.None);
                }
            }

            if (isCutShort)
            {
                stopping.ThrowIfCancellationRequested();
            }
        }
    }

    private async Task<long> BeginAsync(EventHubReader reader, PartitionSource source, CheckpointStore checkpoints, CancellationToken stopping)
    {
        var type = options.InitialOffsetOptions.Type;
        if (string.Equals(type, "fromStart", StringComparison.OrdinalIgnoreCase))
        {
            return 0;
        }

        if (string.Equals(type, "fromEnd", StringComparison.OrdinalIgnoreCase))
        {
            // Where the end was is remembered: after a restart before the first batch is through, the end is elsewhere.
            var end = await reader.GetPositionAsync(source.EventHubName, source.PartitionId, stopping);
            await checkpoints.WriteAsync(source.PartitionId, end.LastSequenceNumber, end.LastOffset, stopping);
            return end.LastSequenceNumber + 1;
        }

        throw new InvalidDataException($"host.json: extensions.eventHubs.initialOffsetOptions.type is fromStart or fromEnd here, not '{type}'.");
    }

    /// <summary>A batch: as many events as there are, and when they are fewer than the minimum, those that come within the wait time.</summary>
    private async Task<IReadOnlyList<EventData>> ReadAsync(EventHubReader reader, PartitionSource source, long from, CancellationToken stopping)
    {
        var batch = await Read(from, options.MaxEventBatchSize, LongPoll);
        if (batch.Count == 0 || batch.Count >= options.MinEventBatchSize)
        {
            return batch;
        }

        var events = batch.ToList();
        var started = time.GetTimestamp();
        while (events.Count < options.MinEventBatchSize && options.MaxWaitTime - time.GetElapsedTime(started) is var left && left > TimeSpan.Zero)
        {
            events.AddRange(await Read(events[^1].SequenceNumber + 1, options.MaxEventBatchSize - events.Count, left));
        }

        return events;

        Task<IReadOnlyList<EventData>> Read(long sequenceNumber, int count, TimeSpan wait) =>
            reader.ReadAsync(source.EventHubName, source.ConsumerGroup, source.PartitionId, sequenceNumber, count, wait, stopping);
    }

    /// <summary>How many of the events are through; fewer than all only when the host stops.</summary>
    private async Task<int> HandOverAsync(PartitionSource source, IReadOnlyList<EventData> batch, CancellationToken stopping)
    {
        if (trigger.IsBatched)
        {
            return await ThroughAsync(source, batch, stopping) ? batch.Count : 0;
        }

        var through = 0;
        while (through < batch.Count && !stopping.IsCancellationRequested && await ThroughAsync(source, [batch[through]], stopping))
        {
            through++;
        }

        return through;
    }

    /// <summary>True when the function has succeeded or failed for good, false when the host's stopping cut it short.</summary>
    private async Task<bool> ThroughAsync(PartitionSource source, IReadOnlyList<EventData> events, CancellationToken stopping)
    {
        var failure = await invoker.InvokeAsync(function, new EventHubInput(source, events, trigger.IsBatched, converter), CancellationToken.None, stopping);
        if (failure is null)
        {
            return true;
        }

        if (stopping.IsCancellationRequested)
        {
            return false;
        }

        log.LogError(
            "{Function} is through with {Count} events from {Sequence} of partition {Partition} without success; they are passed over.",
            function.Name, events.Count, events[0].SequenceNumber, source.PartitionId);
        return true;
    }
}
