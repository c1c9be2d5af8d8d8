namespace Azure.Messaging.EventHubs.Consumer;

/// <summary>Where in a partition reading begins.</summary>
public struct EventPosition : IEquatable<EventPosition>
{
    internal long SequenceNumber { get; private init; }

    /// <summary>The oldest event that is there.</summary>
    public static EventPosition Earliest => default;

    /// <summary>At an event, or after it; where it is gone, at the oldest that is there.</summary>
    public static EventPosition FromSequenceNumber(long sequenceNumber, bool isInclusive = true) =>
        new() { SequenceNumber = isInclusive ? sequenceNumber : sequenceNumber + 1 };

    /// <inheritdoc />
    public bool Equals(EventPosition other) => SequenceNumber == other.SequenceNumber;

    /// <inheritdoc />
    public override bool Equals(object? obj) => obj is EventPosition other && Equals(other);

    /// <inheritdoc />
    public override int GetHashCode() => SequenceNumber.GetHashCode();
}
