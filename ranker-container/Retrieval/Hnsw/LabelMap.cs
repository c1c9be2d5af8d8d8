using System.Numerics;

namespace TikTok.Ranker.Retrieval.Hnsw;

/// <summary>
/// From label to slot: open addressing with linear probing over slot numbers. The labels themselves are where the slots are, so that an entry takes 4 bytes.
/// For one thread at a time.
/// </summary>
internal sealed class LabelMap(SlotMemory memory)
{
    private const int MinLength = 64;

    private uint[] _slots = Empty(MinLength);

    public int Count { get; private set; }

    public long Bytes => _slots.Length * (long)sizeof(uint);

    /// <summary>Room for so many labels, while there are none: taking them in does not grow it again and again.</summary>
    public void Reserve(uint count)
    {
        if (Count == 0) _slots = Empty((int)Math.Max(MinLength, BitOperations.RoundUpToPowerOf2((count + 1) * 4UL / 3)));
    }

    /// <returns>The slot, or <see cref="SlotMemory.None"/>.</returns>
    public uint Find(ulong label) => _slots[Place(label)];

    /// <summary>The slot's label leads to it from now on.</summary>
    /// <returns>The slot that it led to before, or <see cref="SlotMemory.None"/>.</returns>
    public uint Set(uint slot)
    {
        if ((Count + 1) * 4L > _slots.Length * 3L) Grow();
        ref var place = ref _slots[Place(memory.Label(slot))];
        var old = place;
        place = slot;
        if (old == SlotMemory.None) Count++;
        return old;
    }

    /// <returns>The slot that the label led to, or <see cref="SlotMemory.None"/>.</returns>
    public uint Remove(ulong label)
    {
        var hole = Place(label);
        var removed = _slots[hole];
        if (removed == SlotMemory.None) return removed;
        Count--;

        // Those behind it move up unless that would put them before their first place.
        var mask = _slots.Length - 1;
        for (var i = (hole + 1) & mask; _slots[i] != SlotMemory.None; i = (i + 1) & mask)
        {
            var first = First(memory.Label(_slots[i]));
            if (((i - first) & mask) < ((i - hole) & mask)) continue;
            _slots[hole] = _slots[i];
            hole = i;
        }

        _slots[hole] = SlotMemory.None;
        return removed;
    }

    /// <summary>Where the label is, or would be.</summary>
    private int Place(ulong label)
    {
        var place = First(label);
        while (_slots[place] is not SlotMemory.None and var slot && memory.Label(slot) != label) place = (place + 1) & (_slots.Length - 1);
        return place;
    }

    private int First(ulong label) => (int)((label * 0x9E37_79B9_7F4A_7C15) >> (64 - BitOperations.Log2((uint)_slots.Length)));

    private void Grow()
    {
        var old = _slots;
        _slots = Empty(2 * old.Length);
        foreach (var slot in old)
        {
            if (slot != SlotMemory.None) _slots[Place(memory.Label(slot))] = slot;
        }
    }

    private static uint[] Empty(int length)
    {
        var slots = new uint[length];
        Array.Fill(slots, SlotMemory.None);
        return slots;
    }
}
