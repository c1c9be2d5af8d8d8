using System.Diagnostics;

namespace TikTok.LocalTests.Transcoder;

/// <summary>Runs ffmpeg or ffprobe as a test's own instrument, beside the code under test.</summary>
internal static class Tool
{
    public sealed record Result(int ExitCode, string Output, string Errors);

    /// <exception cref="InvalidOperationException">It ended with an exit code other than 0.</exception>
    public static async Task<string> RunAsync(string tool, params string[] arguments)
    {
        var result = await TryAsync(tool, arguments);
        return result.ExitCode == 0 ? result.Output : throw new InvalidOperationException($"{tool} {string.Join(' ', arguments)}: {result.Errors}");
    }

    public static async Task<Result> TryAsync(string tool, params string[] arguments)
    {
        var start = new ProcessStartInfo(tool, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return new Result(process.ExitCode, await output, await errors);
    }
}
