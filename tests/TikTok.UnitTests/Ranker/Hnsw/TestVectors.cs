using System.Numerics.Tensors;

namespace TikTok.UnitTests.Ranker.Hnsw;

/// <summary>Vectors from a seed, and what a comparison with all of them says.</summary>
internal sealed class TestVectors(float[][] all)
{
    public int Count => all.Length;

    public float[] this[int i] => all[i];

    public static TestVectors Random(int count, int dimension, int seed)
    {
        var random = new Random(seed);
        return new TestVectors([.. Enumerable.Range(0, count).Select(_ => Gaussians(random, dimension))]);
    }

    public static TestVectors Clustered(int count, int dimension, int seed, int clusters = 50)
    {
        var random = new Random(seed);
        var centres = Enumerable.Range(0, clusters).Select(_ => Gaussians(random, dimension)).ToArray();
        return new TestVectors([.. Enumerable.Range(0, count).Select(i =>
        {
            var centre = centres[i % clusters];
            return Gaussians(random, dimension).Select((x, d) => centre[d] + (0.3f * x)).ToArray();
        })]);
    }

    public static float Cosine(float[] a, float[] b) => 1 - TensorPrimitives.CosineSimilarity<float>(a, b);

    public static float SquaredEuclidean(float[] a, float[] b)
    {
        var distance = TensorPrimitives.Distance<float>(a, b);
        return distance * distance;
    }

    /// <summary>The numbers of the nearest among those allowed, nearest first.</summary>
    public ulong[] Nearest(float[] query, int k, Func<float[], float[], float> distance, Func<ulong, bool>? allowed = null) =>
        [.. Enumerable.Range(0, Count).Select(i => (ulong)i).Where(i => allowed?.Invoke(i) ?? true).OrderBy(i => distance(query, all[i])).Take(k)];

    private static float[] Gaussians(Random random, int dimension) =>
        [.. Enumerable.Range(0, dimension).Select(_ => MathF.Sqrt(-2 * MathF.Log(1 - random.NextSingle())) * MathF.Cos(2 * MathF.PI * random.NextSingle()))];
}
