using System.Diagnostics;
using System.Text.Json;

namespace TikTok.Benchmarks.Prefetch;

/// <summary>The challenge's public simulator, where it has been fetched: Python, in a process of its own.</summary>
internal sealed class PublicSimulator(string directory, string driver)
{
    private const string Python = "/usr/bin/python3";

    /// <param name="Policy"><c>no_save</c> and <c>fixed_preload</c> are its own; <c>steps</c> takes the ones given.</param>
    public sealed record Session(string Policy, string Class, int Trace, IReadOnlyList<int[]>? Steps);

    /// <summary>The challenge's own viewer in each session.</summary>
    /// <exception cref="InvalidOperationException">It broke; the message is its own.</exception>
    public async Task<IReadOnlyList<double>> ScoreAsync(IReadOnlyList<Session> sessions, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.Combine(directory, "logs", "sample_user"));
        using var process = Process.Start(new ProcessStartInfo(Python, [driver])
        {
            WorkingDirectory = directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        await JsonSerializer.SerializeAsync(process.StandardInput.BaseStream, sessions, JsonSerializerOptions.Web, cancellationToken);
        process.StandardInput.Close();
        await process.WaitForExitAsync(cancellationToken);
        if (process.ExitCode != 0) throw new InvalidOperationException($"The public simulator broke: {await errors}");
        return [.. JsonSerializer.Deserialize<double[][]>(await output)!.Select(result => result[0])];
    }
}
