using Azure.Messaging.EventHubs;
using Azure.Messaging.EventHubs.Consumer;
using TikTok.Core;

namespace TikTok.LocalTests.Crashes;

/// <summary>The log as far as the story goes: what others left in it is not there.</summary>
/// <param name="began">By partition: the number of the story's first event.</param>
internal sealed class StoryLog(string connection, IReadOnlyDictionary<string, long> began)
    : EventHubConsumerClient(DefaultConsumerGroupName, connection, Hubs.Interactions)
{
    public override async Task<PartitionProperties> GetPartitionPropertiesAsync(string partitionId, CancellationToken cancellationToken = default) =>
        new Own(await base.GetPartitionPropertiesAsync(partitionId, cancellationToken), began[partitionId]);

    public override IAsyncEnumerable<PartitionEvent> ReadEventsFromPartitionAsync(
        string partitionId, EventPosition startingPosition, CancellationToken cancellationToken = default) =>
        base.ReadEventsFromPartitionAsync(
            partitionId, startingPosition.Equals(EventPosition.Earliest) ? EventPosition.FromSequenceNumber(began[partitionId]) : startingPosition, cancellationToken);

    private sealed class Own(PartitionProperties all, long first) : PartitionProperties(
        all.EventHubName, all.Id, isEmpty: all.LastEnqueuedSequenceNumber < first, beginningSequenceNumber: 0, all.LastEnqueuedSequenceNumber,
        all.LastEnqueuedOffsetString, all.LastEnqueuedTime);
}
