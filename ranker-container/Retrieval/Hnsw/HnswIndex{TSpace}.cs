namespace TikTok.Ranker.Retrieval.Hnsw;

/// <summary>The index over one kind of vectors. What readers follow is in <see cref="SlotMemory"/>; what only writers need is under locks of its own.</summary>
internal sealed unsafe class HnswIndex<TSpace> : HnswIndex
    where TSpace : struct, IVectorSpace
{
    private const int SweepAtLeast = 64;

    // Times as many as are asked for are looked at more closely: so far off no rounding puts one.
    private const int RefineAmong = 2;

    private readonly SlotMemory _memory;
    private readonly SearchContexts _contexts;
    private readonly Links<TSpace> _links;
    private readonly EntryPoint _entry;
    private readonly SlotTable _slots;

    // Held shared by whatever changes the index, alone by what must see it stand still.
    private readonly ReaderWriterLockSlim _changing = new();
    private readonly Lock _sweeping = new();
    private bool _disposed;

    public HnswIndex(HnswOptions options)
        : base(options)
    {
        _memory = new SlotMemory(options.M, TSpace.StoredBytes(options.Dimension));
        _contexts = new SearchContexts(_memory, TSpace.QueryBytes(options.Dimension));
        _links = new Links<TSpace>(_memory, options.Dimension);
        _entry = new EntryPoint(_memory);
        _slots = new SlotTable(_memory);
    }

    public override int Count => _slots.Live;

    public override int Deleted => _slots.Deleted;

    public override long Bytes => _memory.Bytes + _slots.Bytes + _contexts.Bytes;

    public override void Insert(ulong label, ReadOnlySpan<float> vector)
    {
        Check(vector);
        _changing.EnterReadLock();
        try
        {
            var slot = _slots.Take(Options, out var level);
            _memory.Label(slot) = label;
            TSpace.Store(vector, _memory.Vector(slot));
            var context = _contexts.Rent();
            try
            {
                while (!TryLink(context, slot, level)) { }
            }
            finally
            {
                _contexts.Return(context);
            }

            _slots.Publish(slot);
        }
        finally
        {
            _changing.ExitReadLock();
        }

        SweepIfDue();
    }

    public override bool Delete(ulong label)
    {
        _changing.EnterReadLock();
        try
        {
            if (!_slots.Delete(label)) return false;
        }
        finally
        {
            _changing.ExitReadLock();
        }

        SweepIfDue();
        return true;
    }

    public override bool Contains(ulong label) => _slots.Find(label) != SlotMemory.None;

    public override bool TryGet(ulong label, Span<float> vector)
    {
        if (vector.Length != Options.Dimension) throw new ArgumentException($"A vector has {Options.Dimension} components here, not {vector.Length}.", nameof(vector));

        // While a context is held, the slot is not used anew.
        var context = _contexts.Rent();
        try
        {
            var slot = _slots.Find(label);
            if (slot == SlotMemory.None) return false;
            TSpace.Restore(_memory.Vector(slot), vector);
            return true;
        }
        finally
        {
            _contexts.Return(context);
        }
    }

    public override int Search<TFilter>(ReadOnlySpan<float> query, Span<HnswMatch> results, int ef, TFilter filter)
    {
        Check(query);
        if (results.IsEmpty) return 0;
        var context = _contexts.Rent();
        try
        {
            if (!TryEnter(context, out var entry, out var top)) return 0;
            TSpace.Ask(query, context.Query);
            var slots = _slots.Count;
            ef = Math.Max(ef, results.Length);
            entry = GraphSearch<TSpace>.Descend(_memory, context, context.Query, Options.Dimension, entry, top, 0);
            if (typeof(TFilter) == typeof(EveryLabel))
            {
                // Deleted ones take places among the nearest: so many more are kept.
                var spare = (int)Math.Min(ef, (long)ef * _slots.Deleted / Math.Max(1, _slots.Live));
                var all = GraphSearch<TSpace>.Nearest(_memory, context, context.Query, Options.Dimension, entry, 0, ef + spare);
                var live = Answer(context, all, results);
                if (live == results.Length || live >= _slots.Live) return live;
            }

            var allowed = new LiveSlots<TFilter>(filter);
            var found = FilteredSearch<TSpace>.Nearest(
                _memory, context, context.Query, Options.Dimension, entry, 0, slots, results.Length, ef, ref allowed);
            return Answer(context, found, results);
        }
        finally
        {
            _contexts.Return(context);
        }
    }

    public override void Sweep()
    {
        lock (_sweeping)
        {
            _changing.EnterReadLock();
            try
            {
                var swept = _slots.TakeDeleted();
                if (swept.Length == 0) return;

                // Insertions under way may have chosen one of these as a neighbour; those that begin now will not.
                _contexts.WaitForThoseUnderWay();
                RepairAll();
                _contexts.WaitForThoseUnderWay();
                _slots.Free(swept);
            }
            finally
            {
                _changing.ExitReadLock();
            }
        }
    }

    public override void Save(Stream stream)
    {
        _changing.EnterWriteLock();
        try
        {
            Snapshot.Save(stream, Options, _memory, _slots, _entry);
        }
        finally
        {
            _changing.ExitWriteLock();
        }
    }

    public override void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, true)) return;
        _contexts.Dispose();
        _memory.Dispose();
        _changing.Dispose();
    }

    internal override void Load(ChecksummedStream stream) => Snapshot.Load(stream, Options, _memory, _slots, _entry);

    /// <summary>
    /// Links a slot in: first all its own links, so that whoever comes upon it can go on from it on every level; then those that lead to it, from the ground up.
    /// </summary>
    /// <returns>false: it became possible only meanwhile to link it, so do it again.</returns>
    private bool TryLink(SearchContext context, uint slot, int level)
    {
        if (!TryEnter(context, out var entry, out var top)) return _entry.TryBegin(slot, level);
        var counts = stackalloc int[SlotMemory.MaxLevel + 1];
        var query = TSpace.AsQuery(_memory.Vector(slot), context.Query, Options.Dimension);
        var from = GraphSearch<TSpace>.Descend(_memory, context, query, Options.Dimension, entry, top, level);
        var linked = Math.Min(level, top);
        for (var l = linked; l >= 0; l--)
        {
            var found = Neighbours(context, query, ref from, l);
            var count = _links.Choose(context, context.Pool, found, Options.M, context.Selected(l, Options.M));
            if (l == 0 && count == 0) return _entry.TryBegin(slot, level);
            _memory.SetLinks(slot, l, new ReadOnlySpan<uint>(context.Selected(l, Options.M), count));
            counts[l] = count;
        }

        for (var l = 0; l <= linked; l++)
        {
            var chosen = context.Selected(l, Options.M);
            for (var i = 0; i < counts[l]; i++) _links.Add(context, chosen[i], l, slot);
        }

        if (level > top) _entry.Raise(slot, level);
        return true;
    }

    private bool TryEnter(SearchContext context, out uint entry, out int top)
    {
        if (!_entry.TryGet(out entry, out top)) return false;

        // The entry may be of a chunk that came after the context was rented.
        if (entry >= context.Visited.Capacity) context.Visited.Reserve(_memory.Capacity);
        return true;
    }

    /// <summary>The nearest that may be linked to, into the pool; <paramref name="from"/> becomes the nearest of all.</summary>
    private int Neighbours(SearchContext context, byte* query, ref uint from, int level)
    {
        var all = GraphSearch<TSpace>.Nearest(_memory, context, query, Options.Dimension, from, level, Options.EfConstruction);
        var pool = context.Pool;
        var entry = from;
        from = Candidate.Slot(pool[0]);
        var found = 0;
        for (var i = 0; i < all; i++)
        {
            if (_memory.State(Candidate.Slot(pool[i])) is SlotState.Live or SlotState.Hidden) pool[found++] = pool[i];
        }

        if (found == all || found >= Options.M) return found;

        // Among many deleted ones. What is hidden does not count here: a scan would find it before it is linked itself.
        var live = new LiveSlots<EveryLabel>(default);
        return FilteredSearch<TSpace>.Nearest(
            _memory, context, query, Options.Dimension, entry, level, _slots.Count, wanted: 1, Options.EfConstruction, ref live);
    }

    /// <summary>The first of the pool that are live. Looked at twice: who sees a replacement live sees by then that what it replaced no longer is.</summary>
    private int Answer(SearchContext context, int count, Span<HnswMatch> results)
    {
        var pool = context.Pool;
        var live = 0;
        var wanted = TSpace.Refines ? RefineAmong * results.Length : results.Length;
        for (var i = 0; i < count && live < wanted; i++)
        {
            if (_memory.State(Candidate.Slot(pool[i])) == SlotState.Live) pool[live++] = pool[i];
        }

        if (TSpace.Refines) live = Refine(context, live, results.Length);
        var found = 0;
        for (var i = 0; i < live; i++)
        {
            var slot = Candidate.Slot(pool[i]);
            if (_memory.State(slot) == SlotState.Live) results[found++] = new HnswMatch(_memory.Label(slot), Candidate.Distance(pool[i]));
        }

        return found;
    }

    /// <summary>Puts the first of the pool in the order of their distances as near as they can be taken, and keeps the nearest.</summary>
    private int Refine(SearchContext context, int count, int keep)
    {
        var pool = context.Pool;
        var places = _memory.At;
        for (var i = 0; i < count; i++) GraphSearch<TSpace>.Prefetch(places.Vector(Candidate.Slot(pool[i])), TSpace.StoredBytes(Options.Dimension));
        for (var i = 0; i < count; i++)
        {
            var slot = Candidate.Slot(pool[i]);
            GraphSearch<TSpace>.Insert(pool, i, Candidate.Of(TSpace.Refine(context.Query, places.Vector(slot), Options.Dimension), slot));
        }

        return Math.Min(count, keep);
    }

    private void SweepIfDue()
    {
        var deleted = _slots.Deleted;
        if (deleted < SweepAtLeast || deleted < Options.SweepAt * (deleted + (long)_slots.Live) || !_sweeping.TryEnter()) return;
        try
        {
            Sweep();
        }
        finally
        {
            _sweeping.Exit();
        }
    }

    private void RepairAll()
    {
        var count = _slots.Count;
        var context = _contexts.Rent();
        try
        {
            var (highest, level) = (SlotMemory.None, -1);
            for (uint slot = 0; slot < count; slot++)
            {
                var state = _memory.State(slot);
                if (state is SlotState.Free or SlotState.Swept) continue;
                for (var l = _memory.Level(slot); l >= 0; l--) _links.Repair(context, slot, l);
                if (state == SlotState.Live && _memory.Level(slot) > level) (highest, level) = (slot, _memory.Level(slot));
            }

            _entry.Replace(highest, level);
        }
        finally
        {
            _contexts.Return(context);
        }
    }
}
