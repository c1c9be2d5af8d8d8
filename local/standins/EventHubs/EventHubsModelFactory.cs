namespace Azure.Messaging.EventHubs;

/// <summary>Makes what otherwise only the service makes, for tests and emulators.</summary>
public static class EventHubsModelFactory
{
    /// <summary>An event as if it had been received.</summary>
    public static EventData EventData(
        BinaryData eventBody,
        IDictionary<string, object>? properties = null,
        IReadOnlyDictionary<string, object>? systemProperties = null,
        string? partitionKey = null,
        long sequenceNumber = long.MinValue,
        string? offsetString = null,
        DateTimeOffset enqueuedTime = default) =>
        EventHubs.EventData.Received(eventBody, properties, systemProperties, sequenceNumber, offsetString, enqueuedTime, partitionKey);
}
