using Microsoft.Extensions.Logging.Abstractions;
using TikTok.Ranker.Serving;

namespace TikTok.UnitTests.Ranker.Serving;

public sealed class StageGuardTests
{
    private static readonly TimeSpan Budget = TimeSpan.FromMilliseconds(25);

    private readonly FakeTime _time = new();
    private readonly StageGuard _guard;
    private int _released;

    public StageGuardTests() => _guard = new StageGuard("ranking", _time, NullLogger.Instance);

    [Fact]
    public async Task Work_in_time_is_done_and_released()
    {
        var outcome = await _guard.RunAsync(() => { }, Budget, Release);

        Assert.Equal((StageOutcome.Done, 1), (outcome, _released));
    }

    [Fact]
    public async Task Work_that_hangs_is_not_waited_for_and_keeps_what_it_works_on()
    {
        using var hanging = new ManualResetEventSlim();
        using var released = new ManualResetEventSlim();
        var running = _guard.RunAsync(hanging.Wait, Budget, released.Set).AsTask();

        _time.Advance(Budget);
        var outcome = await running;

        Assert.Equal(StageOutcome.Late, outcome);
        Assert.False(released.IsSet);
        hanging.Set();
        Assert.True(released.Wait(TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task Work_that_throws_has_failed_and_is_released()
    {
        var outcome = await _guard.RunAsync(() => throw new InvalidOperationException("no"), Budget, Release);

        Assert.Equal((StageOutcome.Failed, 1), (outcome, _released));
    }

    [Fact]
    public async Task Without_time_nothing_is_begun()
    {
        var outcome = await _guard.RunAsync(() => Assert.Fail("begun"), TimeSpan.Zero, Release);

        Assert.Equal((StageOutcome.Late, 1), (outcome, _released));
    }

    [Fact]
    public async Task After_three_failures_in_a_row_it_rests_and_one_tries_again()
    {
        for (var i = 0; i < StageGuard.Tolerated; i++) await _guard.RunAsync(() => throw new InvalidOperationException("no"), Budget, Release);
        var resting = await _guard.RunAsync(() => Assert.Fail("begun"), Budget, Release);

        _time.Advance(StageGuard.RestFor);
        var tried = await _guard.RunAsync(() => throw new InvalidOperationException("still"), Budget, Release);
        var restingAgain = await _guard.RunAsync(() => Assert.Fail("begun"), Budget, Release);
        _time.Advance(StageGuard.RestFor);
        var well = await _guard.RunAsync(() => { }, Budget, Release);
        var next = await _guard.RunAsync(() => { }, Budget, Release);

        Assert.Equal(
            [StageOutcome.Open, StageOutcome.Failed, StageOutcome.Open, StageOutcome.Done, StageOutcome.Done],
            [resting, tried, restingAgain, well, next]);
    }

    private void Release() => Interlocked.Increment(ref _released);
}
