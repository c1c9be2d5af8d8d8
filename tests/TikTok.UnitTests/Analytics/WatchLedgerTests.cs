using TikTok.Core.Documents;
using TikTok.Core.Events;
using TikTok.Functions.Analytics.History;
using TikTok.Functions.Analytics.Projections;
using TikTok.Tests.Shared;

namespace TikTok.UnitTests.Analytics;

public sealed class WatchLedgerTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 14, 12, 0, 0, TimeSpan.Zero);
    private static readonly Generations First = Generations.Shown(new ProjectionState());

    [Fact]
    public void Watches_add_up_and_the_furthest_is_kept()
    {
        var log = new WrittenLog().Watch("v", watchedMs: 3_000, totalMs: 10_000).Watch("v", watchedMs: 9_000, totalMs: 10_000).Watch("v", watchedMs: 25_000, totalMs: 10_000);

        var watch = WatchLedger.Add(null, log.Events, First, Now)!;

        Assert.Equal(new WatchSummary(3, 37_000, 1), WatchLedger.Summarize(watch, First));
        Assert.Equal(log.Events[^1].Interaction.At, watch.LastWatchedAt);
    }

    [Fact]
    public void What_comes_again_changes_nothing()
    {
        var log = new WrittenLog().Watch("v").Watch("v");
        var watch = WatchLedger.Add(null, log.Events, First, Now);

        Assert.Same(watch, WatchLedger.Add(watch, log.Events, First, Now));
    }

    [Fact]
    public void It_lives_for_90_days_after_the_last_watch_however_late_that_is_written()
    {
        var log = new WrittenLog(begin: Now.AddDays(-3)).Watch("v");

        Assert.Equal(87 * 24 * 60 * 60, WatchLedger.Add(null, log.Events, First, Now)!.Ttl);
    }

    [Fact]
    public void A_rebuilt_generation_grows_beside_the_shown_one_and_replaces_only_the_days_that_it_covers()
    {
        var log = new WrittenLog(begin: Now.AddDays(-2)).Watch("v").Wait(TimeSpan.FromDays(2)).Watch("v").Watch("v");
        var rebuild = new ProjectionRebuild { Generation = 1, From = new DateTimeOffset(Now.Date, TimeSpan.Zero), StartedAt = Now };
        var during = new ProjectionState { Rebuild = rebuild };
        var after = during with { Eras = Generations.With(during.Eras, rebuild) };

        var counted = WatchLedger.Add(null, log.Events, First, Now);
        var covered = log.Events.Where(e => e.Interaction.At >= rebuild.From).ToList();
        var halfway = WatchLedger.Add(counted, [covered[0]], Generations.Rebuilt(during, rebuild), Now)!;
        var rebuilt = WatchLedger.Add(halfway, covered, Generations.Rebuilt(during, rebuild), Now)!;

        Assert.Equal(3, WatchLedger.Summarize(halfway, Generations.Shown(during)).Times);
        Assert.Equal(2, WatchLedger.Summarize(halfway, Generations.Shown(after)).Times);
        Assert.Equal(3, WatchLedger.Summarize(rebuilt, Generations.Shown(after)).Times);
        Assert.Equal([0, 0, 1], rebuilt.Days.Select(d => d.Generation));
    }

    [Fact]
    public void What_a_rebuild_has_replaced_goes_with_the_next_watch()
    {
        var log = new WrittenLog(begin: Now).Watch("v").Watch("v");
        var counted = WatchLedger.Add(null, [log.Events[0]], First, Now);
        var rebuilt = Generations.Shown(new ProjectionState { Eras = [new Era(1, DateTimeOffset.MinValue)] });

        var next = WatchLedger.Add(counted, log.Events, rebuilt, Now)!;

        Assert.Equal([new WatchDay(1, DateOnly.FromDateTime(Now.Date), 2, 30_000, 1)], next.Days);
        Assert.Equal(["1:0"], next.Counted.Keys);
    }
}
