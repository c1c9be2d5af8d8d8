using FsCheck;
using FsCheck.Fluent;
using TikTok.Core.Events;
using TikTok.Tests.Shared;

namespace TikTok.UnitTests.Analytics;

public sealed class EventWindowTests
{
    /// <summary>Logs in which a part of the events are repeated soon after, with pauses of up to 30 s between events.</summary>
    private static readonly Gen<WrittenLog> Logs =
        from steps in Gen.Choose(0, 99).Zip(Gen.Choose(0, 30)).ListOf()
        select steps.Aggregate(new WrittenLog(), (log, step) =>
        {
            log.Wait(TimeSpan.FromSeconds(step.Item2));
            return step.Item1 < 25 && log.Events.Count > 0 ? log.Repeat(Math.Max(0, log.Events.Count - 1 - (step.Item1 % 5))) : log.Watch("video");
        });

    private static readonly Gen<List<int>> Cuts = Gen.Choose(1, 20).ListOf().Select(cuts => cuts.ToList());

    [Fact]
    public void Every_event_is_fresh_once_and_no_second_copy_is() => Prop.ForAll(Logs.ToArbitrary(), log =>
    {
        var (fresh, window) = EventWindow.Empty.Take(log.Events);
        return fresh.Select(e => e.Interaction.Id).SequenceEqual(log.Events.Select(e => e.Interaction.Id).Distinct())
            && window.SequenceNumber == log.Events.Count - 1;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void How_the_log_is_cut_into_batches_makes_no_difference() => Prop.ForAll(Logs.ToArbitrary(), Cuts.ToArbitrary(), (log, cuts) =>
    {
        var (whole, wholeWindow) = EventWindow.Empty.Take(log.Events);
        var (parts, window) = (new List<LoggedInteraction>(), EventWindow.Empty);
        foreach (var batch in Batches(log.Events, cuts))
        {
            (var fresh, window) = window.Take(batch);
            parts.AddRange(fresh);
        }
        return parts.SequenceEqual(whole) && window.SequenceNumber == wholeWindow.SequenceNumber && window.Recent.SequenceEqual(wholeWindow.Recent);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_batch_delivered_again_from_anywhere_before_adds_nothing() => Prop.ForAll(Logs.ToArbitrary(), Gen.Choose(0, 100).ToArbitrary(), (log, back) =>
    {
        var (_, window) = EventWindow.Empty.Take(log.Events);
        var (fresh, again) = window.Take([.. log.Events.Skip(Math.Max(0, log.Events.Count - back))]);
        return fresh.Count == 0 && again.SequenceNumber == window.SequenceNumber;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_window_stays_small_however_many_events_come()
    {
        var log = new WrittenLog();
        for (var i = 0; i < 3 * EventWindow.Capacity; i++) log.Watch("video");

        var (fresh, window) = EventWindow.Empty.Take(log.Events);

        Assert.Equal(3 * EventWindow.Capacity, fresh.Count);
        Assert.Equal(EventWindow.Capacity, window.Recent.Count);
    }

    [Fact]
    public void A_second_copy_is_known_while_the_window_remembers_and_no_longer()
    {
        var soon = new WrittenLog().Watch("video").Wait(EventWindow.Memory).Repeat(0);
        var late = new WrittenLog().Watch("video").Wait(EventWindow.Memory + TimeSpan.FromSeconds(1)).Repeat(0);

        Assert.Single(EventWindow.Empty.Take(soon.Events).Fresh);
        Assert.Equal(2, EventWindow.Empty.Take(late.Events).Fresh.Count);
    }

    private static IEnumerable<IReadOnlyList<LoggedInteraction>> Batches(IReadOnlyList<LoggedInteraction> events, List<int> cuts)
    {
        for (int at = 0, i = 0; at < events.Count; i++)
        {
            var size = cuts.Count == 0 ? events.Count : cuts[i % cuts.Count];
            yield return [.. events.Skip(at).Take(size)];
            at += size;
        }
    }
}
