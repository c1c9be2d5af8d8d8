using Azure.Core;

namespace Azure.Messaging.EventHubs;

/// <summary>An event: a body that the hub never looks into, and properties about it.</summary>
public class EventData : MessageContent
{
    private BinaryData _body;

    /// <summary>An event without a body.</summary>
    public EventData()
        : this(BinaryData.Empty)
    {
    }

    /// <summary>An event with these bytes; they are not copied.</summary>
    public EventData(ReadOnlyMemory<byte> eventBody)
        : this(new BinaryData(eventBody))
    {
    }

    /// <summary>An event with this text in UTF-8.</summary>
    public EventData(string eventBody)
        : this(new BinaryData(eventBody))
    {
    }

    /// <summary>An event with this body.</summary>
    public EventData(BinaryData eventBody)
        : this(eventBody, null)
    {
    }

    /// <summary>An event as it was received; sequence number and offset are those of its partition.</summary>
    protected EventData(
        BinaryData eventBody,
        IDictionary<string, object>? properties = null,
        IReadOnlyDictionary<string, object>? systemProperties = null,
        long sequenceNumber = long.MinValue,
        string? offsetString = null,
        DateTimeOffset enqueuedTime = default,
        string? partitionKey = null)
    {
        _body = eventBody;
        Properties = properties ?? new Dictionary<string, object>(StringComparer.Ordinal);
        SystemProperties = systemProperties ?? new Dictionary<string, object>(StringComparer.Ordinal);
        SequenceNumber = sequenceNumber;
        OffsetString = offsetString;
        EnqueuedTime = enqueuedTime;
        PartitionKey = partitionKey;
    }

    /// <summary>The body.</summary>
    public BinaryData EventBody
    {
        get => _body;
        set => _body = value;
    }

    /// <inheritdoc />
    public override BinaryData? Data
    {
        get => _body;
        set => _body = value ?? BinaryData.Empty;
    }

    /// <summary>The body's bytes.</summary>
    public ReadOnlyMemory<byte> Body => _body.ToMemory();

    /// <summary>The body as a stream.</summary>
    public Stream BodyAsStream => _body.ToStream();

    /// <summary>The application's own properties: scalars.</summary>
    public IDictionary<string, object> Properties { get; }

    /// <summary>What the service says about a received event.</summary>
    public IReadOnlyDictionary<string, object> SystemProperties { get; }

    /// <summary>The MIME type of the body.</summary>
    public new string? ContentType { get; set; }

    /// <summary>The application's own id of the event.</summary>
    public string? MessageId { get; set; }

    /// <summary>The application's correlation id.</summary>
    public string? CorrelationId { get; set; }

    /// <summary>The number of a received event in its partition; the smallest number for one that was not received.</summary>
    public long SequenceNumber { get; }

    /// <summary>The offset of a received event in its partition.</summary>
    public string? OffsetString { get; }

    /// <summary>When the hub accepted a received event.</summary>
    public DateTimeOffset EnqueuedTime { get; }

    /// <summary>The key that chose a received event's partition.</summary>
    public string? PartitionKey { get; }

    /// <inheritdoc />
    public override bool IsReadOnly => false;

    /// <inheritdoc />
    protected override ContentType? ContentTypeCore
    {
        get => ContentType is null ? null : new ContentType(ContentType);
        set => ContentType = value?.ToString();
    }

    internal static EventData Received(
        BinaryData eventBody,
        IDictionary<string, object>? properties,
        IReadOnlyDictionary<string, object>? systemProperties,
        long sequenceNumber,
        string? offsetString,
        DateTimeOffset enqueuedTime,
        string? partitionKey) =>
        new(eventBody, properties, systemProperties, sequenceNumber, offsetString, enqueuedTime, partitionKey);
}
