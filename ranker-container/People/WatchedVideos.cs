using System.Runtime.InteropServices;
using TikTok.Ranker.Features;

namespace TikTok.Ranker.People;

/// <summary>
/// The videos that a person has seen. The newest 1,024 and more are kept by their whole ids, the 10,240 and more before them in filters that take at most one
/// unseen video in a hundred for seen; what is older is forgotten.
/// </summary>
/// <remarks>
/// Sets and filters only grow. When one is full the next is begun, and what falls out of the sets is in the filters before it leaves them; readers take what there
/// is in one read, so that no video that is remembered is ever missed.
/// </remarks>
internal sealed class WatchedVideos : IWatched
{
    private const int RecentSets = 3;
    private const int OlderFilters = 6;

    private Memory _memory = Memory.Empty;

    public bool Contains(long video)
    {
        var memory = Volatile.Read(ref _memory);
        foreach (var set in memory.Recent)
        {
            if (set.Contains(video)) return true;
        }
        if (memory.Older.Length == 0) return false;
        var bits = WatchedFilter.BitsOf(video);
        foreach (var filter in memory.Older)
        {
            if (filter.Contains(video, bits)) return true;
        }
        return false;
    }

    /// <summary>For the one writer.</summary>
    public void Add(long video)
    {
        if (video == FeatureId.None) return;
        var (recent, older) = (_memory.Recent, _memory.Older);
        if (recent is [var newest, ..])
        {
            if (newest.Contains(video)) return;
            if (newest.IsFull && newest.Count < RecentVideos.Capacity) recent = [newest.Grown(), .. recent.AsSpan(1)];
            else if (newest.IsFull) recent = [new RecentVideos(), .. recent];
        }
        else
        {
            recent = [new RecentVideos()];
        }
        if (recent.Length > RecentSets)
        {
            older = Remembering(recent[RecentSets], older);
            recent = recent[..RecentSets];
        }
        recent[0].Add(video);
        if (recent != _memory.Recent) Volatile.Write(ref _memory, new Memory(recent, older));
    }

    public void Save(BinaryWriter writer)
    {
        writer.Write((byte)_memory.Recent.Length);
        foreach (var set in _memory.Recent)
        {
            writer.Write((ushort)set.Slots.Length);
            writer.Write(MemoryMarshal.AsBytes(set.Slots));
        }
        writer.Write((byte)_memory.Older.Length);
        foreach (var filter in _memory.Older)
        {
            writer.Write((ushort)filter.Count);
            writer.Write(MemoryMarshal.AsBytes(filter.Bits));
        }
    }

    /// <exception cref="InvalidDataException">It is not what <see cref="Save"/> wrote.</exception>
    public void Load(BinaryReader reader)
    {
        var recent = new RecentVideos[Limited(reader.ReadByte(), RecentSets)];
        Span<long> slots = stackalloc long[RecentVideos.MaxSlots];
        for (var i = 0; i < recent.Length; i++)
        {
            var count = reader.ReadUInt16();
            if (!RecentVideos.IsSize(count)) throw new InvalidDataException($"A set of recent videos has {count} slots.");
            reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(slots[..count]));
            recent[i] = RecentVideos.Of(slots[..count]);
        }
        var older = new WatchedFilter[Limited(reader.ReadByte(), OlderFilters)];
        for (var i = 0; i < older.Length; i++)
        {
            var count = reader.ReadUInt16();
            var words = new ulong[WatchedFilter.Words];
            reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(words.AsSpan()));
            older[i] = new WatchedFilter(words) { Count = count };
        }
        Volatile.Write(ref _memory, new Memory(recent, older));
    }

    private static WatchedFilter[] Remembering(RecentVideos leaving, WatchedFilter[] older)
    {
        if (older is not [{ Count: <= WatchedFilter.Capacity - RecentVideos.Capacity }, ..])
            older = [new WatchedFilter(), .. older.AsSpan(0, Math.Min(older.Length, OlderFilters - 1))];
        foreach (var video in leaving.Slots)
        {
            if (video != FeatureId.None) older[0].Add(video);
        }
        return older;
    }

    private static int Limited(int count, int most) =>
        count <= most ? count : throw new InvalidDataException($"There are {count} parts where {most} are the most.");

    /// <summary>Newest first, both.</summary>
    private sealed record Memory(RecentVideos[] Recent, WatchedFilter[] Older)
    {
        public static readonly Memory Empty = new([], []);
    }
}
