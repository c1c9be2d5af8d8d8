using FsCheck;
using FsCheck.Fluent;
using TikTok.Core.Prefetch;

namespace TikTok.UnitTests.Prefetch;

public sealed class PrefetchRuleTests
{
    private static readonly double[] Ladder = [0.75, 1.2, 1.85];

    [Fact]
    public void The_playing_video_comes_first_when_nothing_is_buffered()
    {
        var decision = Decide(State([Video(), Video(), Video()]));

        Assert.Equal(0, decision.Video);
    }

    [Fact]
    public void The_rule_waits_when_everything_is_there() => Assert.False(Decide(State([Video(chunks: 5, downloaded: 5), Video(chunks: 5, downloaded: 5)])).IsDownload);

    [Fact]
    public void The_rule_waits_without_a_queue() => Assert.False(Decide(State([])).IsDownload);

    [Fact]
    public void The_next_video_is_opened_once_the_playing_one_is_all_there_and_about_to_be_swiped_away()
    {
        var decision = Decide(State([Video(chunks: 10, downloaded: 10, played: 9), Video(), Video()]));

        Assert.Equal(1, decision.Video);
    }

    [Fact]
    public void Nobody_waits_while_playback_stands_still() =>
        Assert.All((double[])[0.05, 0.3, 1, 20], mbps => Assert.True(Decide(State([Video(leaveRate: 2), Video(leaveRate: 2)], mbps)).IsDownload));

    [Fact]
    public void The_more_bandwidth_the_higher_the_bit_rate()
    {
        var chosen = ((double[])[0.4, 0.8, 1.3, 2, 4, 10, 50]).Select(mbps => Decide(State([Video(downloaded: 1, lastRendition: 1), Video()], mbps)).Rendition).ToList();

        Assert.Equal(chosen.Order(), chosen);
        Assert.Equal((0, 2), (chosen[0], chosen[^1]));
    }

    [Fact]
    public void The_likelier_a_skip_the_less_of_the_video_is_asked_for()
    {
        var asked = ((double[])[0.01, 0.05, 0.15, 0.4, 1]).Select(leaveRate => MegabitsAsked(State([Video(leaveRate)]))).ToList();

        Assert.Equal(asked.OrderDescending(), asked);
        Assert.True(asked[^1] < asked[0]);
    }

    [Fact]
    public void The_emptier_the_battery_the_less_is_asked_for()
    {
        var asked = ((double[])[0, 0.25, 0.5, 0.75, 1]).Select(battery => MegabitsAsked(State([Video(), Video(), Video()]) with { Battery = battery })).ToList();

        Assert.Equal(asked.Order(), asked);
        Assert.True(asked[0] < asked[^1]);
    }

    [Fact]
    public void A_decision_is_always_one_that_can_be_carried_out() => Check.QuickThrowOnFailure(Prop.ForAll(States().ToArbitrary(), state =>
    {
        var decision = Decide(state);
        return decision.IsDownload
            ? decision.Video < state.Queue.Count && decision.Rendition >= 0 && decision.Rendition < state.Queue[decision.Video].Renditions.Count
                && state.Queue[decision.Video].Downloaded < state.Queue[decision.Video].Chunks && decision.WaitSeconds == 0
            : decision.WaitSeconds > 0;
    }));

    [Fact]
    public void The_same_state_gets_the_same_answer() =>
        Check.QuickThrowOnFailure(Prop.ForAll(States().ToArbitrary(), state => Decide(state) == Decide(state)));

    [Fact]
    public void The_estimate_follows_the_network_and_doubts_what_surprised_it()
    {
        var steady = Enumerable.Range(0, 30).Aggregate(BandwidthEstimate.FirstGuess(1, 0.08), (e, _) => e.After(4, 1.08));
        var surprised = steady.After(1, 1.08);

        Assert.Equal(4, steady.Mbps, 0.01);
        Assert.True(steady.Deviation < 0.05);
        Assert.True(surprised.Mbps < steady.Mbps && surprised.Deviation > 0.3);
    }

    private static PrefetchDecision Decide(PrefetchState state) => PrefetchRule.Decide(state, PrefetchParameters.Default);

    /// <summary>Until the rule would rather wait, were no time to pass.</summary>
    private static double MegabitsAsked(PrefetchState state)
    {
        var queue = state.Queue.ToArray();
        var asked = 0.0;
        while (Decide(state with { Queue = queue }) is { IsDownload: true } decision)
        {
            var video = queue[decision.Video];
            asked += video.Renditions[decision.Rendition].ChunkMegabits[video.Downloaded];
            queue[decision.Video] = video with { Downloaded = video.Downloaded + 1, LastRendition = decision.Rendition };
        }

        return asked;
    }

    private static PrefetchState State(IReadOnlyList<QueuedVideo> queue, double mbps = 3) =>
        new() { Queue = queue, Bandwidth = new BandwidthEstimate(mbps, 0.3, 0.08) };

    /// <param name="leaveRate">Of those who watch, how many leave a second.</param>
    private static QueuedVideo Video(double leaveRate = 0.05, int chunks = 20, int downloaded = 0, int lastRendition = 0, double played = 0) => new()
    {
        Renditions = [.. Ladder.Select(mbps => new QueuedRendition(mbps, [.. Enumerable.Repeat(mbps, chunks)]))],
        Retention = [.. Enumerable.Range(0, chunks + 1).Select(k => Math.Exp(-leaveRate * k))],
        Downloaded = downloaded,
        LastRendition = lastRendition,
        PlayedSeconds = played,
    };

    private static Gen<PrefetchState> States() =>
        from count in Gen.Choose(1, 5)
        from videos in Gen.ArrayOf(Videos(), count)
        from mbps in Gen.Choose(5, 2000)
        from deviation in Gen.Choose(0, 150)
        from battery in Gen.Choose(0, 100)
        select new PrefetchState
        {
            Queue = [.. videos.Select((v, i) => i == 0 ? v : v with { PlayedSeconds = 0 })],
            Bandwidth = new BandwidthEstimate(mbps / 100.0, deviation / 100.0, 0.08),
            Battery = battery / 100.0,
        };

    private static Gen<QueuedVideo> Videos() =>
        from chunks in Gen.Choose(1, 30)
        from downloaded in Gen.Choose(0, chunks)
        from played in Gen.Choose(0, downloaded * 1000)
        from leaveRate in Gen.Choose(0, 200)
        from rendition in Gen.Choose(0, Ladder.Length - 1)
        select Video(leaveRate / 100.0, chunks, downloaded, rendition, played / 1000.0);
}
