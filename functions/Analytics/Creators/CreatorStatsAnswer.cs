using TikTok.Core.Documents;
using TikTok.Functions.Analytics.Projections;

namespace TikTok.Functions.Analytics.Creators;

/// <param name="From">The first bucket's beginning.</param>
/// <param name="To">The end of the last bucket.</param>
/// <param name="Series">Every bucket, oldest first; those in which nothing happened too.</param>
public sealed record CreatorStatsAnswer(DateTimeOffset From, DateTimeOffset To, Granularity Granularity, StatsTotals Totals, IReadOnlyList<StatsPoint> Series)
{
    /// <summary>The days of the shown generation, cut to the range and put together by bucket.</summary>
    public static CreatorStatsAnswer Of(StatsRange range, IReadOnlyList<CreatorDay> days, Generations generations)
    {
        var hours =
            from day in days
            where generations.Of(day.Day) == day.Generation
            from hour in day.Hours
            let at = new DateTimeOffset(day.Day, new TimeOnly(hour.Key, 0), TimeSpan.Zero)
            where at >= range.From && at < range.To
            group hour.Value by range.BucketOf(at) into bucket
            select (At: bucket.Key, Tally: bucket.Aggregate((left, right) => left + right));
        var tallies = hours.ToDictionary(b => b.At, b => b.Tally);

        var series = new List<StatsPoint>();
        for (var at = range.From; at < range.To; at += range.Step) series.Add(new StatsPoint(at, StatsTotals.Of(tallies.GetValueOrDefault(at, Tally.Zero))));
        return new CreatorStatsAnswer(range.From, range.To, range.Granularity, StatsTotals.Of(tallies.Values.Aggregate(Tally.Zero, (left, right) => left + right)), series);
    }
}

/// <param name="At">The bucket's beginning.</param>
public sealed record StatsPoint(DateTimeOffset At, StatsTotals Totals);

/// <param name="Completion">At index i the views that reached (i + 1) tenths of the video: ten numbers that never rise.</param>
/// <param name="Likes">Less unlikes.</param>
/// <param name="FollowersGained">Less those lost. Of a single video: always 0, since nobody follows a video.</param>
public sealed record StatsTotals(long Views, long WatchTimeMs, IReadOnlyList<long> Completion, long Likes, long Comments, long Shares, long FollowersGained)
{
    private static readonly IReadOnlyList<long> NoViews = [.. Enumerable.Repeat(0L, Tally.Deciles)];

    public static StatsTotals Of(Tally tally) => new(
        tally.Views, tally.WatchTimeMs, tally.Reached.Count == 0 ? NoViews : tally.Reached, tally.Likes, tally.Comments, tally.Shares, tally.Followers);
}
