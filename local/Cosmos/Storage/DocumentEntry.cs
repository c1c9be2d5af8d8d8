using System.Globalization;

namespace TikTok.Local.Cosmos.Storage;

/// <summary>
/// One state of one document. A change makes a new entry, so readers need no lock once they hold one.
/// <see cref="Body"/> is the whole document as UTF-8 JSON, system properties included, exactly as it is sent.
/// </summary>
internal sealed class DocumentEntry
{
    /// <summary>Canonical partition key value: the key of its <see cref="LogicalPartition"/>.</summary>
    public required string PartitionKey { get; init; }

    public required string Id { get; init; }

    public required byte[] Body { get; init; }

    /// <summary>Creation order within the container; the variable part of <c>_rid</c>.</summary>
    public required long Number { get; init; }

    /// <summary>Counts every change in the container; no two states share one, so it makes the ETag.</summary>
    public required long Version { get; init; }

    /// <summary>Log sequence number: shared by the documents that one transaction changed.</summary>
    public required long Lsn { get; init; }

    /// <summary>Milliseconds since 1970; <c>_ts</c> shows whole seconds of it.</summary>
    public required long WrittenAt { get; init; }

    /// <summary>The document's own <c>ttl</c>: seconds to live after <see cref="WrittenAt"/>, -1 for ever; null when it has none.</summary>
    public int? TimeToLive { get; init; }

    /// <summary>Where the journal must be durable before this state is shown to anybody; 0 for what recovery read from it.</summary>
    public long JournalPosition { get; set; }

    public string ETag => FormatETag(Version, WrittenAt);

    /// <summary>The ETag with its quotes, in the shape that the service gives it.</summary>
    public static string FormatETag(long version, long writtenAt) =>
        string.Create(CultureInfo.InvariantCulture, $"\"{version:x8}-0000-0000-0000-{writtenAt / 1000:x8}0000\"");
}

/// <summary>The documents of one partition key value.</summary>
internal sealed class LogicalPartition(string key, string effectiveKey)
{
    /// <summary>Canonical JSON array of the partition key components.</summary>
    public string Key { get; } = key;

    /// <summary>Where the value stands in the container's hash range.</summary>
    public string EffectiveKey { get; } = effectiveKey;

    public Dictionary<string, DocumentEntry> Documents { get; } = new(StringComparer.Ordinal);

    public AppendOrderedIndex ByNumber { get; } = new(static entry => entry.Number);

    /// <summary>Unique key values taken in this partition, per unique key of the container.</summary>
    public Dictionary<string, string> UniqueValues { get; } = new(StringComparer.Ordinal);
}
