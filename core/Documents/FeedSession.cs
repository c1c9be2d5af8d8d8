using System.Text.Json.Serialization;

namespace TikTok.Core.Documents;

/// <summary>
/// The pages that one run through the For You feed was given. Container <c>feedSessions</c>, partition <c>/userId</c>; expires six hours after its last page.
/// It is why a session never repeats a video, and why a page asked for twice is the same page.
/// </summary>
public sealed record FeedSession
{
    public required string Id { get; init; }
    public required string UserId { get; init; }

    /// <summary>Oldest first; the oldest are dropped when the session has grown long.</summary>
    public required IReadOnlyList<FeedPage> Pages { get; init; }

    /// <summary>How many pages were dropped: the number of the first in <see cref="Pages"/>.</summary>
    public int Dropped { get; init; }

    [JsonPropertyName("_etag")]
    public string? ETag { get; init; }
}

/// <param name="VideoIds">In the order shown.</param>
/// <param name="Fallback">What answered instead of the ranker, if it did not.</param>
public sealed record FeedPage(IReadOnlyList<string> VideoIds, string? Fallback = null);
