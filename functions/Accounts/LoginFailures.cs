using System.Text.Json.Serialization;

namespace TikTok.Functions.Accounts;

/// <summary>
/// Attempts at passwords that were not seen to succeed, of one account or one address. Container <c>limits</c>, partition <c>/key</c>, <c>id = key</c>. The key holds
/// no name and no address, but a keyed hash of it.
/// </summary>
public sealed record LoginFailures
{
    public required string Id { get; init; }
    public required string Key { get; init; }

    /// <summary>As of <see cref="CountedAt"/>; see <see cref="LoginThrottlePolicy"/> for how it is forgotten.</summary>
    public required int Attempts { get; init; }

    public required DateTimeOffset CountedAt { get; init; }

    /// <summary>No attempt is let through before.</summary>
    public DateTimeOffset BlockedUntil { get; init; }

    /// <summary>Seconds to live from the last write.</summary>
    public required int Ttl { get; init; }

    [JsonPropertyName("_etag")]
    public string? ETag { get; init; }
}
