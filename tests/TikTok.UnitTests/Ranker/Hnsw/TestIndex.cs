using TikTok.Ranker.Retrieval.Hnsw;

namespace TikTok.UnitTests.Ranker.Hnsw;

/// <summary>Short ways to build and ask.</summary>
internal static class TestIndex
{
    public static HnswOptions Options(int dimension) => new() { Dimension = dimension, EfConstruction = 100 };

    public static HnswIndex Of(TestVectors vectors, HnswOptions? options = null)
    {
        var index = HnswIndex.Create(options ?? Options(vectors[0].Length));
        for (var i = 0; i < vectors.Count; i++) index.Insert((ulong)i, vectors[i]);
        return index;
    }

    public static HnswMatch[] Find(this HnswIndex index, float[] query, int k, int ef = 64)
    {
        var matches = new HnswMatch[k];
        return matches[..index.Search(query, matches, ef)];
    }

    public static HnswMatch[] Find(this HnswIndex index, float[] query, int k, Func<ulong, bool> allowed, int ef = 64)
    {
        var matches = new HnswMatch[k];
        return matches[..index.Search(query, matches, ef, new Where(allowed))];
    }

    public static ulong[] Labels(this IEnumerable<HnswMatch> matches) => [.. matches.Select(match => match.Label)];

    public readonly struct Where(Func<ulong, bool> allowed) : IHnswFilter
    {
        public bool Allows(ulong label) => allowed(label);
    }
}
