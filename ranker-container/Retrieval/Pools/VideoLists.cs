using TikTok.Ranker.Features;

namespace TikTok.Ranker.Retrieval.Pools;

/// <summary>For each id (of a creator, a hashtag, a sound, a country) its first videos in some order, at most so many. Does not change.</summary>
internal sealed class VideoLists
{
    public static readonly VideoLists Empty = new([], [0], [], [0]);

    private readonly long[] _ids;
    private readonly int[] _slots;
    private readonly int[] _starts;

    /// <param name="slots">Group plus 1 by slot, 0 where there is none: open addressing.</param>
    private VideoLists(long[] ids, int[] slots, int[] rows, int[] starts) => (_ids, _slots, Rows, _starts) = (ids, slots, rows, starts);

    /// <summary>All lists, one behind the other.</summary>
    public int[] Rows { get; }

    public int Count => _ids.Length;

    public long Bytes => (8L * _ids.Length) + (4L * (_slots.Length + Rows.Length + _starts.Length));

    /// <summary>Where an id's list begins and ends in <see cref="Rows"/>.</summary>
    public (int Start, int End) Find(long id)
    {
        if (id == FeatureId.None) return default;
        for (var slot = (int)id & (_slots.Length - 1); _slots[slot] != 0; slot = (slot + 1) & (_slots.Length - 1))
        {
            var group = _slots[slot] - 1;
            if (_ids[group] == id) return (_starts[group], _starts[group + 1]);
        }
        return default;
    }

    /// <summary>Gathers (id, item) pairs and makes lists of them. Kept and used again.</summary>
    /// <param name="perItem">Ids of an item at most.</param>
    internal sealed class Builder(int perItem)
    {
        private long[] _ids = new long[256];
        private int[] _counts = new int[256];
        private int[] _slots = new int[1024];
        private int[] _groupsOfItems = [];
        private int _groups;
        private int _items;

        public void Clear(int items)
        {
            Array.Clear(_slots);
            (_groups, _items) = (0, 0);
            if (_groupsOfItems.Length < items * perItem) _groupsOfItems = new int[(items + (items / 4)) * perItem];
        }

        /// <summary>The next item's ids; <see cref="FeatureId.None"/> and doubles among them are left out.</summary>
        public void Add(ReadOnlySpan<long> ids)
        {
            var groups = _groupsOfItems.AsSpan(_items++ * perItem, perItem);
            for (var i = 0; i < perItem; i++)
            {
                groups[i] = -1;
                if (i >= ids.Length || ids[i] == FeatureId.None || ids[..i].Contains(ids[i])) continue;
                groups[i] = GroupOf(ids[i]);
                _counts[groups[i]]++;
            }
        }

        /// <param name="order">Indexes of items in the order that the lists shall have.</param>
        /// <param name="rows">By item.</param>
        /// <param name="depth">Of a list at most.</param>
        public VideoLists Build(ReadOnlySpan<int> order, ReadOnlySpan<int> rows, int depth)
        {
            var starts = new int[_groups + 1];
            for (var group = 0; group < _groups; group++) starts[group + 1] = starts[group] + Math.Min(_counts[group], depth);
            var lists = new int[starts[_groups]];

            // From here on the counts are of those taken.
            Array.Clear(_counts, 0, _groups);
            foreach (var item in order)
            {
                foreach (var group in _groupsOfItems.AsSpan(item * perItem, perItem))
                {
                    if (group >= 0 && _counts[group] < depth) lists[starts[group] + _counts[group]++] = rows[item];
                }
            }
            return new VideoLists(_ids[.._groups], [.. _slots], lists, starts);
        }

        private int GroupOf(long id)
        {
            var slot = SlotOf(id);
            if (_slots[slot] != 0) return _slots[slot] - 1;
            if (_groups * 2 >= _slots.Length)
            {
                Grow();
                slot = SlotOf(id);
            }
            if (_groups == _ids.Length)
            {
                Array.Resize(ref _ids, _groups * 2);
                Array.Resize(ref _counts, _groups * 2);
            }
            (_ids[_groups], _counts[_groups]) = (id, 0);
            _slots[slot] = _groups + 1;
            return _groups++;
        }

        // Ids are hashes already.
        private int SlotOf(long id)
        {
            var slot = (int)id & (_slots.Length - 1);
            while (_slots[slot] != 0 && _ids[_slots[slot] - 1] != id) slot = (slot + 1) & (_slots.Length - 1);
            return slot;
        }

        private void Grow()
        {
            _slots = new int[_slots.Length * 2];
            for (var group = 0; group < _groups; group++) _slots[SlotOf(_ids[group])] = group + 1;
        }
    }
}
