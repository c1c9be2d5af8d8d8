namespace TikTok.Benchmarks.Prefetch;

/// <summary>Somebody who watches each video of the queue once, and for how long: drawn from the retention curves exactly as the challenge draws.</summary>
/// <param name="WatchMs">By video, in milliseconds; at most the length of the video.</param>
public sealed record Viewer(IReadOnlyList<long> WatchMs)
{
    private const uint ChallengeSeed = 42;

    /// <summary>The one of the challenge's single run.</summary>
    public static Viewer OfChallenge(IReadOnlyList<ChallengeVideo> videos) => Draw(videos, MersenneTwister.OfNumPy(ChallengeSeed), below: 100);

    /// <summary>The first <paramref name="count"/> of the challenge's run over many people.</summary>
    public static IReadOnlyList<Viewer> SampleOfChallenge(IReadOnlyList<ChallengeVideo> videos, int count)
    {
        var random = MersenneTwister.OfNumPy(ChallengeSeed);
        for (var i = 0; i < videos.Count * 2; i++) random.NextBelow(100);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextBelow(10_000)).ToList().Select(s => Draw(videos, MersenneTwister.OfNumPy(s), below: 10_000))];
    }

    private static Viewer Draw(IReadOnlyList<ChallengeVideo> videos, MersenneTwister seeds, uint below)
    {
        var pairs = videos.Select(v => (Video: v, First: seeds.NextBelow(below), Second: seeds.NextBelow(below))).ToList();
        return new Viewer([.. pairs.Select(p => Draw(p.Video, p.First, p.Second))]);
    }

    private static long Draw(ChallengeVideo video, uint chunkSeed, uint momentSeed)
    {
        var cumulative = new double[video.Chunks + 1];
        var sum = 0.0;
        for (var k = 0; k <= video.Chunks; k++)
        {
            // The difference of the rounded shares of those who left, not of those who stayed: the last digits decide.
            sum += 1.0 - (k < video.Chunks ? video.Retention[k + 1] : 0.0) - (1.0 - video.Retention[k]);
            cumulative[k] = sum;
        }

        var draw = MersenneTwister.OfNumPy(chunkSeed).NextDouble();
        var chunk = Array.FindIndex(cumulative, c => draw < c / sum);
        var start = (long)chunk * ChallengeVideo.ChunkMs;
        if (chunk == video.Chunks) return start;
        return (long)(start + ChallengeVideo.ChunkMs * MersenneTwister.OfPython(momentSeed).NextDouble());
    }
}
