using System.Text.Json;
using Azure.Messaging.EventHubs;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using TikTok.Core;
using TikTok.Core.Events;

namespace TikTok.Functions.Analytics;

/// <summary>Counts watch events into the videos they were of.</summary>
public sealed partial class ViewCountFunctions(ViewCountStore store, ILogger<ViewCountFunctions> logger)
{
    private const int ParallelVideos = 8;

    /// <remarks>Retried for ever: a batch given up on would be checkpointed all the same, and its views lost.</remarks>
    [Function("CountViews")]
    [ExponentialBackoffRetry(-1, "00:00:01", "00:01:00")]
    public async Task CountAsync(
        [EventHubTrigger(Hubs.Interactions, Connection = Connections.EventHubs, ConsumerGroup = Hubs.ConsumerGroups.Counters)] EventData[] events,
        CancellationToken cancellationToken)
    {
        var watches = events
            .Select(e => (e.SequenceNumber, Watch: Parse(e)))
            .Where(e => e.Watch is not null)
            .GroupBy(e => e.Watch!.Value, e => e.SequenceNumber);
        await Parallel.ForEachAsync(
            watches,
            new ParallelOptions { MaxDegreeOfParallelism = ParallelVideos, CancellationToken = cancellationToken },
            async (video, token) => await store.CountAsync(video.Key.VideoId, video.Key.Partition, [.. video.Order()], token));
    }

    /// <summary>null for what is no watch. An event that is not ours, or not whole, will not become so: it is passed over, and said so.</summary>
    private (string VideoId, string Partition)? Parse(EventData data)
    {
        try
        {
            var interaction = JsonSerializer.Deserialize<Interaction>(data.EventBody.ToMemory().Span, CoreJson.Options)!;
            return interaction is { Type: InteractionType.Watch, VideoId: { } videoId } ? (videoId, (string)data.Properties[InteractionLog.PartitionProperty]) : null;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidCastException)
        {
            Unreadable(logger, data.SequenceNumber, e);
            return null;
        }
    }

    [LoggerMessage(LogLevel.Error, "Event {SequenceNumber} is not an interaction and is passed over")]
    private static partial void Unreadable(ILogger logger, long sequenceNumber, Exception e);
}
