using TikTok.Local.Functions.Queues;

namespace TikTok.UnitTests.Functions.Host;

public sealed class WakeupTests
{
    private readonly FakeTime _clock = new();
    private readonly Wakeup _wakeup = new();

    [Fact]
    public async Task A_bell_rung_before_the_wait_ends_it_at_once()
    {
        _wakeup.Ring();
        _wakeup.Ring();

        await _wakeup.WaitAsync(TimeSpan.FromDays(1), _clock, default);

        Assert.False(_wakeup.WaitAsync(TimeSpan.FromDays(1), _clock, new CancellationTokenSource(TimeSpan.FromDays(1)).Token).IsCompleted);
    }

    [Fact]
    public async Task The_delay_ends_the_wait_and_keeps_a_later_bell()
    {
        var waiting = _wakeup.WaitAsync(TimeSpan.FromSeconds(1), _clock, default);
        _clock.Advance(TimeSpan.FromSeconds(1));
        await waiting;

        _wakeup.Ring();

        await _wakeup.WaitAsync(TimeSpan.FromDays(1), _clock, default);
    }

    [Fact]
    public async Task Cancelling_ends_the_wait()
    {
        using var stop = new CancellationTokenSource();
        var waiting = _wakeup.WaitAsync(TimeSpan.FromDays(1), _clock, stop.Token);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }
}
