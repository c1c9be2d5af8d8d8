using System.Globalization;

namespace TikTok.Ranker.Embeddings;

/// <summary>
/// Checkpoints as files of one directory, one writer: <c>{lineage}.snapshot</c> and <c>{lineage}.{number}.delta</c>. A file has its name only once all of it is on
/// the disk. The two newest lineages are kept.
/// </summary>
public sealed class CheckpointDirectory(string path, TimeProvider time)
{
    internal const int KeptLineages = 2;
    internal const string Unfinished = ".unfinished";

    private const string Snapshot = ".snapshot";
    private const string Delta = ".delta";

    public string Path { get; } = path;

    /// <summary>The names of all whole files, each after those it builds on.</summary>
    public IReadOnlyList<string> Files() => Directory.Exists(Path)
        ?
        [
            .. Directory.EnumerateFiles(Path).Select(file => System.IO.Path.GetFileName(file)).Where(name => IsSnapshot(name) || name.EndsWith(Delta, StringComparison.Ordinal))
                .OrderBy(LineageOf, StringComparer.Ordinal).ThenByDescending(IsSnapshot).ThenBy(name => name, StringComparer.Ordinal),
        ]
        : [];

    /// <summary>Saves all rows, and forgets lineages that are no longer needed.</summary>
    /// <returns>The file.</returns>
    public string SaveSnapshot(EmbeddingWriter writer)
    {
        Directory.CreateDirectory(Path);
        foreach (var unfinished in Directory.EnumerateFiles(Path, $"*{Unfinished}")) File.Delete(unfinished);
        var lineage = Guid.CreateVersion7(time.GetUtcNow());
        var file = Save(SnapshotFile(lineage), (stream, commit) => writer.WriteSnapshot(stream, lineage, commit));
        foreach (var old in Lineages().Skip(KeptLineages))
        {
            foreach (var forgotten in Directory.EnumerateFiles(Path, $"{old:N}.*")) File.Delete(forgotten);
        }
        return file;
    }

    /// <summary>Saves what changed; all rows where there is nothing that a delta could follow.</summary>
    /// <returns>The file.</returns>
    public string SaveDelta(EmbeddingWriter writer) => writer.Position is { } position
        ? Save(DeltaFile(position.Lineage, position.Sequence + 1), writer.WriteDelta)
        : SaveSnapshot(writer);

    /// <summary>
    /// Brings an empty table to the last state that can be read: the newest good snapshot and its deltas in order, up to the first that is missing or bad. Never
    /// throws for a bad file; says what it met. After a fault the next save is a snapshot.
    /// </summary>
    public RestoredCheckpoint Restore(EmbeddingWriter writer)
    {
        List<CheckpointException> faults = [];
        if (Directory.Exists(Path))
        {
            foreach (var lineage in Lineages())
            {
                if (Read(SnapshotFile(lineage), writer.ReadSnapshot) is not { } fault) break;
                faults.Add(fault);
            }
            if (writer.Position is { } snapshot) ReadDeltas(writer, snapshot.Lineage, faults);
        }
        var reached = writer.Position;
        if (faults.Count > 0) writer.Position = null;
        return new RestoredCheckpoint(reached, faults);
    }

    /// <summary>Deletes what is of lineages before this one, unfinished files too.</summary>
    internal void Forget(Guid before)
    {
        foreach (var file in Directory.EnumerateFiles(Path))
        {
            if (string.CompareOrdinal(LineageOf(System.IO.Path.GetFileName(file)), $"{before:N}") < 0) File.Delete(file);
        }
    }

    internal static bool IsSnapshot(string file) => file.EndsWith(Snapshot, StringComparison.Ordinal);

    internal static string LineageOf(string file) => file.Split('.')[0];

    private void ReadDeltas(EmbeddingWriter writer, Guid lineage, List<CheckpointException> faults)
    {
        foreach (var number in Deltas(lineage))
        {
            if (Read(DeltaFile(lineage, number), writer.ReadDelta) is not { } fault) continue;
            faults.Add(fault);
            return;
        }
    }

    private static CheckpointException? Read(string file, Action<Stream> read)
    {
        try
        {
            using var stream = File.OpenRead(file);
            read(stream);
            return null;
        }
        catch (CheckpointException fault)
        {
            return new CheckpointException(fault.Fault, $"{System.IO.Path.GetFileName(file)}: {fault.Message}");
        }
    }

    private string Save(string file, Action<Stream, Action> write)
    {
        using var stream = File.Create(file + Unfinished);
        write(stream, () =>
        {
            stream.Flush(flushToDisk: true);
            File.Move(file + Unfinished, file, overwrite: true);
        });
        return file;
    }

    /// <summary>Newest first: their names begin with the time.</summary>
    private IReadOnlyList<Guid> Lineages() =>
    [
        .. Directory.EnumerateFiles(Path, $"*{Snapshot}").Select(System.IO.Path.GetFileNameWithoutExtension).OrderDescending(StringComparer.Ordinal)
            .Where(name => Guid.TryParseExact(name, "N", out _)).Select(name => Guid.ParseExact(name!, "N")),
    ];

    private IReadOnlyList<long> Deltas(Guid lineage) =>
    [
        .. Directory.EnumerateFiles(Path, $"{lineage:N}.*{Delta}").Select(file => System.IO.Path.GetFileName(file).Split('.')[1])
            .Select(number => long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var parsed) ? parsed : 0).Where(number => number > 0).Order(),
    ];

    private string SnapshotFile(Guid lineage) => System.IO.Path.Combine(Path, $"{lineage:N}{Snapshot}");

    private string DeltaFile(Guid lineage, long number) => System.IO.Path.Combine(Path, string.Create(CultureInfo.InvariantCulture, $"{lineage:N}.{number:D8}{Delta}"));
}

/// <param name="Position">What the table now is; null: it is empty.</param>
/// <param name="Faults">What could not be read, in the order in which it was met. With none, all that was saved is there.</param>
public sealed record RestoredCheckpoint(CheckpointPosition? Position, IReadOnlyList<CheckpointException> Faults);
