using System.Text.Json;
using Azure.Messaging.EventHubs;

namespace TikTok.Core.Events;

/// <summary>An interaction and its place in the log.</summary>
/// <param name="Partition">The log's partition; the order of events is within it.</param>
/// <param name="SequenceNumber">From 0, growing by one per event of the partition.</param>
/// <param name="EnqueuedAt">When the log took it; never earlier than that of the event before it.</param>
public sealed record LoggedInteraction(Interaction Interaction, string Partition, long SequenceNumber, DateTimeOffset EnqueuedAt)
{
    /// <exception cref="InvalidDataException">It is not an interaction that <see cref="InteractionLog"/> wrote.</exception>
    public static LoggedInteraction Read(EventData data)
    {
        try
        {
            var interaction = JsonSerializer.Deserialize<Interaction>(data.EventBody.ToMemory().Span, CoreJson.Options)
                ?? throw new InvalidDataException("The event's body is null.");
            return new LoggedInteraction(interaction, (string)data.Properties[InteractionLog.PartitionProperty], data.SequenceNumber, data.EnqueuedTime);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidCastException)
        {
            throw new InvalidDataException("The event is not an interaction.", e);
        }
    }
}
