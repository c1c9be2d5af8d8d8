using System.ComponentModel;

namespace TikTok.Local.Up.Supervision;

/// <summary>Keeps one service running: starts it, waits for its ready line, starts it again when it dies, stops it when told.</summary>
public sealed class SupervisedService : IAsyncDisposable
{
    /// <summary>A service that was never ready is given up after this many deaths; one that was, never.</summary>
    public const int StartAttempts = 4;

    private readonly ServiceDefinition _definition;
    private readonly ProcessGuardian _guardian;
    private readonly RotatingLog _log;
    private readonly TimeProvider _time;
    private readonly Action<string> _report;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _firstReady = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _loop = Task.CompletedTask;
    private volatile ServiceSnapshot _snapshot;

    /// <param name="definition">What to run.</param>
    /// <param name="guardian">Takes over should this process vanish.</param>
    /// <param name="log">Receives everything the service prints; disposed with the service.</param>
    /// <param name="time">The clock.</param>
    /// <param name="report">Receives one line per event worth telling: ready, died, started again.</param>
    public SupervisedService(ServiceDefinition definition, ProcessGuardian guardian, RotatingLog log, TimeProvider time, Action<string> report)
    {
        _definition = definition;
        _guardian = guardian;
        _log = log;
        _time = time;
        _report = report;
        _snapshot = new ServiceSnapshot(definition.Name, ServiceState.Waiting, definition.Address, null, 0, null);
    }

    public string Name => _definition.Name;

    public ServiceSnapshot Snapshot => _snapshot;

    /// <summary>Starts the service and answers when it is ready for the first time.</summary>
    /// <exception cref="ServiceStartException">It died or stayed silent <see cref="StartAttempts"/> times in a row.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _loop = RunAsync();
        await _firstReady.Task.WaitAsync(cancellationToken);
    }

    /// <summary>SIGTERM, the definition's grace, SIGKILL. Answers when nothing of it is left.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _loop;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
        _log.Dispose();
    }

    private async Task RunAsync()
    {
        var backoff = new RestartBackoff();
        while (!_stop.IsCancellationRequested)
        {
            var ranFor = await RunOnceAsync();
            if (_stop.IsCancellationRequested) break;

            if (!_firstReady.Task.IsCompleted && _snapshot.Restarts + 1 >= StartAttempts)
            {
                Change(s => s with { State = ServiceState.Failed });
                _firstReady.TrySetException(new ServiceStartException($"{Name} did not start: {_snapshot.LastError}"));
                return;
            }
            var delay = backoff.Next(ranFor);
            Change(s => s with { State = ServiceState.Restarting, Restarts = s.Restarts + 1 });
            _report($"{Name} {_snapshot.LastError}; starting it again in {delay.TotalSeconds:0.0} s (restart {_snapshot.Restarts})");
            await Task.Delay(delay, _time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        Change(s => s with { State = ServiceState.Stopped, ProcessId = null });
        _firstReady.TrySetCanceled(CancellationToken.None);
    }

    /// <returns>How long the process was ready before it ended.</returns>
    private async Task<TimeSpan> RunOnceAsync()
    {
        var started = _time.GetTimestamp();
        Change(s => s with { State = ServiceState.Starting });
        ChildProcess child;
        try
        {
            child = ChildProcess.Start(_definition, _guardian, OnLine, OnErrorOutput);
        }
        catch (Win32Exception e)
        {
            Change(s => s with { LastError = e.Message });
            return TimeSpan.Zero;
        }

        using (child)
        {
            Change(s => s with { ProcessId = child.Id });
            _log.WriteLine($"--- {_time.GetUtcNow():O} process {child.Id} started");
            var silence = Task.Delay(_definition.ReadyTimeout, _time, _stop.Token);
            var first = await Task.WhenAny(child.Ready, child.Exited, silence);
            if (first == silence)
            {
                var wasStopped = _stop.IsCancellationRequested;
                await StopChildAsync(child);
                if (!wasStopped) Change(s => s with { LastError = $"said nothing of being ready within {_definition.ReadyTimeout.TotalSeconds:0} s" });
                return TimeSpan.Zero;
            }
            if (first == child.Exited)
            {
                await DiedAsync(child);
                return TimeSpan.Zero;
            }

            var ready = _time.GetTimestamp();
            Change(s => s with { State = ServiceState.Running });
            _report($"{Name} ready{(_definition.Address is { } address ? $" on {address}" : "")} in {_time.GetElapsedTime(started).TotalSeconds:0.0} s");
            _firstReady.TrySetResult();

            await Task.WhenAny(child.Exited, Task.Delay(Timeout.InfiniteTimeSpan, _time, _stop.Token));
            if (child.Exited.IsCompleted) await DiedAsync(child);
            else await StopChildAsync(child);
            return _time.GetElapsedTime(ready);
        }
    }

    private async Task StopChildAsync(ChildProcess child)
    {
        if (_stop.IsCancellationRequested) Change(s => s with { State = ServiceState.Stopping });
        await child.StopAsync(_definition.StopGrace, _time);
        _log.WriteLine($"--- {_time.GetUtcNow():O} process {child.Id} stopped");
        Change(s => s with { ProcessId = null });
    }

    private async Task DiedAsync(ChildProcess child)
    {
        var code = await child.Exited;
        // A shell's convention, which .NET keeps: 128 + the signal that ended it.
        var how = code > 128 ? $"was ended by signal {code - 128}" : $"ended with code {code}";
        var last = _snapshot.LastError;
        Change(s => s with { ProcessId = null, LastError = last is null || _firstReady.Task.IsCompleted ? how : $"{how}: {last}" });
        _log.WriteLine($"--- {_time.GetUtcNow():O} process {child.Id} {how}");
    }

    private void OnLine(string line)
    {
        _log.WriteLine(line);
        if (ErrorLines.IsError(line)) Change(s => s with { LastError = line.Trim() });
    }

    private void OnErrorOutput(string line)
    {
        _log.WriteLine(line);
        if (line.Length > 0 && (!_firstReady.Task.IsCompleted || ErrorLines.IsError(line))) Change(s => s with { LastError = line.Trim() });
    }

    private void Change(Func<ServiceSnapshot, ServiceSnapshot> change)
    {
        ServiceSnapshot before, after;
        do
        {
            before = _snapshot;
            after = change(before);
        }
        while (Interlocked.CompareExchange(ref _snapshot, after, before) != before);
    }
}
