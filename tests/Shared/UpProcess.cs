using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace TikTok.Tests.Shared;

/// <summary>The whole local service as a process of its own, as <c>local/up</c> starts it; ended with everything below it on disposal.</summary>
public sealed class UpProcess : IAsyncDisposable
{
    private static readonly TimeSpan ReadyTimeout = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(20);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _pump;

    private UpProcess(Process process, int port, string data)
    {
        _process = process;
        Port = port;
        Data = data;
        process.StandardInput.Close();
        _pump = Task.WhenAll(PumpAsync(process.StandardOutput), PumpAsync(process.StandardError));
    }

    public int Port { get; }
    public string Data { get; }
    public int ProcessId => _process.Id;
    public Uri Api => new($"http://127.0.0.1:{Port}/api/v1/");

    /// <summary>From the start of the process until it said that it was ready.</summary>
    public TimeSpan StartTime { get; private set; }

    /// <summary>Everything it printed so far.</summary>
    public string Output
    {
        get
        {
            lock (_output) return _output.ToString();
        }
    }

    /// <summary>Starts the service over <paramref name="data"/> and answers when it is ready.</summary>
    /// <param name="repositoryRoot">Where <c>TikTok.sln</c> lies.</param>
    /// <param name="data">The directory of its state; kept on disposal.</param>
    /// <param name="arguments">More of <c>local/up</c>'s options.</param>
    /// <exception cref="InvalidOperationException">It ended, or was not ready in two minutes.</exception>
    public static async Task<UpProcess> StartAsync(string repositoryRoot, string data, IEnumerable<string> arguments, TimeProvider time, CancellationToken cancellationToken)
    {
        var port = FreePort();
        var start = new ProcessStartInfo(Path.Combine(LocalPrograms(repositoryRoot), "TikTok.Local"))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var argument in (string[])["up", "--root", repositoryRoot, "--data", data, "--port", $"{port}"]) start.ArgumentList.Add(argument);
        foreach (var argument in arguments) start.ArgumentList.Add(argument);

        var started = time.GetTimestamp();
        var up = new UpProcess(Process.Start(start) ?? throw new InvalidOperationException("up did not start"), port, data);
        try
        {
            var first = await Task.WhenAny(up._ready.Task, up._pump).WaitAsync(ReadyTimeout, time, cancellationToken);
            if (first != up._ready.Task) throw new InvalidOperationException($"up ended before it was ready:\n{up.Output}");
            up.StartTime = time.GetElapsedTime(started);
            return up;
        }
        catch (Exception e)
        {
            var output = up.Output;
            await up.DisposeAsync();
            if (e is TimeoutException) throw new InvalidOperationException($"up was not ready in {ReadyTimeout.TotalSeconds:0} s:\n{output}", e);
            throw;
        }
    }

    /// <summary>SIGTERM, then waits for the end.</summary>
    /// <returns>The exit code.</returns>
    /// <exception cref="TimeoutException">It did not end in time.</exception>
    public async Task<int> StopAsync(CancellationToken cancellationToken)
    {
        using var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
        await kill.WaitForExitAsync(cancellationToken);
        await _process.WaitForExitAsync(cancellationToken).WaitAsync(StopTimeout, cancellationToken);
        await _pump;
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            try
            {
                await StopAsync(CancellationToken.None);
            }
            catch (TimeoutException)
            {
                _process.Kill(); // Its guardian ends the children.
            }
        }
        await _pump;
        _process.Dispose();
    }

    private async Task PumpAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            lock (_output) _output.AppendLine(line);
            if (line.StartsWith("up: ready in ", StringComparison.Ordinal)) _ready.TrySetResult();
        }
    }

    /// <summary>The service's programs in the configuration that this assembly was built in, so that a run tests what it built.</summary>
    private static string LocalPrograms(string repositoryRoot)
    {
        var framework = new DirectoryInfo(AppContext.BaseDirectory);
        return Path.Combine(repositoryRoot, "local", "bin", framework.Parent!.Name, framework.Name);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
