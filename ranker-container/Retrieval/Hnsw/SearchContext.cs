using System.Runtime.CompilerServices;

namespace TikTok.Ranker.Retrieval.Hnsw;

/// <summary>What one search or insertion works with at a time. Rented from <see cref="SearchContexts"/>, used over and over: a search allocates nothing.</summary>
internal sealed unsafe class SearchContext
{
    private NativeBuffer<ulong> _pool;
    private NativeBuffer<ulong> _frontier;
    private NativeBuffer<byte> _query;
    private NativeBuffer<byte> _scratch;
    private NativeBuffer<uint> _slots;
    private NativeBuffer<uint> _ahead;
    private NativeBuffer<nint> _vectors;
    private NativeBuffer<float> _distances;
    private NativeBuffer<uint> _selected;

    /// <summary>The epoch that the operation under way began in; 0: none is.</summary>
    public long Epoch;

    public VisitedSet Visited;

    /// <summary>The candidates, nearest first, as <see cref="Candidate"/> packs them.</summary>
    public ulong* Pool => _pool.Pointer;

    /// <summary>Those a filtered search has still to look behind, as a heap.</summary>
    public ulong* Frontier => _frontier.Pointer;

    public byte* Query => _query.Pointer;

    /// <summary>A stored vector in the form of a query.</summary>
    public byte* Scratch => _scratch.Pointer;

    /// <summary>The slots, their vectors and their distances of one batch, at least a full list of links and one more.</summary>
    public uint* Slots => _slots.Pointer;

    /// <summary>The slots that the next step will most likely look at.</summary>
    public uint* Ahead => _ahead.Pointer;

    public byte** Vectors => (byte**)_vectors.Pointer;

    public float* Distances => _distances.Pointer;

    /// <summary>The links chosen for a new slot on each level.</summary>
    public uint* Selected(int level, int m) => _selected.Pointer + (level * ((2 * m) + 1));

    /// <summary>The links chosen for a slot that is linked anew on one level.</summary>
    public uint* Relinked(int m) => Selected(SlotMemory.MaxLevel + 1, m);

    public int FrontierCapacity => _frontier.Length;

    public long Bytes => _pool.Bytes + _frontier.Bytes + _query.Bytes + _scratch.Bytes + _slots.Bytes + _ahead.Bytes + _vectors.Bytes + _distances.Bytes + _selected.Bytes + Visited.Bytes;

    public void Reserve(uint slots, int m, int queryBytes)
    {
        Visited.Reserve(slots);
        ReserveBatch((2 * m) + 1);
        _selected.Reserve((SlotMemory.MaxLevel + 2) * ((2 * m) + 1));
        _query.Reserve(queryBytes);
        _scratch.Reserve(queryBytes);
    }

    public void ReserveBatch(int slots)
    {
        _slots.Reserve(slots);
        _ahead.Reserve(slots);
        _vectors.Reserve(slots + IVectorSpace.Slack);
        _distances.Reserve(slots + IVectorSpace.Slack);
    }

    public void ReservePool(int candidates) => _pool.Reserve(candidates + 1);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public void ReserveFrontier(int candidates) => _frontier.Reserve(candidates);

    public void Free()
    {
        _pool.Free();
        _frontier.Free();
        _query.Free();
        _scratch.Free();
        _slots.Free();
        _ahead.Free();
        _vectors.Free();
        _distances.Free();
        _selected.Free();
        Visited.Free();
    }
}

/// <summary>
/// A slot and its distance in one number that sorts by distance, then slot: the distance's bits above (it is not negative), the slot below, and in the lowest bit
/// whether its links have been followed.
/// </summary>
internal static class Candidate
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Of(float distance, uint slot) => ((ulong)BitConverter.SingleToUInt32Bits(distance) << 32) | (slot << 1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Slot(ulong candidate) => (uint)candidate >> 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Distance(ulong candidate) => BitConverter.UInt32BitsToSingle((uint)(candidate >> 32));

    public static bool IsFollowed(ulong candidate) => (candidate & 1) != 0;
}
