using TikTok.Benchmarks.Harness;
using TikTok.Local.Up.Supervision;
using TikTok.Tests.Shared;

namespace TikTok.Benchmarks;

/// <summary>
/// What the whole local service takes while nobody asks anything of it: memory at the end of a quiet minute, and processor time over that minute,
/// of the supervisor and every process below it.
/// </summary>
internal sealed class IdleBenchmark : IBenchmark
{
    private const double MaxResidentMegabytes = 1_200;
    private const double MaxCpuPercent = 5;

    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(60);

    public string Name => "idle";

    public string Summary => "the whole local service at rest: resident memory and processor time";

    public async Task<IReadOnlyList<BenchmarkRow>> RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        await using var service = await UpProcess.StartAsync(
            context.RepositoryRoot, Path.Combine(context.WorkDirectory, "idle"), ["--no-demo"], context.Time, cancellationToken);
        context.Log($"ready in {service.StartTime.TotalSeconds:0.0} s; letting it settle for {Settle.TotalSeconds:0} s");
        await Task.Delay(Settle, context.Time, cancellationToken);

        var before = Look(service.ProcessId);
        var started = context.Time.GetTimestamp();
        context.Log($"measuring for {Window.TotalSeconds:0} s");
        await Task.Delay(Window, context.Time, cancellationToken);
        var after = Look(service.ProcessId);
        var elapsed = context.Time.GetElapsedTime(started);

        return
        [
            new() { Name = "resident, sum of RSS", Value = after.Sum(one => one.ResidentBytes) / 1e6, Unit = "MB", Target = Target.Max(MaxResidentMegabytes) },
            new() { Name = "resident, sum of PSS", Value = after.Sum(one => ProcessTree.ProportionalBytes(one.ProcessIds[0])) / 1e6, Unit = "MB", Target = Target.Max(MaxResidentMegabytes) },
            new() { Name = "processor", Value = CpuPercent(before, after, elapsed), Unit = "% of a core", Target = Target.Max(MaxCpuPercent) },
            new() { Name = "start to ready", Value = service.StartTime.TotalSeconds, Unit = "s" },
            new() { Name = "processes", Value = after.Count, Unit = "" },
            .. after.SelectMany(one => EachProcess(one, before, elapsed)),
        ];
    }

    /// <summary>The usage of each process of the service alone.</summary>
    private static IReadOnlyList<ProcessUsage> Look(int processId)
    {
        var tree = ProcessTree.Read();
        var all = tree.Usage(processId) ?? throw new InvalidOperationException("The service ended while it was measured.");
        return [.. all.ProcessIds.Select(id => tree.OwnUsage(id)).OfType<ProcessUsage>()];
    }

    private static double CpuPercent(IEnumerable<ProcessUsage> before, IEnumerable<ProcessUsage> after, TimeSpan elapsed)
    {
        var earlier = before.ToDictionary(one => one.ProcessIds[0], one => one.CpuTime);
        return 100 * after.Sum(one => (one.CpuTime - earlier.GetValueOrDefault(one.ProcessIds[0])) / elapsed);
    }

    private static IEnumerable<BenchmarkRow> EachProcess(ProcessUsage one, IEnumerable<ProcessUsage> before, TimeSpan elapsed)
    {
        var name = CommandName(one.ProcessIds[0]);
        yield return new BenchmarkRow { Name = $"{name}: RSS", Value = one.ResidentBytes / 1e6, Unit = "MB" };
        yield return new BenchmarkRow { Name = $"{name}: processor", Value = CpuPercent(before, [one], elapsed), Unit = "% of a core" };
    }

    /// <summary>The program's name; for one with subcommands, the subcommand.</summary>
    private static string CommandName(int processId)
    {
        var words = File.ReadAllText($"/proc/{processId}/cmdline").Split('\0', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length == 0) return $"{processId}";
        var program = Path.GetFileName(words[0]);
        return program == "TikTok.Local" && words.Length > 1 ? words[1] : program;
    }
}
