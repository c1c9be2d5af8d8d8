using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace TikTok.Benchmarks.Hnsw;

/// <summary>nmslib/hnswlib in a process of its own: <c>Peers/hnswlib_driver.cpp</c> compiled against the header that is given, as its authors compile it.</summary>
internal sealed class HnswlibPeer : IDisposable
{
    private readonly Process _process;
    private readonly string _results;

    private HnswlibPeer(Process process, string results) => (_process, _results) = (process, results);

    /// <summary>Processor time of the build.</summary>
    public double BuildSeconds { get; private set; }

    /// <summary>Anonymous memory that came with the index.</summary>
    public double Bytes { get; private set; }

    /// <summary>Compiles the driver.</summary>
    /// <param name="header">The directory with the folder <c>hnswlib</c> of headers.</param>
    /// <returns>The program.</returns>
    /// <exception cref="InvalidOperationException">It does not compile.</exception>
    public static async Task<string> CompileAsync(string repositoryRoot, string header, string into, CancellationToken cancellationToken)
    {
        var program = Path.Combine(into, "hnswlib_driver");
        using var compiler = Start(
            "g++", "-std=c++17", "-O3", "-march=native", "-DNDEBUG", "-pthread", "-I", header, "-o", program,
            Path.Combine(repositoryRoot, "tests", "TikTok.Benchmarks", "Peers", "hnswlib_driver.cpp"));
        await compiler.WaitForExitAsync(cancellationToken);
        return compiler.ExitCode == 0 ? program : throw new InvalidOperationException("The driver of hnswlib does not compile; see above.");
    }

    /// <summary>Builds an index over the file of vectors, on one thread.</summary>
    public static async Task<HnswlibPeer> BuildAsync(
        string program, string basePath, string queryPath, int dimension, int m, int efConstruction, CancellationToken cancellationToken)
    {
        var process = Start(program, basePath, queryPath, Number(dimension), Number(m), Number(efConstruction));
        var peer = new HnswlibPeer(process, queryPath + ".found");
        var built = await peer.AnswerAsync("built", cancellationToken);
        (peer.BuildSeconds, peer.Bytes) = (built[0], built[1]);
        return peer;
    }

    /// <summary>One pass over all queries.</summary>
    /// <returns>Processor time, and for each query the numbers found, one query after the other.</returns>
    public async Task<(double Seconds, int[] Found)> SearchAsync(int k, int ef, CancellationToken cancellationToken)
    {
        await _process.StandardInput.WriteLineAsync($"search {Number(k)} {Number(ef)} {_results}".AsMemory(), cancellationToken);
        await _process.StandardInput.FlushAsync(cancellationToken);
        var answer = await AnswerAsync("searched", cancellationToken);
        return (answer[0], MemoryMarshal.Cast<byte, int>(await File.ReadAllBytesAsync(_results, cancellationToken)).ToArray());
    }

    public void Dispose()
    {
        _process.Kill();
        _process.Dispose();
    }

    private async Task<double[]> AnswerAsync(string word, CancellationToken cancellationToken)
    {
        var line = await _process.StandardOutput.ReadLineAsync(cancellationToken);
        if (line?.Split(' ') is not [var first, .. var values] || first != word) throw new InvalidOperationException($"The driver of hnswlib answered '{line}'.");
        return [.. values.Select(value => double.Parse(value, CultureInfo.InvariantCulture))];
    }

    private static Process Start(string program, params string[] arguments) =>
        Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true })!;

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
