using System.Text.Json.Serialization;

namespace TikTok.Functions.Platform;

/// <summary>
/// The shared truth of one bucket. Container <c>limits</c>, partition <c>/key</c>, <c>id = key</c>. What is kept is what was taken, not what is left, so that
/// someone whose role changes has the new capacity at once, and no document is the same as a full bucket.
/// </summary>
public sealed record RateBucket
{
    public required string Id { get; init; }

    /// <summary><c>{class}:{subject}</c>: <c>uploads:{userId}</c>; in the store, the subject as a keyed hash.</summary>
    public required string Key { get; init; }

    /// <summary>Tokens taken and not yet flowed back, at <see cref="At"/>. Above the capacity when instances together took more than there was.</summary>
    public required double Used { get; init; }

    /// <summary>Unix milliseconds.</summary>
    public required long At { get; init; }

    /// <summary>Seconds until everything has flowed back.</summary>
    public required int Ttl { get; init; }

    [JsonPropertyName("_etag")]
    public string? ETag { get; init; }

    public static string KeyOf(RouteClass routeClass, string subject) => $"{RateLimit.NameOf(routeClass)}:{subject}";

    /// <summary>What is still taken at a later time; a clock that is behind the writer's changes nothing.</summary>
    public double UsedAt(RateLimit limit, long now) => Math.Max(0, Used - (limit.Rate * Math.Max(0, now - At)));
}
