using TikTok.Core.Documents;
using TikTok.Core.Events;

namespace TikTok.Functions.Analytics;

public static class WatchCompletion
{
    /// <summary>The share of the video that was watched, 0 to 1: a video that looped was watched whole.</summary>
    public static double Of(WatchFacts watch) => watch.TotalDurationMs <= 0 ? 0 : Math.Clamp((double)watch.WatchDurationMs / watch.TotalDurationMs, 0, 1);

    /// <summary>One view's part of a completion curve: 1 for every tenth of the video that it reached.</summary>
    public static IReadOnlyList<long> Curve(WatchFacts watch)
    {
        // In whole numbers: three tenths of a video must count as three tenths.
        var tenths = watch.TotalDurationMs <= 0 ? 0 : watch.WatchDurationMs * Tally.Deciles / watch.TotalDurationMs;
        return [.. Enumerable.Range(1, Tally.Deciles).Select(tenth => tenths >= tenth ? 1L : 0L)];
    }
}
