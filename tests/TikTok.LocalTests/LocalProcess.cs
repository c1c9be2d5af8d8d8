using System.Diagnostics;
using System.Text;
using TikTok.Local.Up.Supervision;

namespace TikTok.LocalTests;

/// <summary>
/// A subcommand of the local service as a child process: started on free ports, waited for until it says that it is ready, and
/// killed (as by <c>kill -9</c>) with everything that it started.
/// </summary>
public sealed class LocalProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output;

    private LocalProcess(Process process, StringBuilder output, string readyLine)
    {
        (_process, _output, ReadyLine) = (process, output, readyLine);
    }

    /// <summary>The line that said it was ready.</summary>
    public string ReadyLine { get; }

    /// <summary>The process.</summary>
    public int Id => _process.Id;

    /// <summary>Starts a subcommand and waits for a line that contains <paramref name="ready"/>, up to a minute.</summary>
    /// <exception cref="InvalidOperationException">It ended instead; the message is what it printed.</exception>
    public static Task<LocalProcess> StartAsync(string ready, params string[] arguments) =>
        StartAsync("TikTok.Local", ready, new Dictionary<string, string>(StringComparer.Ordinal), arguments);

    /// <summary>Starts any of the product's programs, with settings of its own.</summary>
    /// <inheritdoc cref="StartAsync(string, string[])" />
    public static async Task<LocalProcess> StartAsync(
        string program, string ready, IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, $"{program}.dll"));
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        var output = new StringBuilder();
        var readyLine = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var process = new Process { StartInfo = start, EnableRaisingEvents = true };
        void Take(object sender, DataReceivedEventArgs line)
        {
            lock (output)
            {
                output.AppendLine(line.Data);
            }

            if (line.Data?.Contains(ready, StringComparison.Ordinal) == true)
            {
                readyLine.TrySetResult(line.Data);
            }
        }

        process.OutputDataReceived += Take;
        process.ErrorDataReceived += Take;
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var ended = process.WaitForExitAsync();
        await Task.WhenAny(readyLine.Task, ended, Task.Delay(TimeSpan.FromMinutes(1)));
        if (!readyLine.Task.IsCompletedSuccessfully)
        {
            process.Kill(entireProcessTree: true);
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} did not get ready:\n{output}");
        }

        return new LocalProcess(process, output, await readyLine.Task);
    }

    /// <summary>What it has printed so far.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    /// <summary>Ends the process itself at once; what it started is left to notice.</summary>
    public async Task KillAsync()
    {
        _process.Kill(entireProcessTree: false);
        await _process.WaitForExitAsync();
    }

    /// <summary>Asks it to end, as Ctrl-C and a supervisor do.</summary>
    public void Terminate() => Posix.Terminate(_process.Id);

    /// <summary>Its exit code, once it has ended by itself.</summary>
    /// <exception cref="TimeoutException">It did not within a minute.</exception>
    public async Task<int> ExitCodeAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(1));
        return _process.ExitCode;
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }
}
