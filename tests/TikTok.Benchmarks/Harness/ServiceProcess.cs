using TikTok.Local.Up.Supervision;

namespace TikTok.Benchmarks.Harness;

/// <summary>One process of the service at one moment.</summary>
/// <param name="Name">The program's; for one with subcommands, the subcommand.</param>
internal sealed record ServiceProcess(string Name, ProcessUsage Usage)
{
    public int Id => Usage.ProcessIds[0];

    /// <summary>A process and those below it, each by itself.</summary>
    /// <exception cref="InvalidOperationException">There is no such process any more.</exception>
    public static IReadOnlyList<ServiceProcess> Read(int processId)
    {
        var tree = ProcessTree.Read();
        var all = tree.Usage(processId) ?? throw new InvalidOperationException("The service ended while it was measured.");
        return [.. all.ProcessIds.Select(id => tree.OwnUsage(id)).OfType<ProcessUsage>().Select(usage => new ServiceProcess(NameOf(usage.ProcessIds[0]), usage))];
    }

    /// <summary>Processor time since an earlier look; all of it, if the process was not there then.</summary>
    public TimeSpan CpuSince(IEnumerable<ServiceProcess> before) =>
        Usage.CpuTime - (before.FirstOrDefault(one => one.Id == Id)?.Usage.CpuTime ?? TimeSpan.Zero);

    private static string NameOf(int processId)
    {
        var words = File.ReadAllText($"/proc/{processId}/cmdline").Split('\0', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length == 0) return $"{processId}";
        var program = Path.GetFileName(words[0]);
        return program == "TikTok.Local" && words.Length > 1 ? words[1] : program;
    }
}
