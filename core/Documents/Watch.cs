using System.Text.Json.Serialization;
using TikTok.Core.Events;

namespace TikTok.Core.Documents;

/// <summary>What an account watched of one video within 90 days. Container <c>watches</c>, partition <c>/userId</c>, <c>id = videoId</c>.</summary>
public sealed record Watch
{
    public required string Id { get; init; }
    public required string UserId { get; init; }
    public required string VideoId { get; init; }
    public required DateTimeOffset LastWatchedAt { get; init; }

    /// <summary>Ordinal order is that of <see cref="LastWatchedAt"/>, and no two are equal: what the history is ordered and continued by.</summary>
    public required string SortKey { get; init; }

    /// <summary>By day, so that a rebuild can replace the days that the log still has and keep the others.</summary>
    public IReadOnlyList<WatchDay> Days { get; init; } = [];

    /// <summary>By <c>{generation}:{partition of the log}</c>. All events of one video are in one partition.</summary>
    public IReadOnlyDictionary<string, EventWindow> Counted { get; init; } = new Dictionary<string, EventWindow>(StringComparer.Ordinal);

    /// <summary>Seconds to live after the last write: what is left of 90 days after <see cref="LastWatchedAt"/>.</summary>
    public int? Ttl { get; init; }

    [JsonPropertyName("_etag")]
    public string? ETag { get; init; }
}

/// <param name="Day">UTC.</param>
/// <param name="Times">Watch events.</param>
/// <param name="WatchedMs">Of all of them.</param>
/// <param name="Completion">The largest share of the video that was watched in one go, 0 to 1.</param>
public sealed record WatchDay(int Generation, DateOnly Day, int Times, long WatchedMs, double Completion);
