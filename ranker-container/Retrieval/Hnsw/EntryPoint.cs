namespace TikTok.Ranker.Retrieval.Hnsw;

/// <summary>Where every search begins: a slot of the highest level.</summary>
internal sealed class EntryPoint(SlotMemory memory)
{
    private const long Nowhere = -1;

    private readonly Lock _changing = new();
    private long _slotAndLevel = Nowhere;

    public bool TryGet(out uint slot, out int level)
    {
        var entry = Volatile.Read(ref _slotAndLevel);
        slot = (uint)entry;
        level = (int)(entry >> 32);
        return entry != Nowhere;
    }

    /// <summary>Makes a slot the entry that found nothing to be linked to.</summary>
    /// <returns>false: there is a live entry by now.</returns>
    public bool TryBegin(uint slot, int level)
    {
        lock (_changing)
        {
            if (TryGet(out var entry, out _) && memory.State(entry) is SlotState.Live or SlotState.Hidden) return false;
            Set(slot, level);
            return true;
        }
    }

    public void Raise(uint slot, int level)
    {
        lock (_changing)
        {
            if (!TryGet(out _, out var top) || level > top) Set(slot, level);
        }
    }

    /// <summary>Puts another slot, or none, in place of an entry that is being swept.</summary>
    public void Replace(uint slot, int level)
    {
        lock (_changing)
        {
            if (TryGet(out var entry, out _) && memory.State(entry) == SlotState.Swept) Set(slot, level);
        }
    }

    /// <param name="slot"><see cref="SlotMemory.None"/> for none.</param>
    public void Set(uint slot, int level) => Volatile.Write(ref _slotAndLevel, slot == SlotMemory.None ? Nowhere : ((long)level << 32) | slot);
}
