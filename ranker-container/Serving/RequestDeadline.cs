namespace TikTok.Ranker.Serving;

/// <summary>When the caller stops listening. Each stage asks what is left and does what fits into it.</summary>
public readonly struct RequestDeadline(TimeProvider time, long startedAt, TimeSpan total)
{
    public TimeSpan Elapsed => time.GetElapsedTime(startedAt);

    public TimeSpan Remaining => total - Elapsed;

    public static RequestDeadline In(TimeProvider time, TimeSpan total) => new(time, time.GetTimestamp(), total);

    public bool Allows(TimeSpan work) => Remaining >= work;
}
