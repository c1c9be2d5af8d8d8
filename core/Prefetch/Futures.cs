namespace TikTok.Core.Prefetch;

/// <summary>
/// A fixed, even sample of what may come: for each future, for how long each video of the queue is watched and how lucky the network is. A rank-1 lattice, so that few
/// futures cover all pairs of circumstances evenly, and nothing is random.
/// </summary>
internal sealed class Futures
{
    /// <summary>The root of x⁶ = x + 1: the multiples of its powers −1 to −5 are spread evenly in five dimensions (Roberts, 2018).</summary>
    private const double Ratio = 1.1347241384015194;

    // One for the network, one for each of the four videos that follow; what is further away is in step with them.
    private static readonly double[] Steps = [.. Enumerable.Range(1, 5).Select(power => Math.Pow(Ratio, -power))];

    private readonly double[][] _watched;

    public Futures(PrefetchState state, int count)
    {
        var queue = state.Queue;
        _watched = new double[count][];
        Mbps = new double[count];
        for (var k = 0; k < count; k++)
        {
            _watched[k] = new double[queue.Count];
            for (var i = 0; i < queue.Count; i++) _watched[k][i] = Watched(queue[i], i == 0 ? (k + 0.5) / count : Point(k, i));
            Mbps[k] = state.Bandwidth.MbpsAt(NormalQuantile(Point(k, 0)));
        }
    }

    public int Count => _watched.Length;

    /// <summary>Of the network, by future.</summary>
    public double[] Mbps { get; }

    /// <summary>Seconds by video, from its beginning.</summary>
    public double[] WatchedSeconds(int future) => _watched[future];

    private static double Point(int k, int dimension)
    {
        var at = 0.5 + (k + 1) * Steps[dimension % Steps.Length];
        return at - Math.Floor(at);
    }

    /// <summary>The second at which the given share of those who are watching now has left.</summary>
    private static double Watched(QueuedVideo video, double share)
    {
        var position = video.PlayedSeconds / video.ChunkSeconds;
        var first = Math.Min((int)position, video.Chunks);
        var staying = Staying(video, first, position - first);
        var left = staying * (1 - share);
        for (var k = first; k < video.Chunks; k++)
        {
            var (from, to) = (video.Retention[k], video.Retention[k + 1]);
            if (left < to) continue;
            var within = from > to ? Math.Clamp((from - left) / (from - to), 0, 1) : 1;
            return Math.Max((k + within) * video.ChunkSeconds, video.PlayedSeconds);
        }

        return video.Chunks * video.ChunkSeconds;
    }

    private static double Staying(QueuedVideo video, int chunk, double within) =>
        chunk >= video.Chunks ? video.Retention[video.Chunks] : video.Retention[chunk] + within * (video.Retention[chunk + 1] - video.Retention[chunk]);

    /// <summary>Of the standard normal law, within 0.0005 (Abramowitz and Stegun, 26.2.23).</summary>
    private static double NormalQuantile(double p)
    {
        var tail = Math.Sqrt(-2 * Math.Log(Math.Min(p, 1 - p)));
        var z = tail - (2.515517 + tail * (0.802853 + tail * 0.010328)) / (1 + tail * (1.432788 + tail * (0.189269 + tail * 0.001308)));
        return p < 0.5 ? -z : z;
    }
}
