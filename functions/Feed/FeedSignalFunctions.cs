using Azure.Messaging.EventHubs;
using Microsoft.Azure.Functions.Worker;
using TikTok.Core;
using TikTok.Functions.Platform;

namespace TikTok.Functions.Feed;

/// <summary>Follows the log for what makes pages of the feed obsolete.</summary>
public sealed class FeedSignalFunctions(LogReader reader, PageInvalidation invalidation)
{
    /// <remarks>Retried for ever: a batch given up on would be checkpointed all the same. It catches up by passing over what is old.</remarks>
    [Function("ForgetFeedPages")]
    [ExponentialBackoffRetry(-1, "00:00:01", "00:01:00")]
    public Task ForgetAsync(
        [EventHubTrigger(Hubs.Interactions, Connection = Connections.EventHubs, ConsumerGroup = Hubs.ConsumerGroups.Feed)] EventData[] events,
        CancellationToken cancellationToken) => invalidation.ApplyAsync(reader.Read(events), cancellationToken);
}
