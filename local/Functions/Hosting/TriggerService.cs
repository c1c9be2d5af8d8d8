using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace TikTok.Local.Functions.Hosting;

/// <summary>
/// Runs the listeners while the app runs, restarts one whose service was away, and drains on the way down: first nothing new is taken, then what runs
/// is waited for, and only after <see cref="HostOptions.ShutdownTimeout"/> is it cancelled.
/// </summary>
internal sealed class TriggerService(
    IReadOnlyList<ITriggerListener> listeners,
    FunctionInvoker invoker,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<TriggerService> log) : IHostedService
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    /// <summary>How long executions that a drain has cancelled may take to say so to their queues.</summary>
    public static readonly TimeSpan AfterDrain = TimeSpan.FromSeconds(1);

    /// <summary>Cancelled before anything else stops.</summary>
    private readonly CancellationToken _stopping = lifetime.ApplicationStopping;
    private Task _running = Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _running = Task.WhenAll(listeners.Select(KeepRunningAsync));
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        try
        {
            // A listener ends when what it started has ended. Requests are the server's to wait for.
            await _running.WaitAsync(cancellationToken);
            return;
        }
        catch (OperationCanceledException)
        {
            await invoker.AbandonAsync();
        }

        try
        {
            await _running.WaitAsync(AfterDrain, time, CancellationToken.None);
        }
        catch (TimeoutException)
        {
            log.LogWarning("Executions that ignore their cancellation are left behind; what they worked on comes again.");
        }
    }

    private async Task KeepRunningAsync(ITriggerListener listener)
    {
        await Task.Yield();
        var pause = FirstPause;
        while (!_stopping.IsCancellationRequested)
        {
            var started = time.GetTimestamp();
            try
            {
                await listener.RunAsync(_stopping);
                return;
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                // A listener that ran for a while has met a new outage, not the same one.
                pause = time.GetElapsedTime(started) > LongestPause ? FirstPause : pause;
                log.LogWarning("Listener {Listener} begins again in {Pause}: {Reason}", listener.Name, pause, error.Message);
                log.LogDebug(error, "Listener {Listener}", listener.Name);
            }

            try
            {
                await Task.Delay(pause, time, _stopping);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            pause = pause * 2 > LongestPause ? LongestPause : pause * 2;
        }
    }
}
