using System.Runtime.CompilerServices;

namespace TikTok.Ranker.Embeddings;

/// <summary>
/// Rows by 64-bit id, without collisions: whole ids are stored and compared, so that two ids never share a row. The idea is Monolith's (Liu and others,
/// <em>Monolith: Real Time Recommendation System With Collisionless Embedding Table</em>, arXiv 2209.07663): a cuckoo hash of two tables, a filter before it,
/// expiry behind it.
/// </summary>
/// <remarks>
/// Any number of threads look up while one thread writes through <see cref="Writer"/>. Lookups take no lock, never wait and see whole rows only; see
/// <see cref="Bucket"/> for why. A lookup of many ids is not one moment: each row is as of some time during the call.
/// </remarks>
public sealed unsafe class EmbeddingTable
{
    /// <summary>Rows of one table.</summary>
    public const int MaxRows = Place.MaxRows;

    private const int ShardBits = 6;

    /// <summary>Ids whose memory is asked for together: enough to keep the memory busy, few enough to be still in the first-level cache when they are used.</summary>
    private const int Block = 32;

    private readonly EmbeddingTableOptions _options;
    private readonly ulong _seed;

    /// <summary>Never changed, only replaced: a reader's copy of the reference keeps the shards that it reads.</summary>
    private CuckooShard[] _shards;

    public EmbeddingTable(EmbeddingTableOptions options, TimeProvider time)
    {
        _options = options.Validated();
        _seed = options.HashSeed ?? (ulong)Random.Shared.NextInt64(long.MinValue, long.MaxValue);
        _shards = new CuckooShard[1 << ShardBits];
        for (var i = 0; i < _shards.Length; i++) _shards[i] = NewShard(options.InitialRows);
        Rows = new EmbeddingRows(options);
        Writer = new EmbeddingWriter(this, options, time);
    }

    /// <summary>Everything that changes the table. For one thread at a time.</summary>
    public EmbeddingWriter Writer { get; }

    public int Dimensions => _options.Dimensions;

    internal EmbeddingRows Rows { get; }

    internal ReadOnlySpan<CuckooShard> Shards => _shards;

    /// <summary>The vectors of <paramref name="ids"/>, one after the other; zeros for an id without a row. Without allocation.</summary>
    /// <param name="vectors">As many times <see cref="Dimensions"/> as there are ids.</param>
    /// <returns>How many ids have a row.</returns>
    public int Lookup(ReadOnlySpan<long> ids, Span<float> vectors)
    {
        RequireLength(ids.Length * (long)Dimensions, vectors.Length, nameof(vectors));
        fixed (float* into = vectors)
        {
            if (Rows.Single is { } single) return Gather(ids, new BytesCopy(single.Addresses, (byte*)into, Dimensions * sizeof(float)));
            return Rows.Half is { } half
                ? Gather(ids, new HalfToSingleCopy(half.Addresses, into, Dimensions))
                : Gather(ids, new Int8ToSingleCopy(Rows.Int8!.Addresses, Rows.Scales!.Addresses, into, Dimensions));
        }
    }

    /// <summary>The same in fp16, for a table that keeps <see cref="RowFormats.Half"/>.</summary>
    public int Lookup(ReadOnlySpan<long> ids, Span<Half> vectors)
    {
        RequireLength(ids.Length * (long)Dimensions, vectors.Length, nameof(vectors));
        var half = Rows.Half ?? throw new InvalidOperationException("The table keeps no fp16 rows.");
        fixed (Half* into = vectors) return Gather(ids, new BytesCopy(half.Addresses, (byte*)into, Dimensions * sizeof(Half)));
    }

    /// <summary>The same in signed bytes, for a table that keeps <see cref="RowFormats.Int8"/>.</summary>
    /// <param name="scales">One per id: component = byte × scale. 0 for an id without a row.</param>
    public int Lookup(ReadOnlySpan<long> ids, Span<sbyte> vectors, Span<float> scales)
    {
        RequireLength(ids.Length * (long)Dimensions, vectors.Length, nameof(vectors));
        RequireLength(ids.Length, scales.Length, nameof(scales));
        var int8 = Rows.Int8 ?? throw new InvalidOperationException("The table keeps no int8 rows.");
        fixed (sbyte* into = vectors)
        fixed (float* scalesInto = scales)
        {
            return Gather(ids, new Int8Copy(new BytesCopy(int8.Addresses, (byte*)into, Dimensions), Rows.Scales!.Addresses, scalesInto));
        }
    }

    /// <summary>The row numbers of <paramref name="ids"/>, −1 for an id without a row. A number belongs to its id until the row is next written.</summary>
    public int Find(ReadOnlySpan<long> ids, Span<int> rows)
    {
        RequireLength(ids.Length, rows.Length, nameof(rows));
        fixed (int* into = rows) return Gather(ids, new RowNumberCopy(into));
    }

    /// <summary>Counts all shards: for metrics, not for every request.</summary>
    public EmbeddingTableSize Size()
    {
        var (rows, slots, bytes) = (0, 0L, 0L);
        foreach (var shard in Volatile.Read(ref _shards))
        {
            rows += shard.Rows;
            slots += shard.Slots;
            bytes += shard.Bytes;
        }
        return new EmbeddingTableSize(rows, (double)rows / slots, bytes + Writer.ChangeBytes, Rows.Bytes, Writer.FilterBytes);
    }

    internal ulong Hash(long id) => IdHash.Of(id, _seed);

    internal static int ShardOf(ulong hash) => (int)(hash >> (64 - ShardBits));

    /// <summary>For the writer: another shard in the place of one, seen by readers at once.</summary>
    internal void Replace(int index, CuckooShard shard)
    {
        var former = _shards[index];
        CuckooShard[] shards = [.. _shards];
        shards[index] = shard;
        Volatile.Write(ref _shards, shards);
        former.Retire();
    }

    /// <summary>For the writer: room for a number of rows in all, so that taking them in does not grow the index again and again.</summary>
    internal void Reserve(int rows)
    {
        for (var i = 0; i < _shards.Length; i++)
        {
            var shard = NewShard(rows);
            if (_shards[i].Rows == 0 && shard.Slots > _shards[i].Slots) Replace(i, shard);
        }
    }

    // Ids spread over shards by chance: three standard deviations above the mean seldom need to grow at once.
    private CuckooShard NewShard(int rows)
    {
        var mean = (double)rows / (1 << ShardBits);
        return CuckooShard.WithRoomFor((long)(mean + (3 * Math.Sqrt(mean))), _seed);
    }

    /// <summary>
    /// Three steps over blocks of ids, each a block ahead of the next, so that memory is on its way while another block is worked on: ask for the buckets; find the
    /// ids in them and ask for the rows; copy the rows and check that they did not change meanwhile.
    /// </summary>
    [SkipLocalsInit]
    private int Gather<TCopy>(ReadOnlySpan<long> ids, TCopy copy)
        where TCopy : struct, IRowCopy
    {
        var shards = Volatile.Read(ref _shards);
        var probes = stackalloc Probe[3 * Block];
        var found = 0;
        var blocks = (ids.Length + Block - 1) / Block;
        for (var block = 0; block < blocks + 2; block++)
        {
            if (block < blocks) Aim(shards, BlockOf(ids, block), probes + (block % 3 * Block));
            if (block >= 1 && block <= blocks) Resolve(BlockOf(ids, block - 1), probes + ((block - 1) % 3 * Block), ref copy);
            if (block >= 2) found += Take(BlockOf(ids, block - 2), (block - 2) * Block, probes + ((block - 2) % 3 * Block), ref copy);
        }
        GC.KeepAlive(shards);
        GC.KeepAlive(this);
        return found;
    }

    private static ReadOnlySpan<long> BlockOf(ReadOnlySpan<long> ids, int block) => ids.Slice(block * Block, Math.Min(Block, ids.Length - (block * Block)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Aim(CuckooShard[] shards, ReadOnlySpan<long> ids, Probe* probes)
    {
        for (var i = 0; i < ids.Length; i++)
        {
            var hash = Hash(ids[i]);
            var shard = shards[ShardOf(hash)];
            probes[i].First = shard.First(hash);
            probes[i].Second = shard.Second(hash);
            CacheLines.Prefetch((byte*)probes[i].First, sizeof(Bucket));
            CacheLines.Prefetch((byte*)probes[i].Second, sizeof(Bucket));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Resolve<TCopy>(ReadOnlySpan<long> ids, Probe* probes, ref TCopy copy)
        where TCopy : struct, IRowCopy
    {
        for (var i = 0; i < ids.Length; i++)
        {
            probes[i].Search(ids[i]);
            if (probes[i].Row >= 0) copy.Prefetch(probes[i].Row);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Take<TCopy>(ReadOnlySpan<long> ids, int start, Probe* probes, ref TCopy copy)
        where TCopy : struct, IRowCopy
    {
        var found = 0;
        for (var i = 0; i < ids.Length; i++)
        {
            if (probes[i].Row >= 0) copy.Copy(probes[i].Row, start + i);
            if (!probes[i].Holds()) TakeAgain(ids[i], start + i, ref probes[i], ref copy);
            if (probes[i].Row >= 0) found++;
            else copy.Clear(start + i);
        }
        return found;
    }

    /// <summary>The writer changed the id's bucket meanwhile, or the index grew.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void TakeAgain<TCopy>(long id, int index, ref Probe probe, ref TCopy copy)
        where TCopy : struct, IRowCopy
    {
        var hash = Hash(id);
        bool holds;
        do
        {
            var shards = Volatile.Read(ref _shards);
            var shard = shards[ShardOf(hash)];
            probe.First = shard.First(hash);
            probe.Second = shard.Second(hash);
            probe.Search(id);
            if (probe.Row >= 0) copy.Copy(probe.Row, index);
            holds = probe.Holds();
            GC.KeepAlive(shards);
        }
        while (!holds);
    }

    private static void RequireLength(long expected, int actual, string name)
    {
        if (expected != actual) throw new ArgumentException($"Needs {expected:N0} elements, has {actual:N0}.", name);
    }

    /// <summary>Where an id may be, and what was found there.</summary>
    private struct Probe
    {
        public Bucket* First;
        public Bucket* Second;
        public int Row;
        private uint _firstVersion;
        private uint _secondVersion;

        /// <summary>Both versions are taken before either bucket is read: an id that moves from one to the other is missed only if a version changes.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Search(long id)
        {
            _firstVersion = Volatile.Read(ref First->Version);
            _secondVersion = Volatile.Read(ref Second->Version);
            Row = Bucket.Find(First, id);
            if (Row < 0) Row = Bucket.Find(Second, id);
        }

        /// <summary>Whether what was found, and all that was read of its row, belongs together.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly bool Holds()
        {
            Volatile.ReadBarrier();
            return First->Version == _firstVersion && Second->Version == _secondVersion && ((_firstVersion | _secondVersion) & Bucket.Retired) == 0;
        }
    }
}
