namespace Azure.Messaging.EventHubs.Consumer;

/// <summary>An event as it was read.</summary>
public struct PartitionEvent
{
    /// <summary>An event of a partition; neither is there when the longest wait was over without one.</summary>
    public PartitionEvent(PartitionContext partition, EventData data) => (Partition, Data) = (partition, data);

    /// <summary>Where it was read.</summary>
    public PartitionContext Partition { get; }

    /// <summary>The event; null when there was none within <see cref="ReadEventOptions.MaximumWaitTime"/>.</summary>
    public EventData Data { get; }
}

/// <summary>A partition as a consumer sees it.</summary>
public class PartitionContext
{
    /// <summary>A partition.</summary>
    protected internal PartitionContext(string fullyQualifiedNamespace, string eventHubName, string consumerGroup, string partitionId) =>
        (FullyQualifiedNamespace, EventHubName, ConsumerGroup, PartitionId) = (fullyQualifiedNamespace, eventHubName, consumerGroup, partitionId);

    /// <summary>The namespace's host name.</summary>
    public string FullyQualifiedNamespace { get; }

    /// <summary>The hub.</summary>
    public string EventHubName { get; }

    /// <summary>The consumer group that reads.</summary>
    public string ConsumerGroup { get; }

    /// <summary>The partition.</summary>
    public string PartitionId { get; }
}

/// <summary>How to read.</summary>
public class ReadEventOptions
{
    /// <summary>After so long without an event an empty one is answered; null: never.</summary>
    public TimeSpan? MaximumWaitTime { get; set; }
}
