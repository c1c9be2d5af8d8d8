using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace TikTok.Ranker.Embeddings;

/// <summary>
/// Five slots in one cache line: five whole ids, where each one's row is and when it was last seen, and a version.
/// </summary>
/// <remarks>
/// <para>One writer changes buckets while any number of threads read them; no one ever waits. A change of a slot is one of three, and each raises the version:</para>
/// <list type="bullet">
/// <item><b>fill</b> an empty slot: raise, id, place, raise;</item>
/// <item><b>clear</b> it: raise, place = 0, raise;</item>
/// <item><b>repoint</b> it to another row: place, raise.</item>
/// </list>
/// <para>All of these stores are in this order, by <see cref="Volatile.WriteBarrier"/>. A row is given to another id, or written at all, only after the raise
/// that ended its slot's use of it. A reader takes the version, finds the id, copies the row and takes the version again, in this order by
/// <see cref="Volatile.Read(ref readonly uint)"/> and <see cref="Volatile.ReadBarrier"/>. If the version is the same, at most one change was under way and
/// its last raise was still to come: so the row was still this id's, and nobody wrote to it. Otherwise the reader looks again, which happens only because the
/// writer got on.</para>
/// <para>A fill may show a reader the slot's former id with the new place; therefore the id is compared once more after its place was read.</para>
/// </remarks>
[StructLayout(LayoutKind.Sequential, Size = 64)]
internal unsafe struct Bucket
{
    public const int Slots = 5;

    private const uint AllSlots = (1u << Slots) - 1;

    /// <summary>Set in the version of a bucket that has been replaced by a larger index: look there.</summary>
    public const uint Retired = 1u << 31;

    public fixed long Ids[Slots];

    /// <summary>See <see cref="Place"/>; 0 is an empty slot.</summary>
    public fixed uint Places[Slots];

    public uint Version;

    /// <summary>For readers. The row of an id, or −1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Find(Bucket* bucket, long id)
    {
        for (var matches = Matches(bucket, id); matches != 0; matches &= matches - 1)
        {
            var slot = BitOperations.TrailingZeroCount(matches);
            var place = Volatile.Read(ref bucket->Places[slot]);
            if (place != 0 && Volatile.Read(ref bucket->Ids[slot]) == id) return Place.Row(place);
        }
        return -1;
    }

    /// <summary>For the writer. The slot of an id, or −1.</summary>
    public static int SlotOf(Bucket* bucket, long id)
    {
        for (var matches = Matches(bucket, id); matches != 0; matches &= matches - 1)
        {
            var slot = BitOperations.TrailingZeroCount(matches);
            if (bucket->Places[slot] != 0) return slot;
        }
        return -1;
    }

    /// <summary>An empty slot, or −1.</summary>
    public static int FreeSlot(Bucket* bucket)
    {
        for (var slot = 0; slot < Slots; slot++)
        {
            if (bucket->Places[slot] == 0) return slot;
        }
        return -1;
    }

    public static void Fill(Bucket* bucket, int slot, long id, uint place)
    {
        Raise(bucket);
        bucket->Ids[slot] = id;
        Volatile.WriteBarrier();
        bucket->Places[slot] = place;
        Raise(bucket);
    }

    public static void Clear(Bucket* bucket, int slot)
    {
        Raise(bucket);
        bucket->Places[slot] = 0;
        Raise(bucket);
    }

    /// <summary>The row that <paramref name="place"/> names is already written.</summary>
    public static void Repoint(Bucket* bucket, int slot, uint place)
    {
        Volatile.WriteBarrier();
        bucket->Places[slot] = place;
        Raise(bucket);
    }

    public static void Retire(Bucket* bucket) => Volatile.Write(ref bucket->Version, bucket->Version | Retired);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Matches(Bucket* bucket, long id) =>
        (uint)Vector512.Equals(Vector512.Load((long*)bucket), Vector512.Create(id)).ExtractMostSignificantBits() & AllSlots;

    private static void Raise(Bucket* bucket)
    {
        Volatile.WriteBarrier();
        bucket->Version = (bucket->Version + 1) & ~Retired;
        Volatile.WriteBarrier();
    }
}

/// <summary>Where an id's row is (26 bits, from 1 on) and in which period it was last seen (6 bits, counted from the table's first).</summary>
internal static class Place
{
    public const int MaxPeriod = 63;

    private const int RowBits = 26;
    private const uint RowMask = (1u << RowBits) - 1;

    public const int MaxRows = (int)RowMask - 1;

    public static uint Of(int row, int period) => (uint)(row + 1) | ((uint)period << RowBits);

    public static int Row(uint place) => (int)(place & RowMask) - 1;

    public static int Period(uint place) => (int)(place >> RowBits);
}
