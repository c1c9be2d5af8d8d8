namespace Azure.Messaging.EventHubs;

/// <summary>Where a partition begins and ends.</summary>
public class PartitionProperties
{
    /// <summary>As the service says.</summary>
    protected internal PartitionProperties(
        string eventHubName, string partitionId, bool isEmpty, long beginningSequenceNumber, long lastSequenceNumber, string? lastOffsetString,
        DateTimeOffset lastEnqueuedTime)
    {
        (EventHubName, Id, IsEmpty) = (eventHubName, partitionId, isEmpty);
        (BeginningSequenceNumber, LastEnqueuedSequenceNumber) = (beginningSequenceNumber, lastSequenceNumber);
        (LastEnqueuedOffsetString, LastEnqueuedTime) = (lastOffsetString, lastEnqueuedTime);
    }

    /// <summary>The hub.</summary>
    public string EventHubName { get; }

    /// <summary>The partition.</summary>
    public string Id { get; }

    /// <summary>Whether there is no event in it now.</summary>
    public bool IsEmpty { get; }

    /// <summary>The oldest event that is there.</summary>
    public long BeginningSequenceNumber { get; }

    /// <summary>The newest event; -1 when there never was one.</summary>
    public long LastEnqueuedSequenceNumber { get; }

    /// <summary>The newest event's offset.</summary>
    public string? LastEnqueuedOffsetString { get; }

    /// <summary>When the newest event came.</summary>
    public DateTimeOffset LastEnqueuedTime { get; }
}
