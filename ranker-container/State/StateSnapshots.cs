using System.Collections.Concurrent;
using System.Text.Json;
using TikTok.Core;

namespace TikTok.Ranker.State;

/// <summary>
/// Snapshots of all state as directories of one directory, newest kept two: a file for each <see cref="ISnapshotPart"/>, and a manifest with their lengths and
/// XXH128, which finds damage at the speed of memory. A directory has its name only once all of it is on the disk.
/// </summary>
public sealed class StateSnapshots(string path, TimeProvider time)
{
    internal const int Kept = 2;
    internal const string ManifestFile = "manifest.json";

    private const int Version = 2;
    private const int BufferLength = 1 << 20;
    private const string Unfinished = ".unfinished";
    private const string PartFile = ".part";

    public string Path { get; } = path;

    /// <summary>Newest first.</summary>
    public IReadOnlyList<string> Names() => Directory.Exists(Path)
        ?
        [
            .. Directory.EnumerateDirectories(Path).Select(directory => System.IO.Path.GetFileName(directory)).Where(IsName)
                .Where(name => File.Exists(FileOf(name, ManifestFile))).OrderDescending(StringComparer.Ordinal),
        ]
        : [];

    /// <summary>Writes all parts, side by side, and forgets snapshots that are no longer needed. No event may be applied meanwhile.</summary>
    /// <param name="parts">
    /// At least one: the first is written after the others, which may refer to it, so that it has all that they refer to though videos are added meanwhile.
    /// </param>
    /// <returns>The snapshot's name.</returns>
    public string Save(IReadOnlyCollection<ISnapshotPart> parts)
    {
        Directory.CreateDirectory(Path);
        foreach (var unfinished in Directory.EnumerateDirectories(Path, $"*{Unfinished}")) Directory.Delete(unfinished, recursive: true);
        var name = Guid.CreateVersion7(time.GetUtcNow()).ToString("N");
        var directory = System.IO.Path.Combine(Path, name + Unfinished);
        Directory.CreateDirectory(directory);
        ConcurrentBag<PartEntry> entries = [];
        Parallel.ForEach(parts.Skip(1), WritePart);
        WritePart(parts.First());

        var manifest = new Manifest(Version, [.. entries.OrderBy(entry => entry.Name, StringComparer.Ordinal)]);
        using (var file = File.Create(System.IO.Path.Combine(directory, ManifestFile)))
        {
            JsonSerializer.Serialize(file, manifest, CoreJson.Options);
            file.Flush(flushToDisk: true);
        }
        Directory.Move(directory, System.IO.Path.Combine(Path, name));
        ForgetOld();
        return name;

        void WritePart(ISnapshotPart part) => entries.Add(Write(part, System.IO.Path.Combine(directory, part.Name + PartFile)));
    }

    /// <summary>
    /// Loads the newest snapshot that is whole, side by side. All of it is checked before any of it is loaded, so that a damaged one leaves the state as it was.
    /// </summary>
    /// <param name="parts">
    /// At least one: the first is loaded before the others, which may refer to it. Those that the snapshot has and that are not asked for are left alone.
    /// </param>
    public RestoredState Restore(IReadOnlyCollection<ISnapshotPart> parts)
    {
        List<string> faults = [];
        foreach (var name in Names())
        {
            try
            {
                Load(name, parts);
                return new RestoredState(name, faults);
            }
            catch (Exception e) when (Cause(e) is InvalidDataException or IOException or JsonException)
            {
                faults.Add($"{name}: {Cause(e).Message}");
            }
        }
        return new RestoredState(null, faults);
    }

    internal void ForgetOld()
    {
        foreach (var old in Names().Skip(Kept)) Directory.Delete(System.IO.Path.Combine(Path, old), recursive: true);
    }

    internal string FileOf(string name, string file) => System.IO.Path.Combine(Path, name, file);

    /// <summary>The files of a snapshot, the manifest last.</summary>
    internal IReadOnlyList<string> Files(string name) =>
        [.. Directory.EnumerateFiles(System.IO.Path.Combine(Path, name), $"*{PartFile}").Select(file => System.IO.Path.GetFileName(file)), ManifestFile];

    internal static bool IsName(string name) => Guid.TryParseExact(name, "N", out _);

    private static PartEntry Write(ISnapshotPart part, string path)
    {
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, BufferLength);
        var hashed = new HashedStream(file);
        using (var buffered = new BufferedStream(hashed, BufferLength)) part.Save(buffered);
        file.Flush(flushToDisk: true);
        return new PartEntry(part.Name, file.Length, hashed.Hash);
    }

    private void Load(string name, IReadOnlyCollection<ISnapshotPart> parts)
    {
        using var file = File.OpenRead(FileOf(name, ManifestFile));
        var manifest = JsonSerializer.Deserialize<Manifest>(file, CoreJson.Options) ?? throw new InvalidDataException("The manifest is empty.");
        if (manifest.Version != Version) throw new InvalidDataException($"It has version {manifest.Version}; this program reads {Version}.");
        var entries = manifest.Parts.ToDictionary(entry => entry.Name, StringComparer.Ordinal);
        var missing = parts.FirstOrDefault(part => !entries.ContainsKey(part.Name));
        if (missing is not null) throw new InvalidDataException($"It has no part '{missing.Name}'.");

        Parallel.ForEach(parts, part => Verify(FileOf(name, part.Name + PartFile), entries[part.Name]));
        LoadPart(parts.First());
        Parallel.ForEach(parts.Skip(1), LoadPart);

        void LoadPart(ISnapshotPart part)
        {
            using var stream = new FileStream(FileOf(name, part.Name + PartFile), FileMode.Open, FileAccess.Read, FileShare.Read, BufferLength, FileOptions.SequentialScan);
            part.Load(stream);
        }
    }

    private static void Verify(string path, PartEntry entry)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, BufferLength, FileOptions.SequentialScan);
        if (stream.Length != entry.Length) throw new InvalidDataException($"'{entry.Name}' has {stream.Length} bytes instead of {entry.Length}.");
        if (HashedStream.HashOf(stream) != entry.Hash) throw new InvalidDataException($"'{entry.Name}' is not what was written.");
    }

    private static Exception Cause(Exception e) => e is AggregateException { InnerExceptions: [var first, ..] } ? first : e;

    private sealed record Manifest(int Version, IReadOnlyList<PartEntry> Parts);

    private sealed record PartEntry(string Name, long Length, string Hash);
}

/// <param name="Name">The snapshot that all parts are of; null: none could be loaded, or there is none.</param>
/// <param name="Faults">What was wrong with newer ones.</param>
public sealed record RestoredState(string? Name, IReadOnlyList<string> Faults)
{
    /// <summary>By its name, which is a UUID of version 7.</summary>
    public DateTimeOffset? SavedAt => Name is null ? null : DateTimeOffset.FromUnixTimeMilliseconds(Convert.ToInt64(Name[..12], 16));
}
