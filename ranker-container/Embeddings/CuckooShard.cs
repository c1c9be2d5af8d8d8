using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TikTok.Ranker.Embeddings;

/// <summary>
/// A part of the index: a cuckoo hash of two tables, in which an id lies in one of two buckets and nowhere else. Where both are full, ids move to their other
/// bucket along the shortest path that ends in an empty slot, found breadth first and walked from its end, so that a reader always finds each id at
/// least once. One writer; readers as <see cref="Bucket"/> says.
/// </summary>
internal sealed unsafe class CuckooShard
{
    /// <summary>The share of slots taken at which it is to grow. Insertions fail only beyond 0.98 or so, but get slow before.</summary>
    public const double FullLoad = 0.96;

    /// <summary>What one growth multiplies the slots by: so little that the load never falls far below <see cref="FullLoad"/>.</summary>
    private const double Growth = 1.04;

    /// <summary>Buckets looked at for one insertion.</summary>
    private const int SearchLimit = 512;

    private readonly AlignedMemory _memory;
    private readonly Bucket* _tables;
    private readonly uint _buckets;
    private readonly ulong _seed;

    private CuckooShard(uint bucketsPerTable, ulong seed)
    {
        _buckets = bucketsPerTable;
        _seed = seed;
        _memory = new AlignedMemory(2L * bucketsPerTable * sizeof(Bucket), zeroed: true);
        _tables = (Bucket*)_memory.Start;
    }

    public int Rows { get; private set; }

    public long Slots => 2L * _buckets * Bucket.Slots;

    public long Bytes => _memory.Bytes;

    public bool IsFull => Rows + 1 > Slots * FullLoad;

    /// <summary>Both tables. Only while the shard is reachable.</summary>
    public Span<Bucket> Buckets => new(_tables, checked((int)(2 * _buckets)));

    /// <param name="rows">Rows that it has room for before it is full, at least 0.</param>
    /// <param name="seed">Of <see cref="IdHash"/>.</param>
    public static CuckooShard WithRoomFor(long rows, ulong seed) => new((uint)Math.Ceiling((rows + 1) / (FullLoad * 2 * Bucket.Slots)), seed);

    /// <summary>A larger shard with the same rows. This one is unchanged; <see cref="Retire"/> it once the other is in its place.</summary>
    public CuckooShard Grown()
    {
        for (var buckets = _buckets; ;)
        {
            buckets = Math.Max(buckets + 1, checked((uint)(buckets * Growth)));
            var grown = new CuckooShard(buckets, _seed);
            if (grown.TryTakeAll(this)) return grown;
        }
    }

    /// <summary>Sends readers that are still here to the index that is now valid.</summary>
    public void Retire()
    {
        foreach (ref var bucket in Buckets) Bucket.Retire((Bucket*)Unsafe.AsPointer(ref bucket));
        Volatile.WriteBarrier();
        GC.KeepAlive(this);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Bucket* First(ulong hash) => _tables + (uint)(((hash & uint.MaxValue) * _buckets) >> 32);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Bucket* Second(ulong hash) => _tables + _buckets + (uint)((((hash >> 26) & uint.MaxValue) * _buckets) >> 32);

    /// <summary>For the writer.</summary>
    public bool TryFind(long id, ulong hash, out Bucket* bucket, out int slot)
    {
        bucket = First(hash);
        if ((slot = Bucket.SlotOf(bucket, id)) >= 0) return true;
        bucket = Second(hash);
        return (slot = Bucket.SlotOf(bucket, id)) >= 0;
    }

    /// <summary>Takes an id that is not in it. False: there is no path to an empty slot, and nothing changed.</summary>
    public bool TryInsert(long id, ulong hash, uint place)
    {
        var bucket = First(hash);
        var slot = Bucket.FreeSlot(bucket);
        if (slot < 0)
        {
            bucket = Second(hash);
            slot = Bucket.FreeSlot(bucket);
        }
        if (slot < 0 && !TryMakeRoom(First(hash), Second(hash), out bucket, out slot)) return false;

        Bucket.Fill(bucket, slot, id, place);
        Rows++;
        return true;
    }

    public void Remove(Bucket* bucket, int slot)
    {
        Bucket.Clear(bucket, slot);
        Rows--;
    }

    private bool TryTakeAll(CuckooShard other)
    {
        foreach (ref var bucket in other.Buckets)
        {
            for (var slot = 0; slot < Bucket.Slots; slot++)
            {
                var id = bucket.Ids[slot];
                if (bucket.Places[slot] is var place and not 0 && !TryInsert(id, IdHash.Of(id, _seed), place)) return false;
            }
        }
        return true;
    }

    [SkipLocalsInit]
    private bool TryMakeRoom(Bucket* first, Bucket* second, out Bucket* bucket, out int slot)
    {
        Span<Step> steps = stackalloc Step[SearchLimit];
        steps[0] = new Step(first, -1, 0);
        steps[1] = new Step(second, -1, 0);
        var seen = 2;
        for (var at = 0; at < seen; at++)
        {
            bucket = steps[at].Bucket;
            for (slot = 0; slot < Bucket.Slots; slot++)
            {
                var other = Other(bucket, bucket->Ids[slot]);
                var free = Bucket.FreeSlot(other);
                if (free >= 0)
                {
                    Walk(steps, at, ref bucket, ref slot, other, free);
                    return true;
                }
                if (seen < steps.Length) steps[seen++] = new Step(other, at, slot);
            }
        }
        bucket = null;
        slot = -1;
        return false;
    }

    /// <summary>Moves ids from the path's end to its beginning, each into the slot that the one before left; the first bucket's slot is then empty.</summary>
    private static void Walk(ReadOnlySpan<Step> steps, int at, ref Bucket* bucket, ref int slot, Bucket* empty, int emptySlot)
    {
        while (true)
        {
            Bucket.Fill(empty, emptySlot, bucket->Ids[slot], bucket->Places[slot]);
            Bucket.Clear(bucket, slot);
            if (steps[at].Parent < 0) return;
            empty = bucket;
            emptySlot = slot;
            slot = steps[at].ParentSlot;
            at = steps[at].Parent;
            bucket = steps[at].Bucket;
        }
    }

    private Bucket* Other(Bucket* bucket, long id)
    {
        var hash = IdHash.Of(id, _seed);
        return bucket < _tables + _buckets ? Second(hash) : First(hash);
    }

    /// <summary>A full bucket on the way, reached by moving the id in one slot of the bucket before it.</summary>
    [StructLayout(LayoutKind.Auto)]
    private readonly struct Step(Bucket* bucket, int parent, int parentSlot)
    {
        public readonly Bucket* Bucket = bucket;
        public readonly short Parent = (short)parent;
        public readonly byte ParentSlot = (byte)parentSlot;
    }
}
