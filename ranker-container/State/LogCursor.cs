using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;
using TikTok.Core.Events;

namespace TikTok.Ranker.State;

/// <summary>
/// How far each partition of the log is applied, and which events were lately: delivered again, an event's number is not beyond the partition's; appended again
/// by a producer that never got its answer, its id is among the recent ones. So that each counts once.
/// </summary>
/// <remarks>A producer gives up after ten seconds (<see cref="InteractionLog"/>); ids are remembered for as long as <see cref="EventWindow.Memory"/>, of the log's own time.</remarks>
public sealed class LogCursor : ISnapshotPart
{
    private const int Version = 1;

    /// <summary>Ids remembered of a partition: ten minutes of 400 events a second, which is all that a partition takes of events of our size.</summary>
    private const int Capacity = 1 << 18;

    private readonly SortedDictionary<string, PartitionCursor> _partitions = new(StringComparer.Ordinal);

    public string Name => "log";

    /// <summary>The number of the next event to apply; null when none of the partition was.</summary>
    public long? NextOf(string partition) => _partitions.TryGetValue(partition, out var cursor) ? cursor.Last + 1 : null;

    /// <summary>Takes note of an event that is about to be applied.</summary>
    /// <returns>false: it was applied already.</returns>
    public bool TryTake(LoggedInteraction logged)
    {
        if (!_partitions.TryGetValue(logged.Partition, out var cursor)) _partitions[logged.Partition] = cursor = new PartitionCursor();
        if (logged.SequenceNumber <= cursor.Last) return false;
        cursor.Last = logged.SequenceNumber;
        var at = logged.EnqueuedAt.ToUnixTimeSeconds();
        while (cursor.Recent.TryPeek(out var oldest) && (oldest.At < at - (long)EventWindow.Memory.TotalSeconds || cursor.Recent.Count >= Capacity))
        {
            cursor.Seen.Remove(oldest.Key);
            cursor.Recent.Dequeue();
        }
        var key = KeyOf(logged.Interaction.Id);
        if (!cursor.Seen.Add(key)) return false;
        cursor.Recent.Enqueue((key, at));
        return true;
    }

    public void Save(Stream stream)
    {
        using var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true);
        writer.Write(Version);
        writer.Write(_partitions.Count);
        foreach (var (partition, cursor) in _partitions)
        {
            writer.Write(partition);
            writer.Write(cursor.Last);
            writer.Write(cursor.Recent.Count);
            foreach (var (key, at) in cursor.Recent)
            {
                writer.Write(key);
                writer.Write(at);
            }
        }
    }

    public void Load(Stream stream)
    {
        using var reader = new BinaryReader(stream, Encoding.UTF8, leaveOpen: true);
        if (reader.ReadInt32() is var version and not Version) throw new InvalidDataException($"The positions have version {version}; this program reads {Version}.");
        _partitions.Clear();
        for (var partitions = reader.ReadInt32(); partitions > 0; partitions--)
        {
            var cursor = _partitions[reader.ReadString()] = new PartitionCursor();
            cursor.Last = reader.ReadInt64();
            for (var recent = reader.ReadInt32(); recent > 0; recent--)
            {
                var (key, at) = (reader.ReadInt64(), reader.ReadInt64());
                cursor.Recent.Enqueue((key, at));
                cursor.Seen.Add(key);
            }
        }
    }

    private static long KeyOf(string id) => (long)XxHash3.HashToUInt64(MemoryMarshal.AsBytes(id.AsSpan()));

    private sealed class PartitionCursor
    {
        public long Last { get; set; } = -1;

        public Queue<(long Key, long At)> Recent { get; } = new();

        public HashSet<long> Seen { get; } = [];
    }
}
