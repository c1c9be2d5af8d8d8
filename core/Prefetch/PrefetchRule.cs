namespace TikTok.Core.Prefetch;

/// <summary>
/// What to download next, and how good, or to wait: drift plus penalty over a short look-ahead. Of every possible action the rule plays a fixed set of futures (when the
/// viewer swipes, by the retention curves; how fast the network is, by its estimate) and takes the action whose mean of
/// <c>L(end) − L(now) + V · rebuffering + price · megabits − quality + changes of bit rate</c> is least, with the Lyapunov function
/// <c>L = ½ Σ weight · (target − buffer)²</c> over the videos that are short of their target. A pure function: the same state gives the same answer everywhere.
/// </summary>
public static class PrefetchRule
{
    public static PrefetchDecision Decide(PrefetchState state, PrefetchParameters parameters)
    {
        if (state.Queue.Count == 0) return PrefetchDecision.Wait(parameters.WaitSeconds);
        var lookahead = new Lookahead(state, parameters);
        var best = PrefetchDecision.Wait(parameters.WaitSeconds);
        var leastCost = IsStalled(state.Queue) ? double.PositiveInfinity : lookahead.Cost(PrefetchDecision.Wait(parameters.JudgedWaitSeconds));
        for (var video = 0; video < Math.Min(state.Queue.Count, 1 + parameters.Ahead); video++)
        {
            // Nothing is begun before what is shown before it.
            if (video > 0 && state.Queue[video - 1].Downloaded == 0) break;
            if (state.Queue[video].Downloaded == state.Queue[video].Chunks) continue;
            for (var rendition = 0; rendition < state.Queue[video].Renditions.Count; rendition++)
            {
                var cost = lookahead.Cost(PrefetchDecision.Download(video, rendition));
                if (cost < leastCost) (best, leastCost) = (PrefetchDecision.Download(video, rendition), cost);
            }
        }

        return best;
    }

    /// <summary>Nobody waits for the network and for the rule at once: a look-ahead that ends before a slow download does could prefer that.</summary>
    private static bool IsStalled(IReadOnlyList<QueuedVideo> queue) => queue[0].BufferSeconds <= 0 && queue[0].Downloaded < queue[0].Chunks;
}
