using System.Buffers;

namespace TikTok.Local.Cosmos.Storage;

/// <summary>
/// Keeps the journal from growing without end: when it holds more garbage than live data, writing goes on in a new segment while
/// the current state is written to a snapshot, and then the older files are removed. The snapshot need not be of one instant:
/// every record says which version of a document it is, and recovery keeps the latest.
/// </summary>
internal sealed class Compaction(
    JournalDirectory directory,
    Journal journal,
    Func<IReadOnlyList<ContainerState>> containers,
    Func<IReadOnlyList<JournalEntry>> resources) : IAsyncDisposable
{
    /// <summary>Below this many bytes of journal nothing is worth the work.</summary>
    public const long MinimumBytes = 32 * 1024 * 1024;

    private long _positionAtLastCheck;
    private int _running;
    private Task _task = Task.CompletedTask;

    /// <summary>Starts a compaction when it has become worth it. Cheap enough to be called after every write.</summary>
    public void Consider()
    {
        var position = journal.Position;
        if (position - Volatile.Read(ref _positionAtLastCheck) < MinimumBytes / 4 || Interlocked.Exchange(ref _running, 1) == 1)
            return;

        Volatile.Write(ref _positionAtLastCheck, position);
        _task = Task.Run(async () =>
        {
            try
            {
                var live = containers().Sum(static container => container.LiveBytes);
                var total = directory.TotalBytes;
                if (total > MinimumBytes && total > 2 * live)
                    await RunAsync();
            }
            catch (IOException failure)
            {
                // The journal still holds everything; the next try may find more room.
                await Console.Error.WriteLineAsync($"Compaction failed: {failure.Message}");
            }
            finally
            {
                Volatile.Write(ref _running, 0);
            }
        });
    }

    /// <summary>Writes a snapshot of everything and removes the files before it.</summary>
    public async Task RunAsync()
    {
        directory.BeginSegment();
        var number = directory.CurrentSegment;
        await journal.SwitchToAsync(directory.SegmentPath(number));

        var unfinished = directory.SnapshotPath(number) + ".tmp";
        await using (var file = new FileStream(unfinished, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20))
        {
            await WriteAsync(file, resources());
            foreach (var container in containers())
                await WriteContainerAsync(file, container);
            file.Flush(flushToDisk: true);
        }

        // What the snapshot holds may be newer than what the journal has on disk; it must not become visible before that.
        await journal.WhenDurableAsync(journal.Position);
        File.Move(unfinished, directory.SnapshotPath(number), overwrite: true);
        directory.RemoveBefore(number);
    }

    public async ValueTask DisposeAsync() => await _task;

    private static async Task WriteContainerAsync(FileStream file, ContainerState container)
    {
        List<DocumentEntry> entries;
        JournalEntry counters;
        lock (container.Gate)
        {
            entries = [.. container.FromNumber(0)];
            counters = new JournalEntry.Counters(container.Number, container.Lsn, container.Version, container.LastNumber);
        }

        await WriteAsync(file, [counters]);
        await WriteAsync(file, entries.Select(entry => new JournalEntry.Documents(container.Number, entry.Lsn, entry.WrittenAt,
            [new DocumentChange(entry.Version, entry.Number, entry.PartitionKey, entry.Id, entry.TimeToLive, entry.Body)])));
    }

    private static async Task WriteAsync(FileStream file, IEnumerable<JournalEntry> entries)
    {
        var payload = new ArrayBufferWriter<byte>();
        var header = new byte[RecordCodec.HeaderLength];
        foreach (var entry in entries)
        {
            payload.ResetWrittenCount();
            entry.Encode(payload);
            RecordCodec.WriteHeader(header, payload.WrittenSpan);
            await file.WriteAsync(header);
            await file.WriteAsync(payload.WrittenMemory);
        }
    }
}
