using FsCheck;
using FsCheck.Fluent;
using Microsoft.AspNetCore.Http;
using TikTok.Core.Documents;
using TikTok.Core.Events;
using TikTok.Functions.Analytics;
using TikTok.Functions.Analytics.Creators;
using TikTok.Functions.Analytics.Projections;
using TikTok.Functions.Platform;
using TikTok.Tests.Shared;

namespace TikTok.UnitTests.Analytics;

public sealed class CreatorStatisticsTests
{
    private static readonly DateTimeOffset Nine = new(2026, 3, 14, 9, 0, 0, TimeSpan.Zero);
    private static readonly Generations First = Generations.Shown(new ProjectionState());

    [Theory]
    [InlineData(0, 10_000, 0)]
    [InlineData(999, 10_000, 0)]
    [InlineData(3_000, 10_000, 3)]
    [InlineData(9_999, 10_000, 9)]
    [InlineData(10_000, 10_000, 10)]
    [InlineData(45_000, 10_000, 10)]
    [InlineData(3, 7, 4)]
    public void A_view_reaches_the_tenths_that_it_played_through(long watched, long total, int tenths) =>
        Assert.Equal(tenths, WatchCompletion.Curve(new WatchFacts(watched, total, WatchSource.Fyp)).Sum());

    [Fact]
    public void A_completion_curve_never_rises_and_never_exceeds_the_views() => Prop.ForAll(
        Gen.Choose(0, 40_000).Zip(Gen.Choose(1, 30_000)).NonEmptyListOf().ToArbitrary(), watches =>
        {
            var log = watches.Aggregate(new WrittenLog(), (l, w) => l.Watch("v", watchedMs: w.Item1, totalMs: w.Item2));
            var tally = Assert.Single(Add([], log.Events)["0:v:2026-03-14"]!.Hours).Value;
            return tally.Views == watches.Count && tally.Reached.Prepend(tally.Views).Zip(tally.Reached).All(p => p.First >= p.Second);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Each_event_is_counted_for_the_creator_and_for_the_video_in_its_own_hour()
    {
        var log = new WrittenLog(begin: Nine).Watch("v").Append(InteractionType.Like, "v").Append(InteractionType.Like, "w").Append(InteractionType.Unlike, "w")
            .Wait(TimeSpan.FromHours(1)).Append(InteractionType.Comment, "v").Append(InteractionType.Share, "v").Append(InteractionType.Follow, null, targetUserId: "creator");

        var days = Add([], log.Events);

        Assert.Equal(["0:all:2026-03-14", "0:v:2026-03-14", "0:w:2026-03-14"], days.Keys.Order());
        var all = days["0:all:2026-03-14"]!.Hours;
        Assert.Equal((1, 1, 0), (all[9].Views, all[9].Likes, all[9].Followers));
        Assert.Equal((1, 1, 1), (all[10].Comments, all[10].Shares, all[10].Followers));
        Assert.Equal(0, days["0:w:2026-03-14"]!.Hours[9].Likes);
        Assert.Equal(0, days["0:v:2026-03-14"]!.Hours[10].Followers);
    }

    [Fact]
    public void Splitting_the_events_anywhere_gives_the_same_days() => Prop.ForAll(
        Gen.Elements("v", "w").Zip(Gen.Choose(0, 90)).NonEmptyListOf().ToArbitrary(), Gen.Choose(0, 60).ToArbitrary(), (acts, cut) =>
        {
            var log = acts.Aggregate(new WrittenLog(), (l, a) => l.Wait(TimeSpan.FromMinutes(a.Item2)).Watch(a.Item1));
            var whole = Add([], log.Events);
            var first = Add([], [.. log.Events.Take(cut)]);
            var both = new Dictionary<string, CreatorDay?>(first);
            foreach (var (id, day) in Add(first.ToDictionary(d => d.Key, d => d.Value!), [.. log.Events.Skip(cut)])) both[id] = day;
            return whole.All(d => d.Value!.Hours.All(h => h.Value.Views == both[d.Key]!.Hours[h.Key].Views && h.Value.WatchTimeMs == both[d.Key]!.Hours[h.Key].WatchTimeMs))
                && whole.Keys.Order().SequenceEqual(both.Keys.Order());
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_answer_has_every_bucket_and_its_totals_are_their_sum()
    {
        var days = Add([], new WrittenLog(begin: Nine).Watch("v").Wait(TimeSpan.FromHours(2)).Watch("v").Watch("v").Events).Values.Where(d => d!.Scope == CreatorDay.All);
        var range = new StatsRange(Nine.AddHours(-1), Nine.AddHours(4), Granularity.Hour);

        var answer = CreatorStatsAnswer.Of(range, [.. days!], First);

        Assert.Equal([0, 1, 0, 2, 0], answer.Series.Select(p => p.Totals.Views));
        Assert.Equal(3, answer.Totals.Views);
        Assert.Equal(Tally.Deciles, answer.Series[0].Totals.Completion.Count);
    }

    [Fact]
    public void Days_of_a_generation_that_is_not_shown_do_not_count()
    {
        var days = Add([], new WrittenLog(begin: Nine).Watch("v").Events).Values.Where(d => d!.Scope == CreatorDay.All).Select(d => d!).ToList();
        var range = new StatsRange(Nine, Nine.AddHours(1), Granularity.Hour);

        Assert.Equal(1, CreatorStatsAnswer.Of(range, [.. days, .. days.Select(d => d with { Generation = 1 })], First).Totals.Views);
    }

    [Theory]
    [InlineData("?from=2026-03-01T00:30:00Z&to=2026-03-02T10:10:00Z", "2026-03-01T00:00:00Z", "2026-03-03T00:00:00Z")]
    [InlineData("?from=2026-03-01T00:30:00Z&to=2026-03-02T10:10:00Z&granularity=hour", "2026-03-01T00:00:00Z", "2026-03-02T11:00:00Z")]
    [InlineData("?from=2026-03-01T02:00:00%2B02:00&to=2026-03-02T00:00:00Z", "2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z")]
    [InlineData("", "2026-02-14T00:00:00Z", "2026-03-15T00:00:00Z")]
    public void A_range_is_widened_to_whole_buckets(string query, string from, string to)
    {
        var range = Read(query);

        Assert.Equal((DateTimeOffset.Parse(from), DateTimeOffset.Parse(to)), (range.From, range.To));
    }

    [Theory]
    [InlineData("?granularity=minute", "granularity")]
    [InlineData("?from=yesterday", "from")]
    [InlineData("?from=2026-03-02T00:00:00Z&to=2026-03-01T00:00:00Z", "from")]
    [InlineData("?from=2024-03-02T00:00:00Z&to=2026-03-01T00:00:00Z", "from")]
    [InlineData("?from=2026-01-02T00:00:00Z&to=2026-03-01T00:00:00Z&granularity=hour", "from")]
    [InlineData("?to=2027-03-01T00:00:00Z", "to")]
    [InlineData("?from=0001-01-01T00:00:00%2B14:00&to=0001-01-01T00:00:00Z", "from")]
    public void A_range_that_makes_no_sense_is_refused_by_its_field(string query, string field) =>
        Assert.Contains(field, Assert.Throws<ProblemException>(() => Read(query)).Problem.Errors!.Keys);

    private static StatsRange Read(string query) =>
        StatsRange.Read(new DefaultHttpContext { Request = { QueryString = new QueryString(query) } }.Request, Nine);

    private static IReadOnlyDictionary<string, CreatorDay?> Add(Dictionary<string, CreatorDay> current, IReadOnlyList<LoggedInteraction> events) =>
        CreatorStatistics.Add("creator", 0, current, events);
}
