using TikTok.Core.Documents;

namespace TikTok.Core.Events;

/// <summary>A fact that several readers learn from. Hub <c>interactions</c>, partition key = <see cref="VideoId"/>, JSON in <see cref="CoreJson"/>.</summary>
public sealed record Interaction
{
    /// <summary>Unique; a producer that retries sends the same one.</summary>
    public required string Id { get; init; }
    public required InteractionType Type { get; init; }
    public required string VideoId { get; init; }

    /// <summary>Who acted; for <see cref="InteractionType.Published"/> and <see cref="InteractionType.Removed"/> the creator.</summary>
    public required string UserId { get; init; }
    public required DateTimeOffset At { get; init; }

    /// <summary>For <see cref="InteractionType.Watch"/>.</summary>
    public WatchFacts? Watch { get; init; }
}

public enum InteractionType { Watch, Like, Unlike, Published, Removed }

/// <summary>How a video was watched. Durations in milliseconds.</summary>
public sealed record WatchFacts(long WatchDurationMs, long TotalDurationMs, WatchSource Source, string? SessionId = null, bool Replayed = false);
