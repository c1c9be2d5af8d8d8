namespace TikTok.Benchmarks.Harness;

/// <summary>One named benchmark: measures, and answers with rows. It judges nothing but its own rows' targets.</summary>
public interface IBenchmark
{
    /// <summary>What <c>tests/bench NAME</c> calls it: lower case, no spaces.</summary>
    string Name { get; }

    /// <summary>One line for the list.</summary>
    string Summary { get; }

    /// <summary>What it takes on the command line beside the name.</summary>
    IReadOnlyList<BenchmarkOption> Options => [];

    Task<IReadOnlyList<BenchmarkRow>> RunAsync(BenchmarkContext context, CancellationToken cancellationToken);
}

/// <summary>What a benchmark may lean on.</summary>
/// <param name="RepositoryRoot">The directory of <c>TikTok.sln</c>.</param>
/// <param name="WorkDirectory">An empty directory of this run, removed after it.</param>
/// <param name="Time">The clock.</param>
/// <param name="Log">A line of progress for whoever waits.</param>
/// <param name="Options">The values given of <see cref="IBenchmark.Options"/>, by name.</param>
public sealed record BenchmarkContext(
    string RepositoryRoot, string WorkDirectory, TimeProvider Time, Action<string> Log, IReadOnlyDictionary<string, string> Options)
{
    /// <returns>null when it was not given.</returns>
    public string? Option(string name) => Options.GetValueOrDefault(name);
}

/// <param name="Name">With its dashes; two benchmarks may share one.</param>
/// <param name="Description">Which benchmark it is of, and what is given.</param>
public sealed record BenchmarkOption(string Name, string Description);
