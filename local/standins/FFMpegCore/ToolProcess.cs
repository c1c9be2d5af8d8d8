using System.ComponentModel;
using System.Diagnostics;
using FFMpegCore.Exceptions;

namespace FFMpegCore;

/// <summary>One run of ffmpeg or ffprobe: its lines as they come, its end, and its death when it is not wanted any more.</summary>
internal static class ToolProcess
{
    public sealed record Outcome(int ExitCode, IReadOnlyList<string> Output, IReadOnlyList<string> Errors);

    /// <param name="gracePeriod">After cancellation: how long a <c>q</c> on standard input has to end the tool before it is killed.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled; the process is gone.</exception>
    public static async Task<Outcome> RunAsync(
        string path, string arguments, FFOptions options, Action<string>? onOutput, Action<string>? onError, TimeSpan gracePeriod, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var process = Start(path, arguments, options);
        var output = ReadLinesAsync(process.StandardOutput, onOutput);
        var errors = ReadLinesAsync(process.StandardError, onError);
        try
        {
            await process.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            await EndAsync(process, gracePeriod);
            await Task.WhenAll(output, errors);
            throw;
        }
        return new Outcome(process.ExitCode, await output, await errors);
    }

    private static Process Start(string path, string arguments, FFOptions options)
    {
        var start = new ProcessStartInfo(path, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = options.Encoding,
            StandardErrorEncoding = options.Encoding,
            WorkingDirectory = options.WorkingDirectory,
        };
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new FFMpegException(FFMpegExceptionType.Operation, $"{path} could not be started: {e.Message}", e);
        }
    }

    private static async Task<IReadOnlyList<string>> ReadLinesAsync(StreamReader reader, Action<string>? onLine)
    {
        var lines = new List<string>();
        while (await reader.ReadLineAsync(CancellationToken.None) is { } line)
        {
            lines.Add(line);
            onLine?.Invoke(line);
        }
        return lines;
    }

    private static async Task EndAsync(Process process, TimeSpan gracePeriod)
    {
        try
        {
            if (gracePeriod > TimeSpan.Zero)
            {
                await process.StandardInput.WriteLineAsync("q");
                await process.StandardInput.FlushAsync(CancellationToken.None);
                using var grace = new CancellationTokenSource(gracePeriod);
                await process.WaitForExitAsync(grace.Token);
                return;
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // It does not listen, or not quickly enough.
        }
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync(CancellationToken.None);
    }
}
