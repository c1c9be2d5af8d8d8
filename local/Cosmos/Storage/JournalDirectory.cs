using System.Globalization;

namespace TikTok.Local.Cosmos.Storage;

/// <summary>
/// The files of an account: <c>journal-N.log</c> segments, and at most one <c>snapshot-N.log</c> that stands for all segments before N.
/// A lock file keeps a second process out.
/// </summary>
internal sealed class JournalDirectory : IDisposable
{
    private const string SegmentPrefix = "journal-";
    private const string SnapshotPrefix = "snapshot-";
    private const string Suffix = ".log";

    private readonly string _folder;
    private readonly FileStream _lock;
    private long _lastSegmentLength;

    public JournalDirectory(string folder)
    {
        _folder = Directory.CreateDirectory(folder).FullName;
        _lock = new FileStream(Path.Combine(_folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
    }

    /// <summary>Number of the segment that is being written.</summary>
    public int CurrentSegment { get; private set; } = 1;

    /// <summary>Bytes in all segments and the snapshot when they were last counted.</summary>
    public long TotalBytes => Files(SegmentPrefix).Concat(Files(SnapshotPrefix)).Sum(static file => new FileInfo(file.Path).Length);

    public string SegmentPath(int number) => PathOf(SegmentPrefix, number);

    public string SnapshotPath(int number) => PathOf(SnapshotPrefix, number);

    /// <summary>Applies the newest snapshot and every later segment, and cuts a torn tail off the last one.</summary>
    /// <exception cref="InvalidDataException">A snapshot or an earlier segment does not end with a whole record.</exception>
    public void Recover(Action<JournalEntry> apply)
    {
        var snapshots = Files(SnapshotPrefix).ToList();
        var from = snapshots.Count == 0 ? 0 : snapshots[^1].Number;
        if (snapshots.Count > 0)
            ReadWhole(snapshots[^1].Path, apply);
        RemoveBefore(from);

        var segments = Files(SegmentPrefix).ToList();
        foreach (var (number, path) in segments.SkipLast(1))
            ReadWhole(path, apply);
        CurrentSegment = Math.Max(1, from);
        if (segments.Count == 0)
            return;

        CurrentSegment = segments[^1].Number;
        _lastSegmentLength = JournalReader.Read(segments[^1].Path, apply);
        JournalReader.Truncate(segments[^1].Path, _lastSegmentLength);
    }

    public Journal OpenJournal() => new(SegmentPath(CurrentSegment), _lastSegmentLength);

    public void BeginSegment() => CurrentSegment++;

    /// <summary>Removes what a snapshot has made superfluous, and what a crash left half-written.</summary>
    public void RemoveBefore(int number)
    {
        foreach (var file in Files(SegmentPrefix).Concat(Files(SnapshotPrefix)).Where(file => file.Number < number).ToList())
            File.Delete(file.Path);
        foreach (var unfinished in Directory.EnumerateFiles(_folder, "*.tmp").ToList())
            File.Delete(unfinished);
    }

    public void Dispose() => _lock.Dispose();

    private static void ReadWhole(string path, Action<JournalEntry> apply)
    {
        if (JournalReader.Read(path, apply) != new FileInfo(path).Length)
            throw new InvalidDataException($"The file {path} is damaged: not every record in it is whole.");
    }

    private string PathOf(string prefix, int number) =>
        Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"{prefix}{number:D8}{Suffix}"));

    private IEnumerable<(int Number, string Path)> Files(string prefix) =>
        Directory.EnumerateFiles(_folder, $"{prefix}*{Suffix}")
            .Select(path => (Number: int.Parse(Path.GetFileNameWithoutExtension(path).AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture), path))
            .OrderBy(static file => file.Number);
}
