using TikTok.Benchmarks.Prefetch;
using TikTok.Benchmarks.Prefetch.Policies;
using TikTok.Core.Prefetch;

namespace TikTok.UnitTests.Prefetch;

/// <summary>The replay that the prefetch rule is judged by, on cases that can be worked out by hand: 8 Mb/s carry 95,000 bytes in 100 ms, and each request takes 80 ms more.</summary>
public sealed class ReplayTests
{
    private const int ChunkBytes = 95_000;
    private const double ChunkMegabits = 0.76;
    private const double DownloadSeconds = 0.18;

    [Fact]
    public void What_is_watched_counts_what_is_late_costs_and_each_megabit_costs()
    {
        var score = Run([Video(2)], [1500], Step.Download(0, 0), Step.Download(0, 0), Step.Sleep(2000));

        // The first chunk is waited for; the second comes while the first plays.
        Assert.Equal(2 * 0.75, score.Quality, 9);
        Assert.Equal(DownloadSeconds, score.RebufferSeconds, 9);
        Assert.Equal(0, score.Smoothness, 9);
        Assert.Equal(1.5 - 1.85 * DownloadSeconds - 0.5 * 2 * ChunkMegabits, score.Score, 9);
        Assert.Equal(0, score.WastedMegabits, 9);
    }

    [Fact]
    public void A_chunk_that_is_never_reached_earns_nothing_and_is_wasted()
    {
        var score = Run([Video(3)], [500], Step.Download(0, 0), Step.Download(0, 2), Step.Sleep(1000));

        Assert.Equal(0.75, score.Quality, 9);
        Assert.Equal(ChunkMegabits, score.WastedMegabits, 9);
    }

    [Fact]
    public void Playback_stands_still_until_the_chunk_is_there()
    {
        var score = Run([Video(2)], [2000], Step.Download(0, 0), Step.Sleep(1500), Step.Download(0, 0), Step.Sleep(1000));

        Assert.Equal(DownloadSeconds + 0.5 + DownloadSeconds, score.RebufferSeconds, 9);
    }

    [Fact]
    public void A_change_of_bit_rate_costs_its_difference()
    {
        var score = Run([Video(3)], [3000], Step.Download(0, 0), Step.Download(0, 2), Step.Download(0, 1), Step.Sleep(4000));

        Assert.Equal(1.1 + 0.65, score.Smoothness, 9);
    }

    [Fact]
    public void From_video_to_video_the_last_chunk_that_is_watched_counts()
    {
        var score = Run([Video(3), Video(1)], [1500, 1000], Step.Download(0, 0), Step.Download(0, 2), Step.Download(1, 1), Step.Sleep(3000));

        Assert.Equal(1.1 + 0.65, score.Smoothness, 9);
    }

    [Fact]
    public void The_following_video_before_the_last_chunk_costs_its_whole_bit_rate()
    {
        var score = Run([Video(3), Video(1)], [1500, 1000], Step.Download(0, 0), Step.Download(1, 1), Step.Download(0, 0), Step.Sleep(3000));

        Assert.Equal(1.2, score.Smoothness, 9);
    }

    [Fact]
    public void A_chunk_that_comes_after_the_swipe_is_lost()
    {
        var score = Run([Video(3), Video(1)], [1100, 1000], Step.Download(0, 0), Step.Download(0, 0), Step.Sleep(900), Step.Download(0, 0), Step.Download(1, 0), Step.Sleep(1000));

        Assert.Equal(ChunkMegabits, score.WastedMegabits, 9);
        Assert.Equal(3 * 0.75, score.Quality, 9);
    }

    [Fact]
    public void The_trace_begins_anew_when_it_ends()
    {
        var link = new Link(new NetworkTrace("short", [0, 0.05, 0.1], [1, 8, 8]));

        Assert.Equal(180 + 200, link.Download(3 * ChunkBytes));
    }

    [Fact]
    public void Viewers_are_drawn_as_the_challenge_draws_them()
    {
        var numPy = MersenneTwister.OfNumPy(42);

        Assert.Equal([51u, 92u, 14u, 71u], Enumerable.Range(0, 4).Select(_ => numPy.NextBelow(100)));
        Assert.Equal(0.3745401188473625, MersenneTwister.OfNumPy(42).NextDouble());
        Assert.Equal(0.6394267984578837, MersenneTwister.OfPython(42).NextDouble());
    }

    [Fact]
    public void Who_stays_to_the_end_watches_all_of_it()
    {
        var video = Video(4);

        Assert.All(Viewer.SampleOfChallenge([video, video], 5), v => Assert.Equal([4000, 4000], v.WatchMs));
    }

    [Fact]
    public void In_a_rich_network_the_rule_lets_nobody_wait_but_for_the_first_chunk()
    {
        var videos = Enumerable.Range(0, 7).Select(i => Video(5 + i)).Select(v => v with { Retention = [.. v.Retention.Select((_, k) => Math.Exp(-0.3 * k))] }).ToList();
        var trace = new NetworkTrace("rich", [0, 1], [100, 100]);

        var score = Replay.Run(trace, videos, new Viewer([5000, 700, 2100, 100, 8000, 6500, 11_000]), new Ours(PrefetchParameters.Default));

        Assert.InRange(score.RebufferSeconds, 0.08, 0.1);
        Assert.True(score.WastedMegabits < score.DownloadedMegabits / 2);
    }

    private static ReplayScore Run(IReadOnlyList<ChallengeVideo> videos, IReadOnlyList<long> watchMs, params Step[] steps) =>
        Replay.Run(new NetworkTrace("steady", [0, 100], [8, 8]), videos, new Viewer(watchMs), new Script(steps));

    private static ChallengeVideo Video(int chunks) => new(
        "steady", [.. ChallengeVideo.Kbps.Select(_ => (IReadOnlyList<int>)[.. Enumerable.Repeat(ChunkBytes, chunks)])], [.. Enumerable.Repeat(1.0, chunks + 1)]);

    private sealed class Script(IReadOnlyList<Step> steps) : IPolicy
    {
        private int _next;

        public Step Next(Observation seen) => steps[_next++];
    }
}
