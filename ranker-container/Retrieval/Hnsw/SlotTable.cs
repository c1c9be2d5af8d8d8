namespace TikTok.Ranker.Retrieval.Hnsw;

/// <summary>Which slots are taken, by what label, and which may be used anew. Only writers come here, and those who ask by label.</summary>
internal sealed class SlotTable(SlotMemory memory)
{
    private readonly Lock _changing = new();
    private readonly LabelMap _labels = new(memory);
    private readonly Stack<uint> _free = new();
    private readonly List<uint> _deleted = [];
    private uint _count;
    private ulong _drawn;
    private int _live;
    private int _deletedCount;

    /// <summary>Slots ever taken: each below it has memory.</summary>
    public uint Count => Volatile.Read(ref _count);

    public int Live => Volatile.Read(ref _live);

    public int Deleted => Volatile.Read(ref _deletedCount);

    /// <summary>Levels drawn so far.</summary>
    public ulong Drawn => _drawn;

    public long Bytes => _labels.Bytes;

    /// <summary>A slot for a new vector, and the level it shall have.</summary>
    public uint Take(HnswOptions options, out int level)
    {
        lock (_changing)
        {
            level = Level(options, _drawn++);
            if (!_free.TryPop(out var slot)) memory.Reserve(slot = _count);
            memory.Prepare(slot, level);
            memory.SetState(slot, SlotState.Hidden);
            if (slot == _count) Volatile.Write(ref _count, slot + 1);
            return slot;
        }
    }

    /// <summary>A slot that is linked in is answered with from now on, and what had its label before no longer.</summary>
    public void Publish(uint slot)
    {
        lock (_changing)
        {
            var old = _labels.Set(slot);
            if (old != SlotMemory.None) MarkDeleted(old);
            memory.SetState(slot, SlotState.Live);
            SetCounts();
        }
    }

    public bool Delete(ulong label)
    {
        lock (_changing)
        {
            var slot = _labels.Remove(label);
            if (slot == SlotMemory.None) return false;
            MarkDeleted(slot);
            SetCounts();
            return true;
        }
    }

    /// <returns>The slot, or <see cref="SlotMemory.None"/>.</returns>
    public uint Find(ulong label)
    {
        lock (_changing) return _labels.Find(label);
    }

    /// <summary>Marks all deleted slots as being swept.</summary>
    public uint[] TakeDeleted()
    {
        lock (_changing)
        {
            var taken = _deleted.ToArray();
            _deleted.Clear();
            SetCounts();
            foreach (var slot in taken) memory.SetState(slot, SlotState.Swept);
            return taken;
        }
    }

    /// <summary>Nothing leads to these any more, and nobody is at them.</summary>
    public void Free(ReadOnlySpan<uint> slots)
    {
        lock (_changing)
        {
            foreach (var slot in slots)
            {
                memory.Release(slot);
                _free.Push(slot);
            }
        }
    }

    /// <summary>Takes over slots that were read from a snapshot, by their states.</summary>
    /// <returns>false: a label is there twice.</returns>
    public bool Restore(uint count, ulong drawn)
    {
        (_count, _drawn) = (count, drawn);
        _labels.Reserve(count);
        for (uint slot = 0; slot < count; slot++)
        {
            switch (memory.State(slot))
            {
                case SlotState.Live when _labels.Set(slot) != SlotMemory.None: return false;
                case SlotState.Deleted: _deleted.Add(slot); break;
                case SlotState.Free: _free.Push(slot); break;
            }
        }

        SetCounts();
        return true;
    }

    private void SetCounts()
    {
        Volatile.Write(ref _live, _labels.Count);
        Volatile.Write(ref _deletedCount, _deleted.Count);
    }

    /// <summary>Levels fall off by a factor of M (the paper's m_L = 1 ÷ ln M).</summary>
    private static int Level(HnswOptions options, ulong draw)
    {
        // SplitMix64 (Steele, Lea and Flood, 2014) of the seed and the number of the draw.
        var z = options.Seed + ((draw + 1) * 0x9E37_79B9_7F4A_7C15);
        z = (z ^ (z >> 30)) * 0xBF58_476D_1CE4_E5B9;
        z = (z ^ (z >> 27)) * 0x94D0_49BB_1331_11EB;
        var uniform = (((z ^ (z >> 31)) >> 11) + 0.5) / (1UL << 53);
        return Math.Min(SlotMemory.MaxLevel, (int)(-Math.Log(uniform) / Math.Log(options.M)));
    }

    private void MarkDeleted(uint slot)
    {
        memory.SetState(slot, SlotState.Deleted);
        _deleted.Add(slot);
    }
}
