using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TikTok.Ranker.Retrieval.Hnsw;

internal enum SlotState : byte
{
    /// <summary>Nothing leads to it.</summary>
    Free = 0,

    /// <summary>Being linked in. Led through, not answered with.</summary>
    Hidden = 1,

    Live = 2,

    /// <summary>Deleted: led through, not answered with, not linked to any more.</summary>
    Deleted = 3,

    /// <summary>Deleted, and a sweep is taking away the links to it.</summary>
    Swept = 4,
}

/// <summary>
/// The vectors and links, in chunks of native memory that never move: growing adds a chunk, and nobody who reads notices. A slot is its ground-level links and
/// behind them its vector, starting on cache lines where the vector's length allows. Links above the ground, which one slot in M has, are allocated apart.
/// </summary>
internal sealed unsafe partial class SlotMemory : IDisposable
{
    /// <summary>No slot: what follows the last link of a list that is not full.</summary>
    public const uint None = uint.MaxValue;

    /// <summary>Slots of a chunk.</summary>
    public const int ChunkSlots = 1 << ChunkShift;

    public const int MaxLevel = 15;

    public const uint MaxSlots = MaxChunks << ChunkShift;

    private const int ChunkShift = 14;
    private const uint ChunkMask = ChunkSlots - 1;
    private const int MaxChunks = 1 << 14;
    private const int CacheLine = 64;
    private const nuint HugePage = 2 << 20;

    private readonly byte** _chunks = (byte**)NativeMemory.AllocZeroed(MaxChunks, (nuint)sizeof(byte*));
    private readonly nuint _stride;
    private readonly nuint _vectorOffset;
    private readonly nuint _labels;
    private readonly nuint _uppers;
    private readonly nuint _states;
    private readonly nuint _chunkBytes;
    private readonly Lock _growing = new();
    private int _chunkCount;
    private long _upperBytes;

    public SlotMemory(int m, int storedBytes)
    {
        M = m;
        _vectorOffset = RoundUp((nuint)(2 * m * sizeof(uint)), CacheLine);
        _stride = RoundUp(_vectorOffset + (nuint)storedBytes, sizeof(uint));
        _labels = RoundUp(ChunkSlots * _stride, CacheLine);
        _uppers = _labels + (ChunkSlots * sizeof(ulong));
        _states = _uppers + (nuint)(ChunkSlots * sizeof(uint*));
        _chunkBytes = _states + ChunkSlots;
    }

    public int M { get; }

    /// <summary>Bytes from a slot to the next.</summary>
    public int Stride => (int)_stride;

    /// <summary>Every slot below it has memory. Only grows.</summary>
    public uint Capacity => (uint)Volatile.Read(ref _chunkCount) << ChunkShift;

    public long Bytes => (Volatile.Read(ref _chunkCount) * (long)_chunkBytes) + Interlocked.Read(ref _upperBytes);

    public int MaxLinks(int level) => level == 0 ? 2 * M : M;

    /// <summary>What a loop keeps in registers to find slots by.</summary>
    public Places At => new(_chunks, _stride, _vectorOffset);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte* Slot(uint slot) => Chunk(slot) + ((slot & ChunkMask) * _stride);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte* Vector(uint slot) => Slot(slot) + _vectorOffset;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint* Links(uint slot, int level) => level == 0 ? (uint*)Slot(slot) : Upper(slot) + 1 + ((level - 1) * M);

    public ref ulong Label(uint slot) => ref ((ulong*)(Chunk(slot) + _labels))[slot & ChunkMask];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public SlotState State(uint slot) => (SlotState)Volatile.Read(ref *(Chunk(slot) + _states + (slot & ChunkMask)));

    public void SetState(uint slot, SlotState state) => Volatile.Write(ref *(Chunk(slot) + _states + (slot & ChunkMask)), (byte)state);

    /// <summary>The highest level that the slot has links on.</summary>
    public int Level(uint slot)
    {
        var upper = Upper(slot);
        return upper == null ? 0 : (int)*upper;
    }

    /// <summary>Makes sure that the slot has memory.</summary>
    /// <exception cref="InvalidOperationException">The index is at its largest, 2²⁸ slots.</exception>
    public void Reserve(uint slot)
    {
        if (slot < Capacity) return;
        lock (_growing)
        {
            while (slot >= Capacity)
            {
                if (_chunkCount == MaxChunks) throw new InvalidOperationException("The index holds as many vectors as it can.");
                _chunks[_chunkCount] = AllocateChunk();
                Volatile.Write(ref _chunkCount, _chunkCount + 1);
            }
        }
    }

    /// <summary>Gives a free slot its levels, without any link.</summary>
    public void Prepare(uint slot, int level)
    {
        new Span<uint>(Links(slot, 0), 2 * M).Fill(None);
        SetLevel(slot, level);
    }

    /// <summary>Gives a slot without levels above the ground room for links on these.</summary>
    public void SetLevel(uint slot, int level)
    {
        if (level == 0) return;
        var length = 1 + (level * M);
        var upper = (uint*)NativeMemory.Alloc((nuint)length, sizeof(uint));
        new Span<uint>(upper, length).Fill(None);
        *upper = (uint)level;
        Uppers(slot) = (nint)upper;
        Interlocked.Add(ref _upperBytes, length * sizeof(uint));
    }

    /// <summary>Takes the levels of a slot away. Nobody may be reading it.</summary>
    public void Release(uint slot)
    {
        var upper = Upper(slot);
        if (upper != null)
        {
            Interlocked.Add(ref _upperBytes, -(1 + ((long)*upper * M)) * sizeof(uint));
            Uppers(slot) = 0;
            NativeMemory.Free(upper);
        }

        SetState(slot, SlotState.Free);
    }

    /// <summary>Replaces a list of links, each link whole. A reader may see some of the old among the new: they lead somewhere all the same.</summary>
    public void SetLinks(uint slot, int level, ReadOnlySpan<uint> links)
    {
        var list = Links(slot, level);
        var max = MaxLinks(level);
        for (var i = 0; i < links.Length; i++) Volatile.Write(ref list[i], links[i]);
        for (var i = links.Length; i < max && list[i] != None; i++) Volatile.Write(ref list[i], None);
    }

    public int CountLinks(uint slot, int level)
    {
        var links = new ReadOnlySpan<uint>(Links(slot, level), MaxLinks(level));
        var end = links.IndexOf(None);
        return end < 0 ? links.Length : end;
    }

    /// <summary>How many slots from <paramref name="first"/> on lie side by side, below <paramref name="end"/>.</summary>
    public static int RunLength(uint first, uint end) => (int)(Math.Min(end, (first | ChunkMask) + 1) - first);

    /// <summary>Links and vectors of slots that lie side by side.</summary>
    public Span<byte> Raw(uint first, int count) => new(Slot(first), checked(count * Stride));

    public Span<ulong> Labels(uint first, int count) => new(Chunk(first) + _labels + ((first & ChunkMask) * sizeof(ulong)), count);

    public Span<byte> States(uint first, int count) => new(Chunk(first) + _states + (first & ChunkMask), count);

    public void Dispose()
    {
        for (var chunk = 0; chunk < _chunkCount; chunk++)
        {
            var uppers = (nint*)(_chunks[chunk] + _uppers);
            for (var i = 0; i < ChunkSlots; i++) NativeMemory.Free((void*)uppers[i]);
            NativeMemory.AlignedFree(_chunks[chunk]);
        }

        NativeMemory.Free(_chunks);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private byte* Chunk(uint slot) => _chunks[slot >> ChunkShift];

    private ref nint Uppers(uint slot) => ref ((nint*)(Chunk(slot) + _uppers))[slot & ChunkMask];

    private uint* Upper(uint slot) => (uint*)Volatile.Read(ref Uppers(slot));

    private byte* AllocateChunk()
    {
        var chunk = (byte*)NativeMemory.AlignedAlloc(_chunkBytes, HugePage);

        // A search jumps all over the vectors: with pages of 4 KB nearly each jump misses the TLB as well. Where the advice is not taken, it is slower, no more.
        if (OperatingSystem.IsLinux()) _ = Advise(chunk, _chunkBytes / HugePage * HugePage, HugePageAdvice);

        // Labels and vectors are written when a slot is taken.
        NativeMemory.Clear(chunk + _uppers, _chunkBytes - _uppers);
        return chunk;
    }

    public readonly struct Places(byte** chunks, nuint stride, nuint vectorOffset)
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public byte* Vector(uint slot) => Links(slot) + vectorOffset;

        /// <summary>On the ground level.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public byte* Links(uint slot) => chunks[slot >> ChunkShift] + ((slot & ChunkMask) * stride);
    }

    private static nuint RoundUp(nuint value, nuint to) => (value + to - 1) / to * to;

    private const int HugePageAdvice = 14;

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* start, nuint length, int advice);
}
