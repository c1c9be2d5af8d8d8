using System.Numerics;
using System.Runtime.CompilerServices;

namespace TikTok.Ranker.Embeddings;

/// <summary>Rows of equal length in memory that never moves: chunks of 2 to 4 MiB, found by the row's number. One writer allocates, any thread reads.</summary>
internal sealed unsafe class RowArena
{
    private const int ChunkBytes = 2 << 20;

    private readonly List<AlignedMemory> _chunks = [];
    private readonly AlignedMemory _starts;
    private readonly byte** _start;
    private readonly int _shift;

    /// <param name="stride">Bytes from one row to the next.</param>
    public RowArena(int stride)
    {
        Stride = stride;
        _shift = BitOperations.Log2(BitOperations.RoundUpToPowerOf2((uint)((ChunkBytes + stride - 1) / stride)));
        _starts = new AlignedMemory(((EmbeddingTable.MaxRows >> _shift) + 1L) * sizeof(byte*), zeroed: false);
        _start = (byte**)_starts.Start;
    }

    public int Stride { get; }

    public long Bytes => (long)_chunks.Count * ChunkLength;

    private long ChunkLength => (long)Stride << _shift;

    /// <summary>Also of rows that are allocated later. Only while the arena is reachable.</summary>
    public RowAddresses Addresses => new(_start, _shift, Stride);

    public byte* this[int row] => Addresses[row];

    /// <summary>Rows are allocated in order. What is in a new one is undefined.</summary>
    public void Extend(int row)
    {
        if (row >> _shift < _chunks.Count) return;
        var chunk = new AlignedMemory(ChunkLength, zeroed: false);
        _chunks.Add(chunk);
        _start[row >> _shift] = chunk.Start;
    }
}

/// <summary>Where rows are, in values that stay in registers over a whole lookup.</summary>
internal readonly unsafe struct RowAddresses(byte** chunks, int shift, int stride)
{
    public byte* this[int row]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => chunks[row >> shift] + ((nint)(row & ((1 << shift) - 1)) * stride);
    }
}
