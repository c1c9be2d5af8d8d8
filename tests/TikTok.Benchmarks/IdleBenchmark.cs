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

        var before = ServiceProcess.Read(service.ProcessId);
        var started = context.Time.GetTimestamp();
        context.Log($"measuring for {Window.TotalSeconds:0} s");
        await Task.Delay(Window, context.Time, cancellationToken);
        var after = ServiceProcess.Read(service.ProcessId);
        var elapsed = context.Time.GetElapsedTime(started);

        return
        [
            new() { Name = "resident, sum of RSS", Value = after.Sum(one => one.Usage.ResidentBytes) / 1e6, Unit = "MB", Target = Target.Max(MaxResidentMegabytes) },
            new() { Name = "resident, sum of PSS", Value = after.Sum(one => ProcessTree.ProportionalBytes(one.Id)) / 1e6, Unit = "MB", Target = Target.Max(MaxResidentMegabytes) },
            new() { Name = "processor", Value = CpuPercent(before, after, elapsed), Unit = "% of a core", Target = Target.Max(MaxCpuPercent) },
            new() { Name = "start to ready", Value = service.StartTime.TotalSeconds, Unit = "s" },
            new() { Name = "processes", Value = after.Count, Unit = "" },
            .. after.SelectMany(one => EachProcess(one, before, elapsed)),
        ];
    }

    private static double CpuPercent(IReadOnlyList<ServiceProcess> before, IEnumerable<ServiceProcess> after, TimeSpan elapsed) =>
        100 * after.Sum(one => one.CpuSince(before) / elapsed);

    private static IEnumerable<BenchmarkRow> EachProcess(ServiceProcess one, IReadOnlyList<ServiceProcess> before, TimeSpan elapsed)
    {
        yield return new BenchmarkRow { Name = $"{one.Name}: RSS", Value = one.Usage.ResidentBytes / 1e6, Unit = "MB" };
        yield return new BenchmarkRow { Name = $"{one.Name}: processor", Value = CpuPercent(before, [one], elapsed), Unit = "% of a core" };
    }
}
