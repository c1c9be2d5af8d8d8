namespace TikTok.Benchmarks.Prefetch.Policies;

/// <summary>
/// The challenge's Fixed-Preload: the playing video to its end, then up to four chunks of each that follows, in order, as far as enough viewers get there;
/// bit rate by what is buffered.
/// </summary>
internal sealed class FixedPreload : IPolicy
{
    private const int Chunks = 4;
    private const double LeastProbability = 0.65;
    private const int SleepMs = 500;

    public Step Next(Observation seen)
    {
        if (seen.DelayMs == 0) return Step.Download(0, 0);
        var chosen = seen.Players[0].Remaining > 0 ? seen.Players[0] : seen.Players.Skip(1).FirstOrDefault(IsWorthIt);
        return chosen is null ? Step.Sleep(SleepMs) : Step.Download(chosen.Index, chosen.BufferMs switch { > 2000 => 2, > 1000 => 1, _ => 0 });
    }

    private static bool IsWorthIt(Player player) =>
        player.Arrived < Chunks && player.Remaining > 0 && player.Video.Retention[player.Arrived] > LeastProbability;
}
