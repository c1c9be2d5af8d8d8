namespace TikTok.Benchmarks.Harness;

/// <summary>One named benchmark: measures, and answers with rows. It judges nothing but its own rows' targets.</summary>
public interface IBenchmark
{
    /// <summary>What <c>tests/bench NAME</c> calls it: lower case, no spaces.</summary>
    string Name { get; }

    /// <summary>One line for the list.</summary>
    string Summary { get; }

    Task<IReadOnlyList<BenchmarkRow>> RunAsync(BenchmarkContext context, CancellationToken cancellationToken);
}

/// <summary>What a benchmark may lean on.</summary>
/// <param name="RepositoryRoot">The directory of <c>TikTok.sln</c>.</param>
/// <param name="WorkDirectory">An empty directory of this run, removed after it.</param>
/// <param name="Time">The clock.</param>
/// <param name="Log">A line of progress for whoever waits.</param>
public sealed record BenchmarkContext(string RepositoryRoot, string WorkDirectory, TimeProvider Time, Action<string> Log);
