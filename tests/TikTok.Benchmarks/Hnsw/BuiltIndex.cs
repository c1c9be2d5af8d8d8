using TikTok.Ranker.Retrieval.Hnsw;

namespace TikTok.Benchmarks.Hnsw;

/// <summary>Our index over the vectors, labelled with their numbers, built and asked on one thread; times taken as the peer's driver takes them.</summary>
internal sealed class BuiltIndex : IDisposable
{
    private readonly HnswIndex _index;

    private BuiltIndex(HnswIndex index, double seconds) => (_index, BuildSeconds) = (index, seconds);

    /// <summary>Processor time of the build.</summary>
    public double BuildSeconds { get; }

    /// <summary>All memory that the index has reserved, used or not.</summary>
    public double Bytes => _index.Bytes;

    public static BuiltIndex Build(ClusteredVectors data, HnswQuantization quantization, int m, int efConstruction)
    {
        var start = Environment.CpuUsage.TotalTime;
        var index = HnswIndex.Create(new HnswOptions { Dimension = data.Dimension, Quantization = quantization, M = m, EfConstruction = efConstruction });
        for (var i = 0; i < data.Count; i++) index.Insert((ulong)i, data[i]);
        var seconds = (Environment.CpuUsage.TotalTime - start).TotalSeconds;
        return new BuiltIndex(index, seconds);
    }

    /// <summary>One pass over all queries.</summary>
    /// <returns>Processor time, and for each query the numbers found, one query after the other.</returns>
    public (double Seconds, int[] Found) Search(ClusteredVectors queries, int k, int ef)
    {
        var found = new int[queries.Count * k];
        var matches = new HnswMatch[k];
        var start = Environment.CpuUsage.TotalTime;
        for (var q = 0; q < queries.Count; q++)
        {
            var count = _index.Search(queries[q], matches, ef);
            for (var i = 0; i < count; i++) found[(q * k) + i] = (int)matches[i].Label;
        }

        return ((Environment.CpuUsage.TotalTime - start).TotalSeconds, found);
    }

    public double AllocatedPerQuery(ClusteredVectors queries)
    {
        var matches = new HnswMatch[10];
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var q = 0; q < queries.Count; q++) _index.Search(queries[q], matches, 64);
        return (GC.GetAllocatedBytesForCurrentThread() - before) / (double)queries.Count;
    }

    public void Dispose() => _index.Dispose();
}
