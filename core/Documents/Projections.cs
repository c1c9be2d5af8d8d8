using System.Text.Json.Serialization;

namespace TikTok.Core.Documents;

/// <summary>
/// Which generation of what is computed from the log (<c>trends</c>, <c>watches</c>, <c>creatorStats</c>) is shown and counted into, and how far a rebuild has
/// come. One document in <c>trends</c>, <c>id = bucket = "projections"</c>: replacing it is the one moment in which a rebuilt generation takes over.
/// </summary>
public sealed record ProjectionState
{
    public const string TheId = "projections";

    public string Id { get; init; } = TheId;
    public string Bucket { get; init; } = TheId;

    /// <summary>What is shown, oldest first; the first begins before all events.</summary>
    public IReadOnlyList<Era> Eras { get; init; } = [new(0, DateTimeOffset.MinValue)];

    /// <summary>null when none is under way.</summary>
    public ProjectionRebuild? Rebuild { get; init; }

    [JsonPropertyName("_etag")]
    public string? ETag { get; init; }

    /// <summary>The generation of what happens now.</summary>
    [JsonIgnore]
    public int Current => Eras[^1].Generation;
}

/// <summary>What happened from this moment, until the next era begins, is counted in this generation.</summary>
/// <param name="From">A midnight, UTC.</param>
public sealed record Era(int Generation, DateTimeOffset From);

/// <summary>A new generation, computed anew from the log. It is shown as soon as it is the state's <see cref="ProjectionState.Current"/>.</summary>
public sealed record ProjectionRebuild
{
    public required int Generation { get; init; }

    /// <summary>What happened before is not in the log whole, and stays as it was counted.</summary>
    public required DateTimeOffset From { get; init; }
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>By partition of the log: the sequence number up to which all events are counted in the new generation.</summary>
    public IReadOnlyDictionary<string, long> Through { get; init; } = new Dictionary<string, long>(StringComparer.Ordinal);
}
