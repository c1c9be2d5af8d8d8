using System.Text.Json.Serialization;
using TikTok.Core.Events;

namespace TikTok.Core.Documents;

/// <summary>
/// How far one partition of the log is counted into the documents of one partition of <c>trends</c> or <c>creatorStats</c>. It moves in the batch that writes
/// those documents.
/// </summary>
public sealed record CountedWindow
{
    public const string DocumentType = "counted";

    public required string Id { get; init; }
    public string Type { get; init; } = DocumentType;

    /// <summary>In <c>creatorStats</c>: the creator.</summary>
    public string? UserId { get; init; }

    /// <summary>In <c>trends</c>: the bucket.</summary>
    public string? Bucket { get; init; }
    public required int Generation { get; init; }
    public EventWindow Window { get; init; } = EventWindow.Empty;

    /// <summary>Seconds to live after the last write; absent: for good.</summary>
    public int? Ttl { get; init; }

    [JsonPropertyName("_etag")]
    public string? ETag { get; init; }
}

/// <summary>A document that changes together with a <see cref="CountedWindow"/>.</summary>
public interface ICountedDocument
{
    string Id { get; }
    string? ETag { get; }
}
