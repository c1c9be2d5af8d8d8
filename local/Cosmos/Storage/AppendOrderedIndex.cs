namespace TikTok.Local.Cosmos.Storage;

/// <summary>
/// Entries in the order of a key that only grows (document number, version). Removing leaves a gap that is closed once gaps
/// outnumber entries, so adding and removing are O(1) amortised and seeking is O(log n).
/// </summary>
internal sealed class AppendOrderedIndex(Func<DocumentEntry, long> key)
{
    private readonly List<(long Key, DocumentEntry? Entry)> _slots = [];
    private int _live;

    public int Count => _live;

    public void Add(DocumentEntry entry)
    {
        _slots.Add((key(entry), entry));
        _live++;
    }

    public void Remove(DocumentEntry entry)
    {
        var entryKey = key(entry);
        var at = LowerBound(entryKey);
        if (at >= _slots.Count || !ReferenceEquals(_slots[at].Entry, entry))
            return;

        _slots[at] = (entryKey, null);
        _live--;
        if (_slots.Count > 64 && _live < _slots.Count / 2)
            _slots.RemoveAll(static slot => slot.Entry is null);
    }

    /// <summary>Puts a newer state of a document in the place of the old one; both have the same key.</summary>
    public void Replace(DocumentEntry old, DocumentEntry entry)
    {
        var at = LowerBound(key(old));
        _slots[at] = (_slots[at].Key, entry);
    }

    /// <summary>Entries whose key is at least <paramref name="from"/>, in order.</summary>
    public IEnumerable<DocumentEntry> From(long from)
    {
        for (var i = LowerBound(from); i < _slots.Count; i++)
        {
            if (_slots[i].Entry is { } entry)
                yield return entry;
        }
    }

    private int LowerBound(long from)
    {
        int low = 0, high = _slots.Count;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (_slots[middle].Key < from)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }
}
