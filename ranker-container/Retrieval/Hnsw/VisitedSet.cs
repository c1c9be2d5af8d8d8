using System.Runtime.CompilerServices;

namespace TikTok.Ranker.Retrieval.Hnsw;

/// <summary>One bit for each slot, small enough for the cache; remembers which words it touched, so that emptying it costs what filling it did.</summary>
internal unsafe struct VisitedSet
{
    private NativeBuffer<ulong> _words;
    private NativeBuffer<uint> _touched;

    public uint Capacity { get; private set; }

    public readonly long Bytes => _words.Bytes + _touched.Bytes;

    public void Reserve(uint slots)
    {
        if (slots <= Capacity) return;
        var words = (int)((slots + 63) / 64);
        _words.Reserve(words);
        _touched.Reserve(words + 1);
        new Span<ulong>(_words.Pointer, words).Clear();
        TouchedCount = 0;
        Capacity = slots;
    }

    /// <summary>Of 64 slots each.</summary>
    public readonly ulong* Words => _words.Pointer;

    /// <summary>The words that are not zero, for loops that add by themselves; as many as <see cref="TouchedCount"/>, with room for one more.</summary>
    public readonly uint* Touched => _touched.Pointer;

    public int TouchedCount { readonly get; set; }

    /// <returns>Whether the slot was not in the set yet.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Add(uint slot)
    {
        var word = Words + (slot >> 6);
        var bit = 1UL << (int)(slot & 63);
        var old = *word;
        if ((old & bit) != 0) return false;
        if (old == 0) Touched[TouchedCount++] = slot >> 6;
        *word = old | bit;
        return true;
    }

    public void Clear()
    {
        for (var i = 0; i < TouchedCount; i++) Words[Touched[i]] = 0;
        TouchedCount = 0;
    }

    public void Free()
    {
        _words.Free();
        _touched.Free();
    }
}
