using System.Runtime.InteropServices;

namespace TikTok.Ranker.Retrieval.Hnsw;

/// <summary>
/// An index in a stream: header, the slots as they lie in memory, labels, states, the links above the ground, checksum. Nothing that is read is followed before the
/// checksum is right and every link is seen to lead to a slot that has the level: a file that was tampered with is refused, too.
/// </summary>
internal static unsafe class Snapshot
{
    private const ulong Magic = 0x5845_444E_4957_4E48; // "HNWINDEX"
    private const int Version = 2;
    private const string Damaged = "The index is damaged.";

    public static void Save(Stream stream, HnswOptions options, SlotMemory memory, SlotTable slots, EntryPoint entry)
    {
        var target = new ChecksummedStream(stream);
        target.Write(new Header(options));
        target.Write(new Shape
        {
            Slots = slots.Count,
            Drawn = slots.Drawn,
            HasEntry = entry.TryGet(out var entrySlot, out var entryLevel) ? 1 : 0,
            EntrySlot = entrySlot,
            EntryLevel = entryLevel,
            Stride = memory.Stride,
        });
        Span<byte> levels = new byte[SlotMemory.ChunkSlots];
        for (uint first = 0; first < slots.Count; first += SlotMemory.ChunkSlots)
        {
            var count = SlotMemory.RunLength(first, slots.Count);
            target.Write(memory.Raw(first, count));
            target.Write(MemoryMarshal.AsBytes(memory.Labels(first, count)));
            target.Write(memory.States(first, count));
            for (var i = 0; i < count; i++) levels[i] = (byte)memory.Level(first + (uint)i);
            target.Write(levels[..count]);
            for (var i = 0; i < count; i++)
            {
                if (levels[i] > 0) target.Write(MemoryMarshal.AsBytes(Upper(memory, first + (uint)i, levels[i])));
            }
        }

        target.WriteChecksum();
    }

    public static HnswIndex Load(Stream stream)
    {
        var source = new ChecksummedStream(stream);
        var header = source.Read<Header>();
        Require(header.Magic == Magic, "This is not an index.");
        Require(header.Version == Version, $"The index is of version {header.Version}; this reads version {Version}.");
        HnswIndex index;
        try
        {
            index = HnswIndex.Create(header.Options);
        }
        catch (ArgumentOutOfRangeException e)
        {
            throw new InvalidDataException(Damaged, e);
        }

        try
        {
            index.Load(source);
            return index;
        }
        catch
        {
            index.Dispose();
            throw;
        }
    }

    public static void Load(ChecksummedStream source, HnswOptions options, SlotMemory memory, SlotTable slots, EntryPoint entry)
    {
        var shape = source.Read<Shape>();
        Require(shape.Stride == memory.Stride && shape.Slots <= SlotMemory.MaxSlots, Damaged);
        Span<byte> levels = new byte[SlotMemory.ChunkSlots];

        // How many levels of each slot may be led to: links jump all over the slots, and here a million of them are a megabyte.
        List<byte> reach = [];
        for (uint first = 0; first < shape.Slots; first += SlotMemory.ChunkSlots)
        {
            memory.Reserve(first);
            var count = SlotMemory.RunLength(first, shape.Slots);
            source.Read(memory.Raw(first, count));
            source.Read(MemoryMarshal.AsBytes(memory.Labels(first, count)));
            source.Read(memory.States(first, count));
            source.Read(levels[..count]);
            for (var i = 0; i < count; i++)
            {
                var slot = first + (uint)i;
                Require(memory.State(slot) is SlotState.Free or SlotState.Live or SlotState.Deleted && levels[i] <= SlotMemory.MaxLevel, Damaged);
                memory.SetLevel(slot, levels[i]);
                if (levels[i] > 0) source.Read(MemoryMarshal.AsBytes(Upper(memory, slot, levels[i])));
                reach.Add((byte)(memory.State(slot) == SlotState.Free ? 0 : levels[i] + 1));
            }
        }

        source.ReadChecksum();
        RequireLinks(memory, CollectionsMarshal.AsSpan(reach));
        Require(slots.Restore(shape.Slots, shape.Drawn), "A label is in the index twice.");
        if (shape.HasEntry != 0)
        {
            Require(shape.EntrySlot < shape.Slots && shape.EntryLevel == memory.Level(shape.EntrySlot), Damaged);
            entry.Set(shape.EntrySlot, shape.EntryLevel);
        }
        else
        {
            Require(slots.Live == 0, Damaged);
        }
    }

    private static Span<uint> Upper(SlotMemory memory, uint slot, int level) => new(memory.Links(slot, 1), level * memory.M);

    /// <param name="reach">Of each slot its levels, the ground included; 0 of a free one. What a free slot has is written over before anything leads to it.</param>
    private static void RequireLinks(SlotMemory memory, ReadOnlySpan<byte> reach)
    {
        for (uint slot = 0; slot < reach.Length; slot++)
        {
            for (var level = reach[(int)slot] - 1; level >= 0; level--)
            {
                foreach (var link in new ReadOnlySpan<uint>(memory.Links(slot, level), memory.MaxLinks(level)))
                {
                    if (link == SlotMemory.None) break;
                    Require(link < (uint)reach.Length && reach[(int)link] > level, "A link of the index leads nowhere.");
                }
            }
        }
    }

    private static void Require(bool holds, string message)
    {
        if (!holds) throw new InvalidDataException(message);
    }

    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    private readonly struct Header(HnswOptions options)
    {
        public readonly ulong Magic = Snapshot.Magic;
        public readonly int Version = Snapshot.Version;
        private readonly int _dimension = options.Dimension;
        private readonly int _metric = (int)options.Metric;
        private readonly int _quantization = (int)options.Quantization;
        private readonly int _m = options.M;
        private readonly int _efConstruction = options.EfConstruction;
        private readonly double _sweepAt = options.SweepAt;
        private readonly ulong _seed = options.Seed;

        public HnswOptions Options => new()
        {
            Dimension = _dimension,
            Metric = (HnswMetric)_metric,
            Quantization = (HnswQuantization)_quantization,
            M = _m,
            EfConstruction = _efConstruction,
            SweepAt = _sweepAt,
            Seed = _seed,
        };
    }

    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    private struct Shape
    {
        public uint Slots;
        public ulong Drawn;
        public int HasEntry;
        public uint EntrySlot;
        public int EntryLevel;
        public int Stride;
    }
}
