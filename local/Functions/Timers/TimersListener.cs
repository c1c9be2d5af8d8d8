using TikTok.Local.Functions.Hosting;

namespace TikTok.Local.Functions.Timers;

/// <summary>Runs every timer function while this instance holds the host's lock.</summary>
internal sealed class TimersListener(IReadOnlyList<TimerFunction> timers, HostLock hostLock) : ITriggerListener
{
    public string Name => "timers";

    public Task RunAsync(CancellationToken stopping) => hostLock.HoldAsync(RunAllAsync, stopping);

    private async Task RunAllAsync(CancellationToken held)
    {
        using var together = CancellationTokenSource.CreateLinkedTokenSource(held);
        var running = timers.Select(timer => timer.RunAsync(together.Token)).ToList();

        // One that fails, because storage is away, takes the others with it; all begin again together.
        await Task.WhenAny(running);
        await together.CancelAsync();
        await Task.WhenAll(running);
    }
}
