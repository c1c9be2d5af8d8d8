using Azure.Messaging.EventHubs;
using Microsoft.Azure.Functions.Worker;
using TikTok.Core;
using TikTok.Functions.Analytics.Creators;
using TikTok.Functions.Analytics.History;
using TikTok.Functions.Analytics.Trending;

namespace TikTok.Functions.Analytics.Projections;

/// <summary>One reader of the log per projection, so that one that lags or fails holds up no other.</summary>
/// <remarks>Retried for ever: a batch given up on would be checkpointed all the same, and its events lost.</remarks>
public sealed class ProjectionFunctions(LiveEvents live, WatchHistory history, Trends trends, CreatorStatistics statistics)
{
    [Function("RecordHistory")]
    [ExponentialBackoffRetry(-1, "00:00:01", "00:01:00")]
    public Task RecordHistoryAsync(
        [EventHubTrigger(Hubs.Interactions, Connection = Connections.EventHubs, ConsumerGroup = Hubs.ConsumerGroups.History)] EventData[] events,
        CancellationToken cancellationToken) => live.ApplyAsync(history, events, cancellationToken);

    [Function("CountTrends")]
    [ExponentialBackoffRetry(-1, "00:00:01", "00:01:00")]
    public Task CountTrendsAsync(
        [EventHubTrigger(Hubs.Interactions, Connection = Connections.EventHubs, ConsumerGroup = Hubs.ConsumerGroups.Trending)] EventData[] events,
        CancellationToken cancellationToken) => live.ApplyAsync(trends, events, cancellationToken);

    [Function("CountCreatorStatistics")]
    [ExponentialBackoffRetry(-1, "00:00:01", "00:01:00")]
    public Task CountCreatorStatisticsAsync(
        [EventHubTrigger(Hubs.Interactions, Connection = Connections.EventHubs, ConsumerGroup = Hubs.ConsumerGroups.CreatorStats)] EventData[] events,
        CancellationToken cancellationToken) => live.ApplyAsync(statistics, events, cancellationToken);
}
