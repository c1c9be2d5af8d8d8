using TikTok.Core.Telemetry;

namespace TikTok.Ranker.Serving;

/// <summary>Measures stages that follow one another.</summary>
public struct StageClock(TimeProvider time)
{
    private long _startedAt = time.GetTimestamp();

    /// <summary>The stage that began when the one before was done ends here.</summary>
    public void Done(string stage)
    {
        var now = time.GetTimestamp();
        Metrics.RankStageDuration.Record(time.GetElapsedTime(_startedAt, now).TotalSeconds, new KeyValuePair<string, object?>("stage", stage));
        _startedAt = now;
    }
}
