using Spectre.Console;

namespace TikTok.Benchmarks.Harness;

/// <summary>Lists the benchmarks, or runs one. Exit code 0: every target met. 1: a target missed. 2: no such benchmark, or it broke.</summary>
internal sealed class BenchmarkRunner(IReadOnlyList<IBenchmark> benchmarks, IAnsiConsole console, TimeProvider time)
{
    public int List()
    {
        var width = benchmarks.Max(b => b.Name.Length);
        foreach (var benchmark in benchmarks) console.WriteLine($"{benchmark.Name.PadRight(width)}  {benchmark.Summary}");
        return 0;
    }

    public async Task<int> RunAsync(string name, string? jsonFile, IReadOnlyDictionary<string, string> options, CancellationToken cancellationToken)
    {
        if (benchmarks.FirstOrDefault(b => b.Name == name) is not { } benchmark)
        {
            console.WriteLine($"No benchmark '{name}'. There are: {string.Join(", ", benchmarks.Select(b => b.Name))}.");
            return 2;
        }

        var work = Directory.CreateTempSubdirectory("tiktok-bench-");
        try
        {
            var context = new BenchmarkContext(RepositoryRoot(), work.FullName, time, line => console.WriteLine($"{name}: {line}"), options);
            var rows = await benchmark.RunAsync(context, cancellationToken);
            BenchmarkReport.Write(console, name, rows);
            if (jsonFile is not null) await BenchmarkReport.WriteJsonAsync(jsonFile, name, rows, time.GetUtcNow(), cancellationToken);
            return rows.Any(row => row.Pass == false) ? 1 : 0;
        }
        finally
        {
            work.Delete(recursive: true);
        }
    }

    private static string RepositoryRoot()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "TikTok.sln"))) return directory.FullName;
        }
        throw new DirectoryNotFoundException("TikTok.sln is in no directory above the benchmarks: run them from a clone.");
    }
}
