using System.Globalization;

namespace TikTok.Benchmarks.Prefetch;

/// <summary>A short video of the challenge: chunks of one second in three renditions, and how many viewers stay.</summary>
/// <param name="Name">The name of its directory.</param>
/// <param name="ChunkBytes">By rendition, lowest first, then by chunk.</param>
/// <param name="Retention">
/// The share of viewers who still watch at the beginning of chunk k. One entry more than chunks: the last is the share that sees the end.
/// </param>
public sealed record ChallengeVideo(string Name, IReadOnlyList<IReadOnlyList<int>> ChunkBytes, IReadOnlyList<double> Retention)
{
    public const int ChunkMs = 1000;

    /// <summary>Nominal bit rates in kb/s; the challenge's measure of quality.</summary>
    public static readonly IReadOnlyList<int> Kbps = [750, 1200, 1850];

    public int Chunks => ChunkBytes[0].Count;
}

/// <summary>Bandwidth over time; the last sample before a moment holds at it. Repeats when it ends.</summary>
/// <param name="Name">The name of its file; traces are numbered from 0.</param>
/// <param name="Seconds">Ascending from 0.</param>
/// <param name="Mbps">As many as <paramref name="Seconds"/>; the value of a row counts up to its own time.</param>
public sealed record NetworkTrace(string Name, IReadOnlyList<double> Seconds, IReadOnlyList<double> Mbps);

/// <summary>
/// The public data of the ACM Multimedia 2022 Grand Challenge on short video streaming, as its organisers lay it out: <c>network_traces/CLASS/N</c>,
/// <c>short_video_size/VIDEO/video_size_RENDITION</c>, <c>user_ret/VIDEO</c>.
/// </summary>
public sealed record ChallengeData(IReadOnlyDictionary<string, IReadOnlyList<NetworkTrace>> Traces, IReadOnlyList<ChallengeVideo> Videos)
{
    /// <summary>Best network first.</summary>
    public static readonly IReadOnlyList<string> Classes = ["high", "medium", "low"];

    /// <exception cref="IOException">A file or directory is missing.</exception>
    /// <exception cref="FormatException">A line is not what it should be.</exception>
    public static ChallengeData Read(string directory) => new(
        Classes.ToDictionary(c => c, c => ReadTraces(Path.Combine(directory, "network_traces", c)), StringComparer.Ordinal),
        [.. Directory.GetDirectories(Path.Combine(directory, "short_video_size")).Order(StringComparer.Ordinal).Select(d => ReadVideo(directory, d))]);

    private static IReadOnlyList<NetworkTrace> ReadTraces(string directory) =>
    [
        .. Directory.GetFiles(directory).OrderBy(f => int.Parse(Path.GetFileName(f), CultureInfo.InvariantCulture)).Select(file =>
        {
            var rows = ReadRows(file);
            return new NetworkTrace(Path.GetFileName(file), [.. rows.Select(r => r[0])], [.. rows.Select(r => r[1])]);
        }),
    ];

    private static ChallengeVideo ReadVideo(string directory, string sizes)
    {
        var name = Path.GetFileName(sizes);
        var chunks = ChallengeVideo.Kbps.Select((_, rendition) =>
            (IReadOnlyList<int>)[.. ReadRows(Path.Combine(sizes, $"video_size_{rendition}")).Select(r => (int)r[0])]).ToList();

        // The file ends with a row of zero viewers, which is only a mark.
        var retention = ReadRows(Path.Combine(directory, "user_ret", name)).Select(r => r[1]).SkipLast(1).ToList();
        if (retention.Count != chunks[0].Count + 1) throw new FormatException($"{name}: {retention.Count} rows of retention for {chunks[0].Count} chunks.");
        return new ChallengeVideo(name, chunks, retention);
    }

    private static List<double[]> ReadRows(string file) =>
    [
        .. File.ReadLines(file).Select(line => line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries)).Where(cells => cells.Length > 0)
            .Select(cells => cells.Select(c => double.Parse(c, CultureInfo.InvariantCulture)).ToArray()),
    ];
}
