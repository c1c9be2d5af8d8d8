using System.Globalization;

namespace TikTok.Local.Up.Supervision;

/// <summary>What a process and its descendants use.</summary>
/// <param name="ResidentBytes">Sum of resident set sizes; pages shared between them count for each.</param>
/// <param name="CpuTime">User and system time so far of those that live.</param>
/// <param name="ProcessIds">Itself and its descendants.</param>
public sealed record ProcessUsage(long ResidentBytes, TimeSpan CpuTime, IReadOnlyList<int> ProcessIds);

/// <summary>One look at the kernel's process table (proc(5)).</summary>
public sealed class ProcessTree
{
    // sysconf(_SC_CLK_TCK) is 100 on every Linux that .NET runs on.
    private const double TicksPerSecond = 100;

    private readonly Dictionary<int, Entry> _processes = [];
    private readonly ILookup<int, int> _children;

    private ProcessTree(IEnumerable<Entry> entries)
    {
        foreach (var entry in entries) _processes[entry.Id] = entry;
        _children = _processes.Values.ToLookup(entry => entry.Parent, entry => entry.Id);
    }

    public static ProcessTree Read()
    {
        var entries = new List<Entry>();
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out var id)) continue;
            if (ReadProcessFile(id, "stat") is { } stat && Parse(id, stat) is { } entry) entries.Add(entry);
        }
        return new ProcessTree(entries);
    }

    internal static ProcessTree Of(params IEnumerable<string> statLines) => new(statLines.Select(line => Parse(int.Parse(line.AsSpan(0, line.IndexOf(' ')), CultureInfo.InvariantCulture), line)).OfType<Entry>());

    /// <summary>null when there is no such process.</summary>
    public ProcessUsage? Usage(int processId)
    {
        if (!_processes.ContainsKey(processId)) return null;
        var ids = new List<int>();
        var next = new Stack<int>([processId]);
        var (resident, ticks) = (0L, 0L);
        while (next.TryPop(out var id))
        {
            ids.Add(id);
            resident += _processes[id].ResidentPages * Environment.SystemPageSize;
            ticks += _processes[id].CpuTicks;
            foreach (var child in _children[id]) next.Push(child);
        }
        return new ProcessUsage(resident, TimeSpan.FromSeconds(ticks / TicksPerSecond), ids);
    }

    /// <summary>Of that process alone; null when there is no such process.</summary>
    public ProcessUsage? OwnUsage(int processId) => _processes.TryGetValue(processId, out var entry)
        ? new ProcessUsage(entry.ResidentPages * Environment.SystemPageSize, TimeSpan.FromSeconds(entry.CpuTicks / TicksPerSecond), [processId])
        : null;

    /// <summary>Bytes of memory that are this process's share: pages that n processes map count 1/n. 0 when it is gone or not ours to see.</summary>
    public static long ProportionalBytes(int processId)
    {
        const string mark = "Pss:";
        foreach (var line in (ReadProcessFile(processId, "smaps_rollup") ?? "").Split('\n'))
        {
            if (!line.StartsWith(mark, StringComparison.Ordinal)) continue;
            var kilobytes = line.AsSpan(mark.Length).Trim();
            return long.Parse(kilobytes[..kilobytes.IndexOf(' ')], CultureInfo.InvariantCulture) * 1024;
        }
        return 0;
    }

    private static string? ReadProcessFile(int id, string name)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/{name}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // It ended while we looked.
        }
    }

    private static Entry? Parse(int id, string stat)
    {
        // The command stands in parentheses and may hold spaces and parentheses itself.
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return fields.Length < 22
            ? null
            : new Entry(id, int.Parse(fields[1], CultureInfo.InvariantCulture), Number(fields[11]) + Number(fields[12]), Number(fields[21]));
    }

    private static long Number(string field) => long.Parse(field, CultureInfo.InvariantCulture);

    private sealed record Entry(int Id, int Parent, long CpuTicks, long ResidentPages);
}
