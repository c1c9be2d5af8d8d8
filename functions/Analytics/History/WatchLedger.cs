using System.Globalization;
using TikTok.Core.Documents;
using TikTok.Core.Events;
using TikTok.Functions.Analytics.Projections;

namespace TikTok.Functions.Analytics.History;

/// <summary>How watch events change what is known of one account and one video.</summary>
public static class WatchLedger
{
    /// <summary>How long a watch is remembered.</summary>
    public static readonly TimeSpan Memory = TimeSpan.FromDays(90);

    /// <summary>The document after <paramref name="events"/>; <paramref name="current"/> itself when all of them are counted.</summary>
    /// <param name="current">null: none of this account and video yet.</param>
    /// <param name="events">Watch events of this account and video, of one partition of the log, in its order; at least one.</param>
    public static Watch? Add(Watch? current, IReadOnlyList<LoggedInteraction> events, Generations generations, DateTimeOffset now)
    {
        var days = (current?.Days ?? []).ToDictionary(d => (d.Generation, d.Day));
        var counted = new Dictionary<string, EventWindow>(current?.Counted ?? new Dictionary<string, EventWindow>(), StringComparer.Ordinal);
        var last = current?.LastWatchedAt ?? DateTimeOffset.MinValue;
        var isChanged = false;
        foreach (var generation in events.GroupBy(e => generations.Of(e.Interaction.At)))
        {
            var key = string.Create(CultureInfo.InvariantCulture, $"{generation.Key}:{events[0].Partition}");
            var (fresh, window) = counted.GetValueOrDefault(key, EventWindow.Empty).Take([.. generation]);
            if (fresh.Count == 0) continue;
            isChanged = true;
            counted[key] = window;
            foreach (var logged in fresh)
            {
                var at = logged.Interaction.At;
                var day = (generation.Key, DateOnly.FromDateTime(at.UtcDateTime));
                days[day] = Plus(days.GetValueOrDefault(day) ?? new WatchDay(day.Key, day.Item2, 0, 0, 0), logged.Interaction.Watch!);
                if (at > last) last = at;
            }
        }
        if (!isChanged) return current;

        var (userId, videoId) = (events[0].Interaction.UserId, events[0].Interaction.VideoId!);
        var oldest = DateOnly.FromDateTime((now - Memory).UtcDateTime);
        return new Watch
        {
            Id = videoId,
            UserId = userId,
            VideoId = videoId,
            LastWatchedAt = last,
            SortKey = string.Create(CultureInfo.InvariantCulture, $"{last.UtcTicks:D19}:{videoId}"),
            Days = [.. days.Values.Where(d => d.Day >= oldest && generations.Keeps(d.Generation, d.Day)).OrderBy(d => d.Day).ThenBy(d => d.Generation)],
            Counted = counted.Where(c => generations.Keeps(GenerationOf(c.Key))).ToDictionary(StringComparer.Ordinal),
            Ttl = Math.Max(1, (int)(last + Memory - now).TotalSeconds),
            ETag = current?.ETag,
        };
    }

    /// <summary>What is shown of a watch: its days of the shown generation, together.</summary>
    public static WatchSummary Summarize(Watch watch, Generations generations)
    {
        var days = watch.Days.Where(d => generations.Of(d.Day) == d.Generation).ToList();
        return new WatchSummary(days.Sum(d => d.Times), days.Sum(d => d.WatchedMs), days.Select(d => d.Completion).DefaultIfEmpty().Max());
    }

    private static WatchDay Plus(WatchDay day, WatchFacts watch) => day with
    {
        Times = day.Times + 1,
        WatchedMs = day.WatchedMs + watch.WatchDurationMs,
        Completion = Math.Max(day.Completion, WatchCompletion.Of(watch)),
    };

    private static int GenerationOf(string key) => int.Parse(key.AsSpan(0, key.IndexOf(':', StringComparison.Ordinal)), CultureInfo.InvariantCulture);
}

/// <param name="Times">Watch events.</param>
/// <param name="WatchedMs">Of all of them.</param>
/// <param name="Completion">The largest share of the video that was watched in one go, 0 to 1.</param>
public sealed record WatchSummary(int Times, long WatchedMs, double Completion);
