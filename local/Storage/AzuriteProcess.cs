using System.ComponentModel;
using System.Diagnostics;

namespace TikTok.Local.Storage;

/// <summary>The real Azurite as a child process on ports of its own: started, restarted when it ends, gone when this process is.</summary>
/// <param name="workspace">Azurite's workspace, which this process holds.</param>
/// <param name="nodeModules">The <c>node_modules</c> folder that holds it.</param>
/// <param name="time">The clock of the waits between starts.</param>
internal sealed class AzuriteProcess(AzuriteWorkspace workspace, string nodeModules, TimeProvider time) : IAsyncDisposable
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Steady = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _stopping = new();
    private volatile TaskCompletionSource<AzuriteEndpoints> _ready = NewReady();
    private Task _supervision = Task.CompletedTask;

    /// <summary>How often it had to be started again.</summary>
    public int Restarts { get; private set; }

    /// <summary>Its process id while it runs.</summary>
    public int? ProcessId { get; private set; }

    /// <summary>Whether it listens.</summary>
    public bool IsReady => ProcessId is not null && _ready.Task.IsCompletedSuccessfully;

    /// <summary>Starts it and keeps it started.</summary>
    public void Start() => _supervision = SuperviseAsync();

    /// <summary>Where it listens; waits for it while it starts.</summary>
    /// <exception cref="TimeoutException">It did not get ready within <paramref name="patience"/>.</exception>
    /// <exception cref="InvalidOperationException">It cannot be started at all.</exception>
    public Task<AzuriteEndpoints> EndpointsAsync(TimeSpan patience, CancellationToken cancellationToken) =>
        _ready.Task.WaitAsync(patience, time, cancellationToken);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _supervision;
        _stopping.Dispose();
    }

    private static TaskCompletionSource<AzuriteEndpoints> NewReady() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task SuperviseAsync()
    {
        var wait = FirstWait;
        while (!_stopping.IsCancellationRequested)
        {
            var started = time.GetTimestamp();
            try
            {
                await RunAsync();
            }
            catch (Win32Exception missing)
            {
                _ready.TrySetException(new InvalidOperationException("Azurite needs Node.js 18.19 or later: " + missing.Message, missing));
                return;
            }

            if (_stopping.IsCancellationRequested)
            {
                return;
            }

            Restarts++;
            _ready = NewReady();
            wait = time.GetElapsedTime(started) > Steady ? FirstWait : wait;
            Console.Error.WriteLine($"Azurite ended; starting it again in {wait.TotalMilliseconds:0} ms.");
            await Task.Delay(wait, time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            wait = wait * 2 < LongestWait ? wait * 2 : LongestWait;
        }
    }

    private async Task RunAsync()
    {
        using var process = new Process { StartInfo = StartInfo() };
        var endpoints = new AzuriteEndpoints.Builder();
        process.OutputDataReceived += (_, line) =>
        {
            if (endpoints.Take(line.Data) is { } complete)
            {
                _ready.TrySetResult(complete);
            }
        };
        process.ErrorDataReceived += (_, line) =>
        {
            if (!string.IsNullOrEmpty(line.Data))
            {
                Console.Error.WriteLine(line.Data);
            }
        };
        process.Start();
        ProcessId = process.Id;
        workspace.Note(process.Id);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        await process.WaitForExitAsync(_stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        ProcessId = null;
        if (!process.HasExited)
        {
            process.StandardInput.Close();
            await process.WaitForExitAsync(CancellationToken.None);
        }
    }

    // Its standard input is a pipe that nobody writes to: when this process ends, in whatever way, the pipe ends and so does Azurite
    // (see azurite-preload.cjs). PR_SET_PDEATHSIG would fire when the starting thread ends, and pool threads do.
    private ProcessStartInfo StartInfo()
    {
        var start = new ProcessStartInfo("node")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        string[] arguments =
        [
            "--require", Path.Combine(AppContext.BaseDirectory, "Storage", AzuriteWorkspace.Preload),
            Path.Combine(nodeModules, "azurite", "dist", "src", "azurite.js"),
            "--silent", "--skipApiVersionCheck", "--disableTelemetry", "--disableProductStyleUrl", "--loose",
            "--location", workspace.Path,
            "--blobHost", "127.0.0.1", "--blobPort", "0",
            "--queueHost", "127.0.0.1", "--queuePort", "0",
            "--tableHost", "127.0.0.1", "--tablePort", "0",
        ];
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return start;
    }
}

/// <summary>Where Azurite listens.</summary>
internal sealed record AzuriteEndpoints(Uri Blob, Uri Queue)
{
    /// <summary>Gathers the addresses from what Azurite prints.</summary>
    internal sealed class Builder
    {
        private Uri? _blob;
        private Uri? _queue;

        /// <summary>Takes a line; gives the addresses once both are known.</summary>
        public AzuriteEndpoints? Take(string? line)
        {
            const string Listening = " service is successfully listening at ";
            if (line?.IndexOf(Listening, StringComparison.Ordinal) is not ({ } at and >= 0)
                || !Uri.TryCreate(line[(at + Listening.Length)..].Trim(), UriKind.Absolute, out var address))
            {
                return null;
            }

            _blob = line.StartsWith("Azurite Blob", StringComparison.Ordinal) ? address : _blob;
            _queue = line.StartsWith("Azurite Queue", StringComparison.Ordinal) ? address : _queue;
            return _blob is not null && _queue is not null ? new AzuriteEndpoints(_blob, _queue) : null;
        }
    }
}
