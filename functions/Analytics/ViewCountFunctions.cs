using Azure.Messaging.EventHubs;
using Microsoft.Azure.Functions.Worker;
using TikTok.Core;
using TikTok.Core.Events;
using TikTok.Functions.Platform;

namespace TikTok.Functions.Analytics;

/// <summary>Counts watch events into the videos they were of.</summary>
public sealed class ViewCountFunctions(LogReader reader, ViewCountStore store)
{
    private const int ParallelVideos = 8;

    /// <remarks>Retried for ever: a batch given up on would be checkpointed all the same, and its views lost.</remarks>
    [Function("CountViews")]
    [ExponentialBackoffRetry(-1, "00:00:01", "00:01:00")]
    public async Task CountAsync(
        [EventHubTrigger(Hubs.Interactions, Connection = Connections.EventHubs, ConsumerGroup = Hubs.ConsumerGroups.Counters)] EventData[] events,
        CancellationToken cancellationToken)
    {
        var watches = reader.Read(events)
            .Where(e => e.Interaction is { Type: InteractionType.Watch, VideoId: not null })
            .GroupBy(e => e.Interaction.VideoId!, StringComparer.Ordinal);
        await Parallel.ForEachAsync(
            watches,
            new ParallelOptions { MaxDegreeOfParallelism = ParallelVideos, CancellationToken = cancellationToken },
            async (video, token) => await store.CountAsync(video.Key, [.. video], token));
    }
}
