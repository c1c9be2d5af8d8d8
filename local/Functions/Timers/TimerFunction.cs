using Microsoft.Azure.Functions.Worker;
using TikTok.Local.Functions.Binding;
using TikTok.Local.Functions.Hosting;

namespace TikTok.Local.Functions.Timers;

/// <summary>Runs one function by its schedule. At most one execution at a time; occurrences that pass meanwhile are not made up for.</summary>
internal sealed class TimerFunction(
    HostedFunction function,
    TimerTriggerAttribute trigger,
    TimerSchedule schedule,
    IScheduleStatusStore store,
    Func<TriggerInput, CancellationToken, Task<Exception?>> invoke,
    TimeProvider time)
{
    /// <summary>The longest single wait; a timer of the runtime reaches no further than 49 days.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    public async Task RunAsync(CancellationToken stopping)
    {
        var (status, pastDue) = await BeginAsync(stopping);
        if (pastDue || trigger.RunOnStartup)
        {
            status = await FireAsync(status, pastDue, scheduled: false, stopping);
        }

        while (true)
        {
            await WaitUntilAsync(Utc(status.Next), stopping);
            status = await FireAsync(status, pastDue: false, scheduled: true, stopping);
        }
    }

    /// <summary>
    /// What was remembered, brought up to the present schedule. A schedule that was changed is not past due; one that is unchanged and whose next
    /// occurrence has gone by is.
    /// </summary>
    internal async Task<(ScheduleStatus Status, bool PastDue)> BeginAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (!trigger.UseMonitor)
        {
            return (new ScheduleStatus { Next = schedule.Next(now).UtcDateTime }, false);
        }

        if (await store.ReadAsync(function.FullName, cancellationToken) is not { } status)
        {
            status = new ScheduleStatus { Next = schedule.Next(now).UtcDateTime, LastUpdated = now.UtcDateTime };
            await store.WriteAsync(function.FullName, status, cancellationToken);
            return (status, false);
        }

        var basis = status.Last != default ? Utc(status.Last) : status.LastUpdated != default ? Utc(status.LastUpdated) : now;
        var expected = schedule.Next(basis);
        if (expected != Utc(status.Next))
        {
            if (expected < now)
            {
                (expected, basis) = (schedule.Next(now), now);
            }

            status = new ScheduleStatus { Next = expected.UtcDateTime, LastUpdated = basis.UtcDateTime };
            await store.WriteAsync(function.FullName, status, cancellationToken);
        }

        return (status, now > Utc(status.Next));
    }

    private async Task<ScheduleStatus> FireAsync(ScheduleStatus status, bool pastDue, bool scheduled, CancellationToken stopping)
    {
        stopping.ThrowIfCancellationRequested();
        var at = time.GetUtcNow();
        var info = new TimerInfo { IsPastDue = pastDue, ScheduleStatus = trigger.UseMonitor ? status : null };
        var reason = pastDue ? $"the occurrence of {status.Next:O} was missed" : scheduled ? $"timer of {status.Next:O}" : "run on startup";

        // A failed execution is in the log already; the schedule goes on. One that a stopping host cut short is made up for after the restart.
        if (await invoke(new TimerInput(info, reason), stopping) is not null)
        {
            stopping.ThrowIfCancellationRequested();
        }

        // A clock that wakes us a little early must not bring the same occurrence again.
        var fired = scheduled && Utc(status.Next) > at ? Utc(status.Next) : at;
        var next = new ScheduleStatus { Last = fired.UtcDateTime, Next = schedule.Next(fired).UtcDateTime, LastUpdated = fired.UtcDateTime };
        if (trigger.UseMonitor)
        {
            await store.WriteAsync(function.FullName, next, CancellationToken.None);
        }

        return next;
    }

    private async Task WaitUntilAsync(DateTimeOffset due, CancellationToken stopping)
    {
        while (due - time.GetUtcNow() is var left && left > TimeSpan.Zero)
        {
            await Task.Delay(left < LongestWait ? left : LongestWait, time, stopping);
        }
    }

    private static DateTimeOffset Utc(DateTime time) => new(DateTime.SpecifyKind(time, DateTimeKind.Utc));

    private sealed class TimerInput(TimerInfo info, string reason) : TriggerInput
    {
        public override string Reason { get; } = reason;

        public override ValueTask<object?> BindAsync(Type target, CancellationToken cancellationToken) => ValueTask.FromResult<object?>(info);
    }
}
