using System.Globalization;
using TikTok.Core.Documents;
using TikTok.Core.Events;

namespace TikTok.Functions.Analytics.Trending;

/// <summary>
/// A day of one partition of the log. Only the reader of that partition writes to it, so a bucket gets no more writes than a partition of the log gives events,
/// whatever is going viral.
/// </summary>
/// <param name="Generation">See <see cref="ProjectionState"/>.</param>
/// <param name="Day">UTC.</param>
/// <param name="LogPartition">The partition of the log.</param>
public sealed record TrendBucket(int Generation, DateOnly Day, string LogPartition)
{
    /// <summary>Views within one hour of the clock that make a video viral (the product's own definition).</summary>
    public const int ViralViews = 10_000;

    public string Key => string.Create(CultureInfo.InvariantCulture, $"{Generation}:{Day:yyyyMMdd}:{LogPartition}");

    /// <summary>Seconds until nobody looks at it any more; not positive when it is so far.</summary>
    public int SecondsLeft(DateTimeOffset now) => (int)(Day.AddDays(TrendDecay.Days + 1).ToDateTime(TimeOnly.MinValue) - now.UtcDateTime).TotalSeconds;

    /// <summary>The entries that an event is counted in.</summary>
    public static IEnumerable<(TrendKind Kind, string Item)> ItemsOf(Interaction interaction, VideoFacts video)
    {
        yield return (TrendKind.Videos, interaction.VideoId!);
        if (interaction.Type == InteractionType.Removed) yield break;
        foreach (var hashtag in video.Hashtags) yield return (TrendKind.Hashtags, hashtag);
        if (video.SoundId is { } sound) yield return (TrendKind.Sounds, sound);
    }

    /// <summary>The entries after <paramref name="events"/> of this day; a video that was removed has none.</summary>
    public IReadOnlyDictionary<string, TrendEntry?> Add(
        IReadOnlyDictionary<string, TrendEntry> current, IReadOnlyList<LoggedInteraction> events, IReadOnlyDictionary<string, VideoFacts> videos, DateTimeOffset now)
    {
        var next = new Dictionary<string, TrendEntry?>(StringComparer.Ordinal);
        foreach (var interaction in events.Select(e => e.Interaction))
        {
            foreach (var (kind, item) in ItemsOf(interaction, videos[interaction.VideoId!]))
            {
                var id = TrendEntry.IdFor(kind, item);
                var entry = (next.TryGetValue(id, out var changed) ? changed : current.GetValueOrDefault(id))
                    ?? new TrendEntry { Id = id, Bucket = Key, Kind = kind, Item = item };
                next[id] = interaction.Type == InteractionType.Removed ? null : Plus(entry, interaction) with { Ttl = SecondsLeft(now) };
            }
        }
        return next;
    }

    private static TrendEntry Plus(TrendEntry entry, Interaction interaction)
    {
        var weighed = entry with { Weight = entry.Weight + TrendDecay.Weigh(TrendDecay.WorthOf(interaction.Type), interaction.At) };
        if (entry.Kind != TrendKind.Videos || interaction.Type != InteractionType.Watch) return weighed;

        var hour = interaction.At.UtcDateTime.Hour;
        var views = new SortedDictionary<int, int>(entry.HourlyViews.ToDictionary());
        views[hour] = views.GetValueOrDefault(hour) + 1;
        return weighed with
        {
            HourlyViews = views,
            ViralHours = views[hour] == ViralViews ? [.. entry.ViralHours, hour] : entry.ViralHours,
        };
    }
}
