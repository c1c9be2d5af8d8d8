using System.Numerics.Tensors;

namespace TikTok.Benchmarks.Hnsw;

/// <summary>
/// Vectors of length 1 as a trained model puts them out: clusters of uneven sizes, within which fewer directions matter than there are components, and some noise
/// in all. Same seed, same vectors.
/// </summary>
internal sealed class ClusteredVectors
{
    private const int Clusters = 1_000;
    private const float Spread = 0.6f;
    private const float Noise = 0.15f;

    private readonly float[] _components;

    public ClusteredVectors(int count, int dimension, int seed)
    {
        (Count, Dimension) = (count, dimension);
        _components = new float[(long)count * dimension];

        // The world is drawn from a seed of its own, so that vectors and queries of different seeds live in the same.
        var world = new Random(dimension);
        var directions = dimension / 2;
        var mixing = Gaussians(world, dimension * directions, 1 / MathF.Sqrt(directions));
        var centres = Gaussians(world, Clusters * directions, 1);
        var random = new Random(seed);
        var latent = new float[directions];
        for (var i = 0; i < count; i++)
        {
            // The square makes the first clusters larger.
            var cluster = (int)(Clusters * Math.Pow(random.NextDouble(), 2));
            for (var d = 0; d < directions; d++) latent[d] = centres[(cluster * directions) + d] + (Spread * Gaussian(random));
            var vector = this[i];
            for (var d = 0; d < dimension; d++)
                vector[d] = TensorPrimitives.Dot<float>(mixing.AsSpan(d * directions, directions), latent) + (Noise * Gaussian(random));
            TensorPrimitives.Divide(vector, TensorPrimitives.Norm<float>(vector), vector);
        }
    }

    public int Count { get; }

    public int Dimension { get; }

    public Span<float> this[int i] => _components.AsSpan(i * Dimension, Dimension);

    public ReadOnlySpan<float> All => _components;

    /// <summary>For each query the numbers of its nearest, by comparing with all, nearest first.</summary>
    public int[][] Nearest(ClusteredVectors queries, int k)
    {
        var nearest = new int[queries.Count][];
        Parallel.For(0, queries.Count, q =>
        {
            var products = new float[Count];
            var numbers = new int[Count];
            for (var i = 0; i < Count; i++) (products[i], numbers[i]) = (-TensorPrimitives.Dot<float>(queries[q], this[i]), i);
            var bound = KthSmallest(products, k);
            var found = 0;
            for (var i = 0; i < Count; i++)
            {
                if (products[i] <= bound) (products[found], numbers[found++]) = (products[i], numbers[i]);
            }

            Array.Sort(products, numbers, 0, found);
            nearest[q] = numbers[..k];
        });
        return nearest;
    }

    private static float KthSmallest(float[] values, int k)
    {
        var smallest = new PriorityQueue<float, float>(k + 1);
        foreach (var value in values)
        {
            if (smallest.Count < k) smallest.Enqueue(value, -value);
            else if (value < smallest.Peek()) smallest.EnqueueDequeue(value, -value);
        }

        return smallest.Peek();
    }

    private static float[] Gaussians(Random random, int count, float scale)
    {
        var values = new float[count];
        for (var i = 0; i < count; i++) values[i] = scale * Gaussian(random);
        return values;
    }

    private static float Gaussian(Random random) =>
        MathF.Sqrt(-2 * MathF.Log(1 - random.NextSingle())) * MathF.Cos(2 * MathF.PI * random.NextSingle());
}
