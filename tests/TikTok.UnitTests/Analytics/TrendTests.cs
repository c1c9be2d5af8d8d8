using FsCheck;
using FsCheck.Fluent;
using TikTok.Core.Documents;
using TikTok.Core.Events;
using TikTok.Functions.Analytics;
using TikTok.Functions.Analytics.Trending;
using TikTok.Tests.Shared;

namespace TikTok.UnitTests.Analytics;

public sealed class TrendTests
{
    private static readonly DateTimeOffset Midnight = new(2026, 3, 14, 0, 0, 0, TimeSpan.Zero);
    private static readonly TrendBucket Bucket = new(0, DateOnly.FromDateTime(Midnight.UtcDateTime), "0");
    private static readonly VideoFacts Facts = new("creator", IsListed: true, ["cats", "dogs"], "sound");
    private static readonly Dictionary<string, VideoFacts> Videos = new() { ["a"] = Facts, ["b"] = Facts with { Hashtags = ["cats"], SoundId = null } };

    [Fact]
    public void What_is_counted_from_the_days_beginning_is_what_weighing_by_age_gives() => Prop.ForAll(
        Gen.Choose(0, 86_399).NonEmptyListOf().ToArbitrary(), Gen.Choose(0, 48 * 3600).ToArbitrary(), (seconds, later) =>
        {
            var now = Midnight.AddDays(1).AddSeconds(later);
            var byAge = seconds.Sum(s => Math.Pow(2, -((now - Midnight.AddSeconds(s)) / TrendDecay.HalfLife)));
            var counted = TrendDecay.Scale(seconds.Sum(s => TrendDecay.Weigh(1, Midnight.AddSeconds(s))), Bucket.Day, now);
            return Math.Abs(counted - byAge) <= 1e-9 * byAge;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Half_of_an_event_is_left_after_the_half_life()
    {
        var at = Midnight.AddHours(5);

        Assert.Equal(0.5, TrendDecay.Scale(TrendDecay.Weigh(1, at), Bucket.Day, at + TrendDecay.HalfLife), 9);
    }

    [Fact]
    public void What_is_not_looked_back_on_weighs_less_than_a_256th()
    {
        var justMissed = Midnight.AddTicks(-1);
        var now = Midnight.AddDays(TrendDecay.Days - 1);

        Assert.True(TrendDecay.Scale(TrendDecay.Weigh(1, justMissed), Bucket.Day.AddDays(-1), now) < 1.0 / 255);
    }

    [Fact]
    public void Splitting_a_bucket_anywhere_gives_the_same_entries() => Prop.ForAll(
        Gen.Elements("a", "b").Zip(Gen.Elements(InteractionType.Watch, InteractionType.Like, InteractionType.Unlike, InteractionType.Share, InteractionType.Removed))
            .NonEmptyListOf().ToArbitrary(),
        Gen.Choose(0, 50).ToArbitrary(),
        (acts, cut) =>
        {
            var log = acts.Aggregate(new WrittenLog(begin: Midnight), (l, act) => l.Wait(TimeSpan.FromMinutes(7)).Append(act.Item2, act.Item1));
            var whole = Add([], log.Events);
            var parts = Add(Add([], [.. log.Events.Take(cut)]), [.. log.Events.Skip(cut)]);
            return whole.Keys.Order().SequenceEqual(parts.Keys.Order())
                && whole.All(e => Math.Abs(e.Value.Weight - parts[e.Key].Weight) < 1e-9 && e.Value.HourlyViews.SequenceEqual(parts[e.Key].HourlyViews));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_view_counts_for_the_video_its_hashtags_and_its_sound()
    {
        var entries = Add([], new WrittenLog(begin: Midnight).Watch("a").Watch("b").Events);

        Assert.Equal(
            [("hashtag:cats", 2), ("hashtag:dogs", 1), ("sound:sound", 1), ("video:a", 1), ("video:b", 1)],
            entries.Values.OrderBy(e => e.Id, StringComparer.Ordinal).Select(e => (e.Id, (int)Math.Round(e.Weight))));
    }

    [Fact]
    public void A_video_goes_viral_with_its_ten_thousandth_view_of_an_hour_and_once()
    {
        var log = new WrittenLog(begin: Midnight.AddHours(9));
        for (var i = 0; i < TrendBucket.ViralViews - 1; i++) log.Watch("b");
        var before = Add([], log.Events);
        log.Watch("b").Watch("b");

        var after = Add(before, [.. log.Events.Skip(TrendBucket.ViralViews - 1)]);

        Assert.Empty(before["video:b"].ViralHours);
        Assert.Equal([9], after["video:b"].ViralHours);
        Assert.Empty(after["hashtag:cats"].ViralHours);
    }

    [Fact]
    public void Views_of_two_hours_do_not_make_a_viral_one()
    {
        var log = new WrittenLog(begin: Midnight);
        for (var i = 0; i < TrendBucket.ViralViews / 2; i++) log.Watch("b");
        log.Wait(TimeSpan.FromHours(1));
        for (var i = 0; i < TrendBucket.ViralViews / 2; i++) log.Watch("b");

        Assert.Empty(Add([], log.Events)["video:b"].ViralHours);
    }

    [Fact]
    public void A_removed_video_leaves_the_bucket()
    {
        var entries = Add([], new WrittenLog(begin: Midnight).Watch("a").Append(InteractionType.Removed, "a").Events);

        Assert.DoesNotContain("video:a", entries.Keys);
    }

    private static Dictionary<string, TrendEntry> Add(Dictionary<string, TrendEntry> current, IReadOnlyList<LoggedInteraction> events)
    {
        var next = new Dictionary<string, TrendEntry>(current);
        foreach (var (id, entry) in Bucket.Add(current, events, Videos, Midnight))
        {
            if (entry is null) next.Remove(id);
            else next[id] = entry;
        }
        return next;
    }
}
