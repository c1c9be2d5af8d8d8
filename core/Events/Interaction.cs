using System.Text.Json.Serialization;
using TikTok.Core.Documents;

namespace TikTok.Core.Events;

/// <summary>A fact that several readers learn from. Hub <c>interactions</c>, partitioned by <see cref="Subject"/>, JSON in <see cref="CoreJson"/>.</summary>
public sealed record Interaction
{
    /// <summary>Unique; a producer that retries sends the same one.</summary>
    public required string Id { get; init; }
    public required InteractionType Type { get; init; }

    /// <summary>The video acted on; null where an account was.</summary>
    public string? VideoId { get; init; }

    /// <summary>The account acted on, for <see cref="InteractionType.Follow"/> and <see cref="InteractionType.Unfollow"/>.</summary>
    public string? TargetUserId { get; init; }

    /// <summary>Who acted; for <see cref="InteractionType.Published"/> and <see cref="InteractionType.Removed"/> the creator.</summary>
    public required string UserId { get; init; }
    public required DateTimeOffset At { get; init; }

    /// <summary>For <see cref="InteractionType.Watch"/>.</summary>
    public WatchFacts? Watch { get; init; }

    /// <summary>What the event is about: events of one subject are in the order they were appended.</summary>
    [JsonIgnore]
    public string Subject => VideoId ?? TargetUserId ?? throw new InvalidOperationException($"Interaction {Id} is about nothing.");
}

public enum InteractionType { Watch, Like, Unlike, Comment, Share, Follow, Unfollow, Published, Removed }

/// <summary>How a video was watched. Durations in milliseconds.</summary>
public sealed record WatchFacts(long WatchDurationMs, long TotalDurationMs, WatchSource Source, string? SessionId = null, bool Replayed = false)
{
    private const double FinishedShare = 0.98;
    private const long SkippedBeforeMs = 2_000;

    /// <summary>Watched to the end, as clients report it: the last frames are often cut by the swipe.</summary>
    [JsonIgnore]
    public bool IsFinished => WatchDurationMs >= FinishedShare * TotalDurationMs;

    /// <summary>Swiped away within two seconds.</summary>
    [JsonIgnore]
    public bool IsSkipped => WatchDurationMs < SkippedBeforeMs && !IsFinished;
}
