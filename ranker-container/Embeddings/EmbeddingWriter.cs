namespace TikTok.Ranker.Embeddings;

/// <summary>Changes a master row in place: vector, then state.</summary>
public delegate void RowUpdate<in T>(Span<float> row, T argument)
    where T : allows ref struct;

/// <summary>
/// All that changes a table, for one thread at a time; readers go on meanwhile. A row is never written where readers may be: the writer fills a spare row, points
/// the id at it, and has the former row as its next spare.
/// </summary>
public sealed unsafe class EmbeddingWriter
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>Periods that a row outlives its last sighting: as many as fit in a place, less room for days on which nobody called <see cref="Expire"/>.</summary>
    private const int MaxPeriods = 60;

    private readonly EmbeddingTable _table;
    private readonly EmbeddingTableOptions _options;
    private readonly TimeProvider _time;
    private readonly InsertionFilter? _filter;
    private readonly float[] _initial;
    private readonly int _daysOfPeriod;
    private readonly int _periods;
    private int _base;
    private int _spare;
    private ulong[] _changed = [];

    internal EmbeddingWriter(EmbeddingTable table, EmbeddingTableOptions options, TimeProvider time)
    {
        (_table, _options, _time) = (table, options, time);
        if (options.Sightings > 1) _filter = new InsertionFilter(options.Sightings, options.FilterCapacity);
        _initial = new float[options.Width];
        _daysOfPeriod = (options.ExpireAfterDays + MaxPeriods - 1) / MaxPeriods;
        _periods = (options.ExpireAfterDays + _daysOfPeriod - 1) / _daysOfPeriod;
        _base = CurrentPeriod() - _periods;
        _spare = AllocateRow();
    }

    /// <summary>Since when changes are collected; null before the first checkpoint, and after a restore that went wrong.</summary>
    internal CheckpointPosition? Position { get; set; }

    /// <summary>Ids that lost their row since <see cref="Position"/>, in the order in which they did.</summary>
    internal List<long> Removed { get; } = [];

    internal EmbeddingTable Table => _table;

    internal EmbeddingTableOptions Options => _options;

    internal long ChangeBytes => (_changed.Length * (long)sizeof(ulong)) + (Removed.Capacity * (long)sizeof(long));

    internal long FilterBytes => _filter?.Bytes ?? 0;

    /// <summary>Counts a sighting of an id, today. At the last one that is asked for, it gets a row with the vector that its id gives it and a state of zeros.</summary>
    /// <returns>Whether it has a row.</returns>
    public bool Observe(long id)
    {
        var hash = _table.Hash(id);
        var period = PeriodNow();
        var shard = _table.Shards[EmbeddingTable.ShardOf(hash)];
        if (shard.TryFind(id, hash, out var bucket, out var slot))
        {
            var place = bucket->Places[slot];
            var seen = Place.Of(Place.Row(place), period);

            if (seen == place) return true;

            // The row is the same, so that no reader needs to look again.
            Volatile.Write(ref bucket->Places[slot], seen);
            Mark(Place.Row(place), changed: true);
            return true;
        }
        if (_filter?.Count(hash) == false) return false;

        Initialise(id);
        Insert(id, hash, _initial, period, changed: true);
        return true;
    }

    /// <summary>Vector and state of an id. False: it has no row, and nothing is written.</summary>
    /// <param name="row">As long as vector and state.</param>
    public bool TryRead(long id, Span<float> row)
    {
        var hash = _table.Hash(id);
        if (!_table.Shards[EmbeddingTable.ShardOf(hash)].TryFind(id, hash, out var bucket, out var slot)) return false;
        _table.Rows.Master(Place.Row(bucket->Places[slot])).CopyTo(row);
        GC.KeepAlive(_table);
        return true;
    }

    /// <summary>Changes the row of an id, if it has one; that is not a sighting. Readers see the row before or after, nothing between.</summary>
    /// <param name="update">Gets the values that the row has. If it throws, nothing changed.</param>
    /// <returns>Whether it has a row.</returns>
    public bool Update<T>(long id, T argument, RowUpdate<T> update)
        where T : allows ref struct
    {
        var hash = _table.Hash(id);
        if (!_table.Shards[EmbeddingTable.ShardOf(hash)].TryFind(id, hash, out var bucket, out var slot)) return false;

        var values = _table.Rows.Master(_spare);
        _table.Rows.Master(Place.Row(bucket->Places[slot])).CopyTo(values);
        update(values, argument);
        _table.Rows.WriteCopies(_spare, values);
        PublishSpare(bucket, slot, Place.Period(bucket->Places[slot]), changed: true);
        return true;
    }

    /// <summary>Gives an id this row, whether it had one or not and however often it was seen. Counts as a sighting.</summary>
    /// <param name="row">Vector, then state.</param>
    public void Put(long id, ReadOnlySpan<float> row) => Put(id, row, PeriodNow(), changed: true);

    /// <returns>Whether it had a row.</returns>
    public bool Remove(long id)
    {
        var hash = _table.Hash(id);
        var shard = _table.Shards[EmbeddingTable.ShardOf(hash)];
        if (!shard.TryFind(id, hash, out var bucket, out var slot)) return false;
        Remove(shard, bucket, slot);
        return true;
    }

    /// <summary>Removes the rows that were not seen for longer than the table keeps them: once a day or so. Walks the whole index.</summary>
    /// <returns>How many.</returns>
    public int Expire()
    {
        var now = CurrentPeriod();
        return now - _periods > _base ? Sweep(now - _periods) : 0;
    }

    /// <summary>Asks for the memory that an id is looked for in, some time before.</summary>
    internal void Prefetch(long id)
    {
        var hash = _table.Hash(id);
        var shard = _table.Shards[EmbeddingTable.ShardOf(hash)];
        CacheLines.Prefetch((byte*)shard.First(hash), sizeof(Bucket));
        CacheLines.Prefetch((byte*)shard.Second(hash), sizeof(Bucket));
    }

    internal void Put(long id, ReadOnlySpan<float> row, int period, bool changed)
    {
        if (row.Length != _options.Width) throw new ArgumentException($"A row has {_options.Width} floats, not {row.Length}.", nameof(row));
        var hash = _table.Hash(id);
        if (_table.Shards[EmbeddingTable.ShardOf(hash)].TryFind(id, hash, out var bucket, out var slot))
        {
            _table.Rows.Write(_spare, row);
            PublishSpare(bucket, slot, period, changed);
        }
        else
        {
            Insert(id, hash, row, period, changed);
        }
    }

    /// <summary>The first day, counted from 1970, of the period in which a place was last seen.</summary>
    internal int DayOf(uint place) => (_base + Place.Period(place)) * _daysOfPeriod;

    /// <summary>The same the other way round; negative for a row that is to be removed.</summary>
    internal int PeriodOf(int day) => Math.Min((day / _daysOfPeriod) - _base, Place.MaxPeriod);

    /// <summary>All ids that have a row. Nothing may change meanwhile.</summary>
    internal IEnumerable<long> Ids()
    {
        for (var index = 0; index < _table.Shards.Length; index++)
        {
            var shard = _table.Shards[index];
            for (var bucket = 0; bucket < shard.Buckets.Length; bucket++)
            {
                for (var slot = 0; slot < Bucket.Slots; slot++)
                {
                    if (TryGet(shard, bucket, slot, out var id)) yield return id;
                }
            }
        }
    }

    internal bool IsChanged(int row) => (_changed[row >> 6] >> (row & 63) & 1) != 0;

    internal void ForgetChanges()
    {
        Array.Clear(_changed);
        Removed.Clear();
    }

    private static bool TryGet(CuckooShard shard, int bucket, int slot, out long id)
    {
        ref readonly var found = ref shard.Buckets[bucket];
        id = found.Ids[slot];
        return found.Places[slot] != 0;
    }

    private void Insert(long id, ulong hash, ReadOnlySpan<float> values, int period, bool changed)
    {
        var row = AllocateRow();
        _table.Rows.Write(row, values);
        Mark(row, changed);
        var index = EmbeddingTable.ShardOf(hash);
        while (_table.Shards[index].IsFull || !_table.Shards[index].TryInsert(id, hash, Place.Of(row, period)))
        {
            _table.Replace(index, _table.Shards[index].Grown());
        }
    }

    private void PublishSpare(Bucket* bucket, int slot, int period, bool changed)
    {
        var former = Place.Row(bucket->Places[slot]);
        Mark(_spare, changed);
        Bucket.Repoint(bucket, slot, Place.Of(_spare, period));
        Mark(former, changed: false);
        _spare = former;
    }

    private void Remove(CuckooShard shard, Bucket* bucket, int slot)
    {
        var row = Place.Row(bucket->Places[slot]);
        if (Position is not null) Removed.Add(bucket->Ids[slot]);
        shard.Remove(bucket, slot);
        Mark(row, changed: false);
        _table.Rows.Free(row);
    }

    private int Sweep(int newBase)
    {
        var removed = 0;
        var shift = newBase - _base;
        foreach (var shard in _table.Shards)
        {
            fixed (Bucket* buckets = shard.Buckets)
            {
                for (var bucket = buckets; bucket < buckets + shard.Buckets.Length; bucket++)
                {
                    for (var slot = 0; slot < Bucket.Slots; slot++)
                    {
                        var place = bucket->Places[slot];
                        if (place == 0) continue;
                        if (Place.Period(place) >= shift)
                        {
                            Volatile.Write(ref bucket->Places[slot], Place.Of(Place.Row(place), Place.Period(place) - shift));
                            continue;
                        }
                        Remove(shard, bucket, slot);
                        removed++;
                    }
                }
            }
        }
        _base = newBase;
        return removed;
    }

    /// <summary>Today, as a place counts it. When nobody called <see cref="Expire"/> for so long that it no longer fits, that is done here.</summary>
    private int PeriodNow()
    {
        var now = CurrentPeriod();
        if (now - _base > Place.MaxPeriod) Sweep(now - _periods);
        return Math.Max(0, now - _base);
    }

    private int CurrentPeriod() => (int)(_time.GetUtcNow().ToUnixTimeSeconds() / (long)Day.TotalSeconds) / _daysOfPeriod;

    private void Initialise(long id)
    {
        for (var i = 0; i < _options.Dimensions; i++)
        {
            var random = IdHash.Of(id, (ulong)(i + 1) * 0x9E3779B97F4A7C15) >> 40;
            _initial[i] = ((random / (float)(1 << 23)) - 1) * _options.InitialRange;
        }
    }

    private int AllocateRow()
    {
        var row = _table.Rows.Allocate();
        if (row >> 6 >= _changed.Length) Array.Resize(ref _changed, (_changed.Length * 17 / 16) + 16);
        return row;
    }

    private void Mark(int row, bool changed)
    {
        var bit = 1UL << (row & 63);
        if (changed) _changed[row >> 6] |= bit;
        else _changed[row >> 6] &= ~bit;
    }
}
