using Azure;
using TikTok.Local.Functions.Queues;

namespace TikTok.Local.Jobs;

/// <summary>
/// Does for one job what the scaler of Azure Container Apps does: looks at its queue, when told to and now and then, and starts executions for the
/// messages that wait. Executions take their messages themselves.
/// </summary>
internal sealed class JobRunner(JobDefinition job, IJobQueue queue, StartExecution start, Wakeup wakeup, TimeProvider time, Action<string> print)
{
    /// <summary>Between looks without a sign, idle and while something runs.</summary>
    internal static readonly TimeSpan IdlePoll = TimeSpan.FromSeconds(15);
    internal static readonly TimeSpan BusyPoll = TimeSpan.FromSeconds(2);

    private readonly Dictionary<Task, long> _running = [];
    private int _quickFailures;
    private long _count;

    public async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            while (true)
            {
                foreach (var ended in _running.Keys.Where(task => task.IsCompleted).ToList())
                {
                    _running.Remove(ended);
                }

                await StartAsync(stopping);
                if (JobScaling.PauseAfter(_quickFailures) is var pause && pause > TimeSpan.Zero)
                {
                    await Task.Delay(pause, time, stopping);
                }

                await wakeup.WaitAsync(_running.Count > 0 ? BusyPoll : IdlePoll, time, stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            await Task.WhenAll(_running.Keys);
        }
    }

    private async Task StartAsync(CancellationToken stopping)
    {
        try
        {
            if (_running.Count >= job.MaxExecutions)
            {
                return;
            }

            var visible = await queue.VisibleAsync(stopping);
            var ages = _running.Values.Select(started => time.GetElapsedTime(started)).ToList();
            for (var left = JobScaling.ToStart(visible, ages, job.MaxExecutions); left > 0; left--)
            {
                _running.Add(ExecuteAsync(stopping), time.GetTimestamp());
            }
        }
        catch (Exception error) when (error is RequestFailedException or AggregateException && !stopping.IsCancellationRequested)
        {
            print($"{job.Queue}: cannot be looked at: {error.Message.ReplaceLineEndings(" ")}");
        }
    }

    private async Task ExecuteAsync(CancellationToken stopping)
    {
        await Task.Yield();
        var execution = $"{job.Queue}-{Interlocked.Increment(ref _count)}";
        var started = time.GetTimestamp();
        try
        {
            var code = await start(job, execution, stopping);
            var quick = time.GetElapsedTime(started) < JobScaling.StartUp;
            _quickFailures = code is not (null or 0) && quick ? _quickFailures + 1 : 0;
            if (code is not (null or 0))
            {
                print($"{execution}: failed with exit code {code}.");
            }
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            _quickFailures++;
            print($"{execution}: could not be started: {error.Message}");
        }
        finally
        {
            wakeup.Ring();
        }
    }
}
