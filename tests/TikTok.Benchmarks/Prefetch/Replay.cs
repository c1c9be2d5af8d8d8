namespace TikTok.Benchmarks.Prefetch;

/// <param name="Quality">Megabits a second, summed over the chunks that are watched.</param>
/// <param name="RebufferSeconds">From the first moment on, the wait for the first chunk included.</param>
/// <param name="Smoothness">What changes of bit rate cost, in Mb/s.</param>
public sealed record ReplayScore(double Quality, double RebufferSeconds, double Smoothness, double DownloadedMegabits, double WastedMegabits, double WatchedSeconds)
{
    public const double RebufferWeight = 1.85;
    public const double MegabitWeight = 0.5;

    public double Qoe => Quality - RebufferWeight * RebufferSeconds - Smoothness;

    public double Score => Qoe - MegabitWeight * DownloadedMegabits;
}

/// <summary>
/// Plays one person's session over one network trace, by the rules of the challenge's public simulator and number for number as it does
/// (<c>tests/bench prefetch --challenge DIR</c> holds the two against each other). Times are whole milliseconds.
/// </summary>
public static class Replay
{
    private const int QueueLength = 5;
    private const long MaxRebufferMs = 10_000_000;

    public static ReplayScore Run(NetworkTrace trace, IReadOnlyList<ChallengeVideo> videos, Viewer viewer, IPolicy policy, Action<Step>? taken = null)
    {
        var session = new Session(videos, viewer);
        var link = new Link(trace);
        var smoothness = new SmoothnessRule(videos.Count);
        long rebuffered = 0, downloaded = 0, delay = 0, bytes = 0;
        double quality = 0, unsmooth = 0;
        while (session.Queue.Count > 0)
        {
            if (rebuffered > MaxRebufferMs) throw new InvalidOperationException("Playback has stood still for hours: the policy no longer downloads what plays.");
            var step = policy.Next(new Observation(delay, bytes, session.Queue));
            taken?.Invoke(step);
            bytes = 0;
            if (step.SleepMs > 0)
            {
                delay = step.SleepMs;
                rebuffered += session.Play(delay);
                continue;
            }

            var player = session.Queue.FirstOrDefault(p => p.Index == step.Video) ?? throw new InvalidOperationException($"Video {step.Video} is not in the queue.");
            var chunk = player.Arrived;
            var last = (int)(viewer.WatchMs[player.Index] / ChallengeVideo.ChunkMs);
            if (chunk <= last)
            {
                quality += ChallengeVideo.Kbps[step.Rendition];
                unsmooth += smoothness.Of(player, session.Following(player), chunk, last, step.Rendition);
            }

            bytes = player.Ask(step.Rendition);
            downloaded += bytes;
            delay = link.Download(bytes);
            rebuffered += session.Play(delay);
            session.Arrive(player);
        }

        return new ReplayScore(
            quality / 1000, rebuffered / 1000.0, unsmooth / 1000, Megabits(downloaded), Megabits(downloaded - session.WatchedBytes), viewer.WatchMs.Sum() / 1000.0);
    }

    private static double Megabits(long bytes) => bytes * 8 / 1e6;

    /// <summary>The queue, and the person in front of it.</summary>
    private sealed class Session(IReadOnlyList<ChallengeVideo> videos, Viewer viewer)
    {
        private readonly List<Player> _queue = [.. videos.Take(QueueLength).Select((v, i) => new Player(i, v))];
        private int _entered = Math.Min(QueueLength, videos.Count);

        public IReadOnlyList<Player> Queue => _queue;

        /// <summary>Of the videos that were left, the chunks that were watched at least in part.</summary>
        public long WatchedBytes { get; private set; }

        public Player? Following(Player player) => _queue.FirstOrDefault(p => p.Index == player.Index + 1);

        /// <summary>What arrives of a video that was left meanwhile is lost.</summary>
        public void Arrive(Player player)
        {
            if (_queue.Contains(player)) player.Arrive();
        }

        /// <returns>For how long of it nothing moved.</returns>
        public long Play(long ms)
        {
            while (ms > 0 && _queue.Count > 0)
            {
                var player = _queue[0];
                var left = viewer.WatchMs[player.Index] - player.PlayedMs;
                var wanted = Math.Min(ms, left);
                var played = player.Play(wanted);
                ms -= played;
                if (played < wanted) return ms;
                if (played == left) Leave(player);
            }

            return 0;
        }

        private void Leave(Player player)
        {
            var watched = (int)Math.Ceiling(viewer.WatchMs[player.Index] / (double)ChallengeVideo.ChunkMs);
            for (var k = 0; k < Math.Min(watched, player.Renditions.Count); k++) WatchedBytes += player.Video.ChunkBytes[player.Renditions[k]][k];
            _queue.RemoveAt(0);
            if (_entered == videos.Count) return;
            _queue.Add(new Player(_entered, videos[_entered]));
            _entered++;
        }
    }

    /// <summary>
    /// The challenge's price of a change of bit rate. It is asked for while chunks are downloaded, in the order of downloading: within a video, the difference to
    /// the chunk before; of a video's first chunk, the difference to the last one that is watched of the video before, if that was downloaded before it. If it
    /// was not, then with that last chunk the whole bit rate of the following video's first chunk counts: that is what the public simulator does.
    /// </summary>
    private sealed class SmoothnessRule(int videos)
    {
        private readonly int[] _lastWatched = [.. Enumerable.Repeat(-1, videos)];

        public double Of(Player player, Player? following, int chunk, int last, int rendition)
        {
            double cost = 0;
            if (chunk == last)
            {
                _lastWatched[player.Index] = rendition;
                if (following is { Arrived: > 0 }) cost += ChallengeVideo.Kbps[following.Renditions[0]];
            }

            var before = chunk > 0 ? player.Renditions[chunk - 1] : player.Index > 0 ? _lastWatched[player.Index - 1] : -1;
            return before < 0 ? cost : cost + Math.Abs(ChallengeVideo.Kbps[rendition] - ChallengeVideo.Kbps[before]);
        }
    }
}
