using TikTok.Local.Functions.Queues;
using TikTok.Local.Jobs;

namespace TikTok.UnitTests.Jobs;

public sealed class JobRunnerTests
{
    private readonly FakeTime _clock = new();
    private readonly Wakeup _wakeup = new();
    private readonly JobDefinition _job = new("transcode-jobs", "transcoder", MaxExecutions: 2, TimeSpan.FromMinutes(1));
    private readonly MemoryQueue _queue = new();
    private readonly List<TaskCompletionSource<int?>> _executions = [];

    [Fact]
    public async Task An_execution_starts_for_each_message_up_to_the_maximum_and_the_next_when_one_ends()
    {
        _queue.Visible = 3;
        await using var running = Run();
        await Until(() => _executions.Count == 2);

        _queue.Visible = 1;
        _clock.Advance(JobScaling.StartUp);
        _executions[0].SetResult(0);

        await Until(() => _executions.Count == 3);
    }

    [Fact]
    public async Task A_signal_starts_an_execution_at_once()
    {
        await using var running = Run();
        _queue.Visible = 1;

        _wakeup.Ring();

        await Until(() => _executions.Count == 1);
    }

    [Fact]
    public async Task Without_a_signal_the_queue_is_looked_at_now_and_then()
    {
        await using var running = Run();
        await Until(() => _queue.Looks == 1);
        _queue.Visible = 1;

        _clock.Advance(JobRunner.IdlePoll);

        await Until(() => _executions.Count == 1);
    }

    [Fact]
    public async Task A_program_that_fails_at_once_is_not_started_again_at_once()
    {
        _queue.Visible = 1;
        await using var running = Run();
        await Until(() => _executions.Count == 1);

        _executions[0].SetResult(1);
        await Until(() => _queue.Looks > 1);
        _executions[^1].TrySetResult(1);
        var started = _executions.Count;
        for (var i = 0; i < 20; i++)
        {
            await Task.Yield();
        }

        Assert.InRange(_executions.Count, started, started + 1);
    }

    private Running Run()
    {
        var stop = new CancellationTokenSource();
        var runner = new JobRunner(
            _job, _queue,
            (_, _, stopping) =>
            {
                var execution = new TaskCompletionSource<int?>();
                stopping.Register(() => execution.TrySetResult(null));
                lock (_executions)
                {
                    _executions.Add(execution);
                }

                return execution.Task;
            },
            _wakeup, _clock, _ => { });
        return new Running(runner.RunAsync(stop.Token), stop);
    }

    private static async Task Until(Func<bool> condition)
    {
        while (!condition())
        {
            await Task.Yield();
        }
    }

    private sealed class MemoryQueue : IJobQueue
    {
        public int Visible { get; set; }

        public int Looks { get; private set; }

        public Task<int> VisibleAsync(CancellationToken cancellationToken)
        {
            Looks++;
            return Task.FromResult(Visible);
        }
    }

    private sealed class Running(Task task, CancellationTokenSource stop) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await stop.CancelAsync();
            await task;
            stop.Dispose();
        }
    }
}
