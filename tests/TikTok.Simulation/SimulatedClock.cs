namespace TikTok.Simulation;

/// <summary>The world's time, which stands still while the service works: nothing in a simulation runs out of its deadline, and every run is the same.</summary>
public sealed class SimulatedClock(DateTimeOffset start) : TimeProvider
{
    private DateTimeOffset _now = start;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public void MoveTo(DateTimeOffset now) => _now = now > _now ? now : _now;

    public override DateTimeOffset GetUtcNow() => _now;

    public override long GetTimestamp() => _now.UtcTicks;

    /// <summary>A timer that never rings.</summary>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => new SilentTimer();

    private sealed class SilentTimer : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
            // It holds nothing.
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
