using TikTok.Functions.Platform;

namespace TikTok.UnitTests.Platform;

public sealed class DeadlineTests
{
    private readonly FakeTime _time = new();

    [Fact]
    public async Task Work_that_is_done_in_time_is_answered() =>
        Assert.Equal(1, await Deadline.RunAsync(TimeSpan.FromSeconds(2), _time, _ => Task.FromResult(1), CancellationToken.None));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Work_that_hangs_is_given_up_whether_or_not_it_heeds_its_token(bool heeds)
    {
        var waiting = Deadline.RunAsync(
            TimeSpan.FromSeconds(2), _time, token => new TaskCompletionSource<int>().Task.WaitAsync(heeds ? token : CancellationToken.None), CancellationToken.None);

        _time.Advance(TimeSpan.FromSeconds(2));

        await Assert.ThrowsAsync<TimeoutException>(() => waiting);
        Assert.Equal(503, ProblemMiddleware.ProblemOf(new TimeoutException()).Status);
        Assert.NotNull(ProblemMiddleware.ProblemOf(new TimeoutException()).RetryAfter);
    }

    [Fact]
    public async Task Whoever_gives_up_themselves_hears_of_no_deadline()
    {
        using var caller = new CancellationTokenSource();
        var waiting = Deadline.RunAsync(TimeSpan.FromSeconds(2), _time, _ => new TaskCompletionSource<int>().Task, caller.Token);

        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public async Task An_inner_deadline_leaves_the_outer_one_to_be_told_of()
    {
        var waiting = Deadline.RunAsync(
            TimeSpan.FromSeconds(2), _time, token => Deadline.RunAsync(TimeSpan.FromSeconds(5), _time, _ => new TaskCompletionSource<int>().Task, token), CancellationToken.None);

        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.Contains("2000 ms", (await Assert.ThrowsAsync<TimeoutException>(() => waiting)).Message, StringComparison.Ordinal);
    }
}
