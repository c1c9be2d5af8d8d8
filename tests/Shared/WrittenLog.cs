using TikTok.Core.Documents;
using TikTok.Core.Events;

namespace TikTok.Tests.Shared;

/// <summary>One partition of the log as a list: numbers and times follow each other as the real one's do.</summary>
public sealed class WrittenLog(string partition = "0", DateTimeOffset? begin = null, string viewer = "viewer")
{
    private readonly List<LoggedInteraction> _events = [];
    private DateTimeOffset _now = begin ?? new DateTimeOffset(2026, 3, 14, 9, 0, 0, TimeSpan.Zero);

    public IReadOnlyList<LoggedInteraction> Events => _events;

    /// <summary>The next event comes so much later.</summary>
    public WrittenLog Wait(TimeSpan time)
    {
        _now += time;
        return this;
    }

    public WrittenLog Watch(string videoId, string? userId = null, long watchedMs = 15_000, long totalMs = 15_000) =>
        Append(InteractionType.Watch, videoId, userId, watch: new WatchFacts(watchedMs, totalMs, WatchSource.Fyp));

    public WrittenLog Append(
        InteractionType type, string? videoId, string? userId = null, WatchFacts? watch = null, string? targetUserId = null, string? id = null, DateTimeOffset? at = null)
    {
        var interaction = new Interaction
        {
            Id = id ?? $"{partition}-{_events.Count}",
            Type = type,
            VideoId = videoId,
            TargetUserId = targetUserId,
            UserId = userId ?? viewer,
            At = at ?? _now,
            Watch = watch,
        };
        return Append(interaction);
    }

    /// <summary>The same event once more, as by a producer that never got its answer.</summary>
    public WrittenLog Repeat(int index) => Append(_events[index].Interaction);

    private WrittenLog Append(Interaction interaction)
    {
        _events.Add(new LoggedInteraction(interaction, partition, _events.Count, _now));
        return this;
    }
}
