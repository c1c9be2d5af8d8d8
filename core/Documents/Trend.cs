using System.Text.Json.Serialization;

namespace TikTok.Core.Documents;

public enum TrendKind { Videos, Hashtags, Sounds }

/// <summary>
/// The engagement with one video, hashtag or sound on one day, by the events of one partition of the log. Container <c>trends</c>, partition <c>/bucket</c>
/// = <c>{generation}:{yyyyMMdd}:{partition of the log}</c>, <c>id = {kind}:{item}</c>.
/// </summary>
public sealed record TrendEntry : ICountedDocument
{
    public const string DocumentType = "trend";

    public required string Id { get; init; }
    public required string Bucket { get; init; }
    public string Type { get; init; } = DocumentType;
    public required TrendKind Kind { get; init; }

    /// <summary>The video's id, the hashtag without its sign, or the sound's id.</summary>
    public required string Item { get; init; }

    /// <summary>The day's engagement, each event weighed as if seen from the day's beginning: see <c>TrendDecay</c>.</summary>
    public double Weight { get; init; }

    /// <summary>A video's views by hour of the day, UTC; hours without are absent.</summary>
    public IReadOnlyDictionary<int, int> HourlyViews { get; init; } = new Dictionary<int, int>();

    /// <summary>The hours of the day in which a video went viral.</summary>
    public IReadOnlyList<int> ViralHours { get; init; } = [];

    /// <summary>Seconds to live after the last write.</summary>
    public int? Ttl { get; init; }

    [JsonPropertyName("_etag")]
    public string? ETag { get; init; }

    public static string IdFor(TrendKind kind, string item) => kind switch
    {
        TrendKind.Videos => $"video:{item}",
        TrendKind.Hashtags => $"hashtag:{item}",
        TrendKind.Sounds => $"sound:{item}",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Not a kind of trend."),
    };
}

/// <summary>What trends, merged from all buckets. Container <c>trends</c>, partition <c>/bucket</c> = <c>top:{generation}</c>, <c>id = {kind}</c>.</summary>
public sealed record TrendList
{
    public required string Id { get; init; }
    public required string Bucket { get; init; }

    /// <summary>Highest first.</summary>
    public IReadOnlyList<Trend> Items { get; init; } = [];
    public DateTimeOffset RankedAt { get; init; }

    /// <summary>Until then somebody is ranking anew, and nobody else need.</summary>
    public DateTimeOffset ClaimedUntil { get; init; }

    [JsonPropertyName("_etag")]
    public string? ETag { get; init; }

    public static string IdFor(TrendKind kind) => kind.ToString().ToLowerInvariant();

    public static string BucketOf(int generation) => FormattableString.Invariant($"top:{generation}");
}

/// <param name="Score">Engagement as it weighs at the time of the ranking.</param>
public sealed record Trend(string Item, double Score);
