namespace TikTok.Benchmarks.Prefetch.Policies;

/// <summary>The challenge's No-Save: the playing video to its end, then the ones that follow in turns of 800 kB each; bit rate by its RobustMPC. Sleeps only when all is there.</summary>
internal sealed class NoSave : IPolicy
{
    private const double TurnBytes = 800_000;
    private const int SleepMs = 500;
    private readonly ChallengeMpc _mpc = new();

    public Step Next(Observation seen)
    {
        if (seen.DelayMs == 0) return Step.Download(0, 2);
        if (seen.Bytes > 0) _mpc.Arrived(seen.Bytes, seen.DelayMs);
        var chosen = seen.Players[0].Remaining > 0 ? seen.Players[0] : InTurn(seen.Players);
        return chosen is null ? Step.Sleep(SleepMs) : Step.Download(chosen.Index, _mpc.Choose(chosen));
    }

    private static Player? InTurn(IReadOnlyList<Player> players)
    {
        var waiting = players.Skip(1).Where(p => p.Remaining > 0).ToList();
        for (var turn = 1; waiting.Count > 0; turn++)
        {
            if (waiting.FirstOrDefault(p => Bytes(p) < TurnBytes * turn) is { } chosen) return chosen;
        }

        return null;
    }

    private static double Bytes(Player player) => player.Renditions.Select((rendition, chunk) => (double)player.Video.ChunkBytes[rendition][chunk]).Sum();
}
