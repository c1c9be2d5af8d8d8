namespace TikTok.Benchmarks.Prefetch.Policies;

/// <summary>
/// PDAS, the winner of the challenge, written from its publication (Zhou, Ban, Zhao, Guo, Yu: <em>PDAS: Probability-Driven Adaptive Streaming for Short
/// Video</em>, MM 2022); its authors published no code. Numbers in parentheses are the equations of the paper. Where the paper is silent (see
/// <see cref="PdasReading"/>) every reading is replayed, and the best one is what the benchmark shows.
/// </summary>
internal sealed class Pdas(PdasReading reading) : IPolicy
{
    private const int Horizon = 5;
    private const int SleepMs = 50;
    private const double Epsilon = 3.5;
    private const double Lambda1 = 0.3;
    private const double Lambda2 = 0.15;
    private readonly RobustBandwidth _bandwidth = new();

    public Step Next(Observation seen)
    {
        if (seen.DelayMs == 0) return Step.Download(0, 0);
        if (seen.Bytes > 0) _bandwidth.Arrived(seen.Bytes, seen.DelayMs);
        var bandwidth = _bandwidth.Estimate() * 8;
        var (best, bestScore) = (Step.Sleep(SleepMs), double.NegativeInfinity);
        for (var i = 0; i < seen.Players.Count; i++)
        {
            var player = seen.Players[i];
            if (player.Remaining == 0 || player.BufferMs / 1000.0 > MaxBuffer(player, i, bandwidth)) continue;
            var (rendition, score) = new Search(seen.Players, i, bandwidth, reading).Best();
            if (score > bestScore) (best, bestScore) = (Step.Download(player.Index, rendition), score);
        }

        return best;
    }

    /// <summary>(5) and (6).</summary>
    private double MaxBuffer(Player player, int ahead, double mbps)
    {
        var slowest = player.Video.ChunkBytes.Max(r => r[player.Arrived]) * 8 / 1e6 / mbps;
        var threshold = Epsilon * Math.Exp(-Lambda1 * (reading.ThresholdInMegabytes ? mbps / 8 : mbps) - Lambda2 * ahead);
        return Math.Max(Reach(player, (int)(player.PlayedMs / ChallengeVideo.ChunkMs), player.Arrived) * slowest, threshold);
    }

    /// <summary>(4).</summary>
    private static double Reach(Player player, int from, int to) => to <= from ? 1 : player.Video.Retention[Math.Min(to, player.Video.Chunks)] / player.Video.Retention[Math.Min(from, player.Video.Chunks)];

    /// <summary>(7) to (13) over the next chunks of one video.</summary>
    private readonly ref struct Search(IReadOnlyList<Player> players, int chosen, double mbps, PdasReading reading)
    {
        private readonly Player _player = players[chosen];

        public (int Rendition, double Score) Best()
        {
            var horizon = Math.Min(Horizon, _player.Remaining);
            var best = (Rendition: 0, Score: double.NegativeInfinity);
            for (var rendition = 0; rendition < ChallengeVideo.Kbps.Count; rendition++)
            {
                var previous = _player.Renditions.Count > 0 ? _player.Renditions[^1] : rendition;
                var score = Value(0, horizon, rendition, previous, players[0].BufferMs / 1000.0, _player.BufferMs / 1000.0, players[0].PlayedMs / 1000.0);
                if (score > best.Score) best = (rendition, score);
            }

            return best;
        }

        private double Value(int depth, int horizon, int rendition, int previous, double playingBuffer, double chosenBuffer, double position)
        {
            var chunk = _player.Arrived + depth;
            var megabits = _player.Video.ChunkBytes[rendition][chunk] * 8 / 1e6;
            var time = megabits / mbps;
            var reach = Reach(_player, chosen == 0 ? (int)(players[0].PlayedMs / ChallengeVideo.ChunkMs) : 0, chunk);
            var quality = ChallengeVideo.Kbps[rendition] / 1000.0;
            var change = Math.Abs(quality - ChallengeVideo.Kbps[previous] / 1000.0);
            var score = reach * (quality - change) - reading.RebufferWeight * Rebuffering(time, playingBuffer, chosenBuffer, (int)position)
                - ReplayScore.MegabitWeight * megabits;
            if (depth + 1 == horizon) return score;

            var played = Math.Min(time, playingBuffer);
            var nextPlaying = playingBuffer - played + (chosen == 0 ? 1 : 0);
            var nextChosen = chosen == 0 ? nextPlaying : chosenBuffer + 1;
            var rest = double.NegativeInfinity;
            for (var next = 0; next < ChallengeVideo.Kbps.Count; next++)
                rest = Math.Max(rest, Value(depth + 1, horizon, next, rendition, nextPlaying, nextChosen, position + played));
            return score + rest;
        }

        /// <summary>(10) to (13).</summary>
        private double Rebuffering(double time, double playingBuffer, double chosenBuffer, int position)
        {
            var played = (int)Math.Ceiling(time);
            double expected = 0, reaching = 1;
            for (var j = 0; j < players.Count; j++)
            {
                var from = j == 0 ? position : 0;
                var stays = Reach(players[j], from, from + played);
                var buffer = j == 0 ? playingBuffer : j == chosen ? chosenBuffer : players[j].BufferMs / 1000.0;
                expected += reaching * stays * Math.Max(time - buffer, 0);
                reaching *= 1 - stays;
            }

            return expected;
        }
    }
}

/// <param name="ThresholdInMegabytes">Whether the bandwidth of (6) is in MB/s or in Mb/s.</param>
/// <param name="RebufferWeight">Of (13) in (3): that of the score, or the 4.3 of the RobustMPC that the challenge gave its participants.</param>
internal readonly record struct PdasReading(bool ThresholdInMegabytes, double RebufferWeight)
{
    public static readonly IReadOnlyList<PdasReading> All =
        [new(false, ReplayScore.RebufferWeight), new(false, ChallengeMpc.RebufferWeight), new(true, ReplayScore.RebufferWeight), new(true, ChallengeMpc.RebufferWeight)];
}
