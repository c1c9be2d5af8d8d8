namespace TikTok.Local.EventHubs;

/// <summary>What a producer sends: the part of an event that the hub stores and never looks into.</summary>
/// <param name="Body">The bytes of the event, at most 1 MiB with everything else.</param>
/// <param name="PartitionKey">The key that chose the partition, or null.</param>
/// <param name="MessageId">The producer's own id, or null.</param>
/// <param name="CorrelationId">The producer's correlation id, or null.</param>
/// <param name="ContentType">The MIME type of the body, or null.</param>
/// <param name="PropertiesJson">The user properties as one UTF-8 JSON object of scalars; empty when there are none.</param>
internal sealed record EventContent(
    ReadOnlyMemory<byte> Body,
    string? PartitionKey = null,
    string? MessageId = null,
    string? CorrelationId = null,
    string? ContentType = null,
    ReadOnlyMemory<byte> PropertiesJson = default);

/// <summary>An event in its place in a partition.</summary>
/// <param name="SequenceNumber">Its number in the partition, counted from 0 without a gap.</param>
/// <param name="Offset">The byte position of its record in the partition's stream; grows, never reused.</param>
/// <param name="EnqueuedTime">When the hub accepted it; never earlier than that of the event before.</param>
/// <param name="Content">What the producer sent.</param>
internal sealed record LoggedEvent(long SequenceNumber, long Offset, DateTimeOffset EnqueuedTime, EventContent Content);
