using System.Diagnostics;

namespace TikTok.Benchmarks.Rank;

/// <summary>The system's clock, set to another date: durations are real.</summary>
internal sealed class ShiftedTime(DateTimeOffset start) : TimeProvider
{
    private readonly long _startedAt = Stopwatch.GetTimestamp();

    public override DateTimeOffset GetUtcNow() => start + Stopwatch.GetElapsedTime(_startedAt);
}
