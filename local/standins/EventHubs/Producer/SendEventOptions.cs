namespace Azure.Messaging.EventHubs.Producer;

/// <summary>Where events go: to the partition of a key, to a partition by id, or (neither set) to one that the service picks.</summary>
public class SendEventOptions
{
    /// <summary>Events with the same key go to the same partition, in order. Excludes <see cref="PartitionId"/>.</summary>
    public string? PartitionKey { get; set; }

    /// <summary>The partition itself. Excludes <see cref="PartitionKey"/>.</summary>
    public string? PartitionId { get; set; }
}
