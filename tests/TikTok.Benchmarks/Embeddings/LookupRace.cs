using System.Collections.Concurrent;
using System.Diagnostics;
using TikTok.Benchmarks.Harness;
using TikTok.Ranker.Embeddings;

namespace TikTok.Benchmarks.Embeddings;

internal enum Contender
{
    Table,
    Dictionary,
    Concurrent,
    TableRows,
    DictionaryRows,
    ConcurrentRows,
    TableHalf,
    TableInt8,
}

/// <summary>The same ids and vectors in the table and in its peers, and batches of random ids looked up in turns.</summary>
internal sealed class LookupRace
{
    public const int Batch = 5_000;
    private const int BatchesPerTurn = 200;
    private const int Turns = 7;

    private readonly Dictionary<long, int> _dictionary;
    private readonly ConcurrentDictionary<long, int> _concurrent;
    private readonly float[] _array;
    private readonly EmbeddingTable _copies;
    private readonly int _dimensions;
    private readonly float[] _vectors;
    private readonly int[] _rows = new int[Batch];
    private readonly Half[] _halves;
    private readonly sbyte[] _bytes;
    private readonly float[] _scales = new float[Batch];

    private LookupRace(int count, int dimensions, TimeProvider time)
    {
        _dimensions = dimensions;
        _vectors = new float[Batch * dimensions];
        _halves = new Half[Batch * dimensions];
        _bytes = new sbyte[Batch * dimensions];
        var random = new Random(1);
        Ids = [.. Enumerable.Range(0, count + (count / 1000)).Select(_ => random.NextInt64()).Distinct().Take(count)];
        _array = new float[(long)count * dimensions];
        for (var i = 0; i < _array.Length; i++) _array[i] = random.NextSingle() - 0.5f;

        GC.Collect();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        _dictionary = new Dictionary<long, int>(count);
        for (var i = 0; i < count; i++) _dictionary.Add(Ids[i], i);
        DictionaryBytes = (double)(GC.GetTotalMemory(forceFullCollection: true) - before) / count;

        before = GC.GetTotalMemory(forceFullCollection: true);
        _concurrent = new ConcurrentDictionary<long, int>(1, count);
        for (var i = 0; i < count; i++) _concurrent[Ids[i]] = i;
        ConcurrentBytes = (double)(GC.GetTotalMemory(forceFullCollection: true) - before) / count;

        var resident = Environment.WorkingSet;
        var start = Stopwatch.GetTimestamp();
        Table = new EmbeddingTable(new() { Dimensions = dimensions, InitialRows = count, HashSeed = 1 }, time);
        for (var i = 0; i < count; i++) Table.Writer.Put(Ids[i], _array.AsSpan(i * dimensions, dimensions));
        FillTime = Stopwatch.GetElapsedTime(start);
        ResidentBytes = (double)(Environment.WorkingSet - resident) / count;

        _copies = new EmbeddingTable(new() { Dimensions = dimensions, InitialRows = count, HashSeed = 1, Formats = RowFormats.Half | RowFormats.Int8 }, time);
        for (var i = 0; i < count; i++) _copies.Writer.Put(Ids[i], _array.AsSpan(i * dimensions, dimensions));
    }

    public EmbeddingTable Table { get; }
    public long[] Ids { get; }
    public int Count => Ids.Length;
    public string Millions => $"{Count / 1_000_000} M";
    public double DictionaryBytes { get; }
    public double ConcurrentBytes { get; }
    public double ResidentBytes { get; }
    public TimeSpan FillTime { get; }
    public double AllocatedPerBatch { get; private set; }

    public static LookupRace Fill(int count, int dimensions, TimeProvider time) => new(count, dimensions, time);

    /// <returns>Ids per second of each, the median of its turns.</returns>
    public IReadOnlyDictionary<Contender, double> Run()
    {
        var contenders = Enum.GetValues<Contender>();
        var rates = contenders.ToDictionary(c => c, _ => new List<double>());
        var warm = RandomIds(0);
        for (var i = 0; i < 3; i++)
        {
            foreach (var contender in contenders) Time(contender, warm);
        }
        for (var turn = 1; turn <= Turns; turn++)
        {
            var ids = RandomIds(turn);
            foreach (var contender in contenders) rates[contender].Add(ids.Length / Time(contender, ids).TotalSeconds);
        }
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        Time(Contender.Table, warm);
        AllocatedPerBatch = (double)(GC.GetAllocatedBytesForCurrentThread() - allocated) / BatchesPerTurn;
        return rates.ToDictionary(r => r.Key, r => new Latencies(r.Value).At(0.5));
    }

    public long[] RandomIds(int seed)
    {
        var random = new Random(100 + seed);
        var ids = new long[Batch * BatchesPerTurn];
        for (var i = 0; i < ids.Length; i++) ids[i] = Ids[random.Next(Ids.Length)];
        return ids;
    }

    private TimeSpan Time(Contender contender, long[] ids)
    {
        var start = Stopwatch.GetTimestamp();
        for (var at = 0; at < ids.Length; at += Batch)
        {
            if (Lookup(contender, ids.AsSpan(at, Batch)) != Batch) throw new InvalidOperationException($"{contender} did not find every id.");
        }
        return Stopwatch.GetElapsedTime(start);
    }

    private int Lookup(Contender contender, ReadOnlySpan<long> ids)
    {
        var found = 0;
        switch (contender)
        {
            case Contender.Table:
                return Table.Lookup(ids, _vectors);
            case Contender.TableRows:
                return Table.Find(ids, _rows);
            case Contender.TableHalf:
                return _copies.Lookup(ids, _halves);
            case Contender.TableInt8:
                return _copies.Lookup(ids, _bytes, _scales);
            case Contender.Dictionary:
                for (var i = 0; i < ids.Length; i++)
                {
                    if (!_dictionary.TryGetValue(ids[i], out var row)) continue;
                    _array.AsSpan(row * _dimensions, _dimensions).CopyTo(_vectors.AsSpan(i * _dimensions, _dimensions));
                    found++;
                }
                return found;
            case Contender.Concurrent:
                for (var i = 0; i < ids.Length; i++)
                {
                    if (!_concurrent.TryGetValue(ids[i], out var row)) continue;
                    _array.AsSpan(row * _dimensions, _dimensions).CopyTo(_vectors.AsSpan(i * _dimensions, _dimensions));
                    found++;
                }
                return found;
            case Contender.DictionaryRows:
                for (var i = 0; i < ids.Length; i++)
                {
                    if (!_dictionary.TryGetValue(ids[i], out _rows[i])) continue;
                    found++;
                }
                return found;
            case Contender.ConcurrentRows:
                for (var i = 0; i < ids.Length; i++)
                {
                    if (!_concurrent.TryGetValue(ids[i], out _rows[i])) continue;
                    found++;
                }
                return found;
            default:
                throw new ArgumentOutOfRangeException(nameof(contender));
        }
    }
}
