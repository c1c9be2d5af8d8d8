using System.Diagnostics;

namespace TikTok.Local.Up.Supervision;

/// <summary>One run of a service: a process that leads a session and group of its own, so that Ctrl-C in the terminal reaches only the supervisor.</summary>
internal sealed class ChildProcess : IDisposable
{
    private readonly Process _process;
    private readonly ProcessGuardian _guardian;
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _output;

    private ChildProcess(Process process, ProcessGuardian guardian, string readyMark, Action<string> onOutput, Action<string> onError)
    {
        _process = process;
        _guardian = guardian;
        guardian.Add(process.Id);
        process.StandardInput.Close();
        _output = Task.WhenAll(
            PumpAsync(process.StandardOutput, line =>
            {
                onOutput(line);
                if (line.Contains(readyMark, StringComparison.Ordinal)) _ready.TrySetResult();
            }),
            PumpAsync(process.StandardError, onError));
        Exited = WaitAsync();
    }

    public int Id => _process.Id;

    /// <summary>Completes when the ready line was printed; never, when it was not.</summary>
    public Task Ready => _ready.Task;

    /// <summary>Completes with the exit code when the process has ended and its group was cleared.</summary>
    public Task<int> Exited { get; }

    public static ChildProcess Start(ServiceDefinition definition, ProcessGuardian guardian, Action<string> onOutput, Action<string> onError)
    {
        // setsid does not fork here: a process just forked leads no group, so the process id that we see is the service's own.
        var start = new ProcessStartInfo("setsid")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = definition.WorkingDirectory ?? "",
        };
        start.ArgumentList.Add(definition.FileName);
        foreach (var argument in definition.Arguments) start.ArgumentList.Add(argument);
        foreach (var (name, value) in definition.Environment) start.Environment[name] = value;
        var process = Process.Start(start) ?? throw new InvalidOperationException($"{definition.FileName} did not start.");
        return new ChildProcess(process, guardian, definition.ReadyMark, onOutput, onError);
    }

    /// <summary>SIGTERM, and SIGKILL to the whole group when <paramref name="grace"/> is over.</summary>
    public async Task StopAsync(TimeSpan grace, TimeProvider time)
    {
        Posix.Terminate(_process.Id);
        try
        {
            await Exited.WaitAsync(grace, time, CancellationToken.None);
        }
        catch (TimeoutException)
        {
            Posix.KillGroup(_process.Id);
            await Exited;
        }
    }

    public void Dispose() => _process.Dispose();

    private async Task<int> WaitAsync()
    {
        await _process.WaitForExitAsync(CancellationToken.None);
        // What it started itself must not outlive it: it would hold ports and files that the next run needs.
        Posix.KillGroup(_process.Id);
        _guardian.Drop(_process.Id);
        await _output;
        return _process.ExitCode;
    }

    private static async Task PumpAsync(StreamReader reader, Action<string> sink)
    {
        while (await reader.ReadLineAsync() is { } line) sink(line);
    }
}
