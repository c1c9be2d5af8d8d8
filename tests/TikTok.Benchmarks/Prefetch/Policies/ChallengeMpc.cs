namespace TikTok.Benchmarks.Prefetch.Policies;

/// <summary>
/// The bit rate chooser of the challenge's No-Save: the best of all sequences for the next five chunks of one video. It is kept as it is published, its
/// carelessness included: the first chunk of a sequence is held against the last one of the sequence before, and the bandwidth is estimated twice a step.
/// </summary>
internal sealed class ChallengeMpc
{
    private const int Horizon = 5;
    public const double RebufferWeight = 4.3;
    private readonly RobustBandwidth _bandwidth = new();

    public void Arrived(long bytes, long delayMs) => _bandwidth.Arrived(bytes, delayMs);

    public int Choose(Player player)
    {
        _bandwidth.Estimate();
        var bandwidth = _bandwidth.Estimate();
        var horizon = Math.Min(Horizon, player.Remaining);
        var rates = ChallengeVideo.Kbps.Count;
        var combinations = (int)Math.Pow(rates, horizon);
        var previous = player.Renditions.Count > 0 ? player.Renditions[^1] : 0;
        var (best, bestReward) = (0, double.NegativeInfinity);
        for (var combination = 0; combination < combinations; combination++)
        {
            double rebuffer = 0, buffer = player.BufferMs, quality = 0, changes = 0;
            var first = combination / (combinations / rates);
            var divisor = combinations;
            for (var k = 0; k < horizon; k++)
            {
                divisor /= rates;
                var rendition = combination / divisor % rates;
                var time = 1000.0 * (player.Video.ChunkBytes[rendition][player.Arrived + k] / 1e6) / bandwidth;
                rebuffer += Math.Max(0, time - buffer);
                buffer = Math.Max(0, buffer - time) + ChallengeVideo.ChunkMs;
                quality += ChallengeVideo.Kbps[rendition];
                changes += Math.Abs(ChallengeVideo.Kbps[rendition] - ChallengeVideo.Kbps[previous]);
                previous = rendition;
            }

            var reward = quality / 1000 - RebufferWeight * rebuffer / 1000 - changes / 1000;
            if (reward >= bestReward) (best, bestReward) = (first, reward);
        }

        return best;
    }
}
