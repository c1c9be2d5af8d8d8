using Microsoft.Azure.Functions.Worker;
using NCrontab;
using TikTok.Local.Functions.Binding;
using TikTok.Local.Functions.Hosting;
using TikTok.Local.Functions.Timers;

namespace TikTok.UnitTests.Functions.Host;

public sealed class TimerTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 10, 0, 30, TimeSpan.Zero);

    [Theory]
    [InlineData("0 */5 * * * *", "2026-03-01T10:05:00")]
    [InlineData("*/5 * * * *", "2026-03-01T10:05:00")]
    [InlineData("0 30 9 * * MON-FRI", "2026-03-02T09:30:00")]
    [InlineData("00:00:10", "2026-03-01T10:00:40")]
    public void Next_is_the_first_occurrence_after(string schedule, string next) =>
        Assert.Equal(DateTime.Parse(next), TimerSchedule.Parse(schedule).Next(Start).UtcDateTime);

    [Theory]
    [InlineData("0 61 * * * *")]
    [InlineData("* * *")]
    [InlineData("00:00:00")]
    [InlineData("never")]
    public void A_schedule_that_is_none_is_refused(string schedule) => Assert.Throws<CrontabException>(() => TimerSchedule.Parse(schedule));

    [Fact]
    public async Task A_new_timer_remembers_its_first_occurrence_and_is_not_past_due()
    {
        var timer = new Timer();

        var (status, pastDue) = await timer.Function.BeginAsync(default);

        Assert.False(pastDue);
        Assert.Equal(new DateTime(2026, 3, 1, 10, 5, 0), status.Next);
        Assert.Same(status, timer.Store.Status);
    }

    [Fact]
    public async Task An_occurrence_that_went_by_is_past_due()
    {
        var timer = new Timer();
        timer.Store.Status = Status("2026-03-01T09:50:00", "2026-03-01T09:55:00");

        Assert.True((await timer.Function.BeginAsync(default)).PastDue);
    }

    [Fact]
    public async Task A_schedule_that_was_changed_is_not_past_due()
    {
        var timer = new Timer();
        timer.Store.Status = Status("2026-03-01T09:50:00", "2026-03-01T09:51:00");

        var (status, pastDue) = await timer.Function.BeginAsync(default);

        Assert.False(pastDue);
        Assert.Equal(new DateTime(2026, 3, 1, 10, 5, 0), status.Next);
    }

    [Fact]
    public async Task RunAsync_fires_at_each_occurrence_and_remembers_it()
    {
        var timer = new Timer();
        using var stop = new CancellationTokenSource();
        var running = timer.Function.RunAsync(stop.Token);

        timer.Clock.Advance(TimeSpan.FromSeconds(269));
        Assert.Empty(timer.Fired);
        timer.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Single(timer.Fired);
        timer.Clock.Advance(TimeSpan.FromMinutes(5));

        Assert.Equal(["timer of 2026-03-01T10:05:00.0000000Z", "timer of 2026-03-01T10:10:00.0000000Z"], timer.Fired);
        Assert.Equal(new DateTime(2026, 3, 1, 10, 10, 0), timer.Store.Status!.Last);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public async Task RunAsync_makes_up_for_a_missed_occurrence_once()
    {
        var timer = new Timer();
        timer.Store.Status = Status("2026-03-01T06:00:00", "2026-03-01T06:05:00");
        using var stop = new CancellationTokenSource();
        var running = timer.Function.RunAsync(stop.Token);

        Assert.Equal("the occurrence of 2026-03-01T06:05:00.0000000Z was missed", Assert.Single(timer.Fired));
        Assert.Equal(new DateTime(2026, 3, 1, 10, 5, 0), timer.Store.Status.Next);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public async Task An_execution_cut_short_by_the_hosts_end_stays_due()
    {
        var timer = new Timer();
        var before = timer.Store.Status = Status("2026-03-01T06:00:00", "2026-03-01T06:05:00");
        using var stop = new CancellationTokenSource();
        timer.Behaviour = () =>
        {
            stop.Cancel();
            return new OperationCanceledException();
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => timer.Function.RunAsync(stop.Token));

        Assert.Same(before, timer.Store.Status);
    }

    private static ScheduleStatus Status(string last, string next) => new()
    {
        Last = DateTime.SpecifyKind(DateTime.Parse(last), DateTimeKind.Utc),
        LastUpdated = DateTime.SpecifyKind(DateTime.Parse(last), DateTimeKind.Utc),
        Next = DateTime.SpecifyKind(DateTime.Parse(next), DateTimeKind.Utc),
    };

    private sealed class Timer
    {
        public Timer()
        {
            var hosted = FunctionCatalog.Find([typeof(Functions)])[0];
            Function = new TimerFunction(
                hosted, (TimerTriggerAttribute)hosted.Trigger, TimerSchedule.Parse("0 */5 * * * *"), Store,
                (input, _) =>
                {
                    Fired.Add(input.Reason);
                    return Task.FromResult(Behaviour());
                },
                Clock);
        }

        public FakeTime Clock { get; } = new(Start);

        public MemoryStore Store { get; } = new();

        public List<string> Fired { get; } = [];

        public Func<Exception?> Behaviour { get; set; } = () => null;

        public TimerFunction Function { get; }
    }

    private sealed class MemoryStore : IScheduleStatusStore
    {
        public ScheduleStatus? Status { get; set; }

        public Task<ScheduleStatus?> ReadAsync(string function, CancellationToken cancellationToken) => Task.FromResult(Status);

        public Task WriteAsync(string function, ScheduleStatus status, CancellationToken cancellationToken)
        {
            Status = status;
            return Task.CompletedTask;
        }
    }

    public sealed class Functions
    {
        [Function("Tick")]
        public void Run([TimerTrigger("0 */5 * * * *")] TimerInfo timer) => _ = timer;
    }
}
