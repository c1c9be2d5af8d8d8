using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace TikTok.Ranker.Retrieval.Towers;

/// <summary>
/// Parts what somebody watched into a few things that they like: spherical k-means (Dhillon and Modha, 2001) from the newest and those farthest from it, and parts that turn out alike
/// joined again. The same history is always parted the same way.
/// </summary>
internal static class InterestSplit
{
    public const int MaxInterests = 3;

    /// <summary>Of fewer videos liked nobody could say that they are several things.</summary>
    private const int SplitFrom = 6;

    private const int Rounds = 4;

    /// <summary>Parts whose middles have a larger cosine are one: apart, each would only know less.</summary>
    private const float AlikeFrom = 0.5f;

    /// <param name="vectors">One after the other.</param>
    /// <param name="weights">One for each; those below 0 go to the part they are nearest to, and make none.</param>
    /// <param name="parts">For each, the number of its part.</param>
    /// <returns>How many parts there are, at least 1.</returns>
    [SkipLocalsInit]
    public static int Split(ReadOnlySpan<float> vectors, int dimensions, ReadOnlySpan<float> weights, Span<int> parts)
    {
        parts[..weights.Length].Clear();
        var liked = 0;
        foreach (var weight in weights) liked += weight > 0 ? 1 : 0;
        if (liked < SplitFrom) return 1;

        Span<float> middles = stackalloc float[MaxInterests * dimensions];
        var all = new Watched(vectors, dimensions, weights);
        Start(all, middles);
        for (var round = 0; round < Rounds; round++)
        {
            Assign(all, middles, MaxInterests, parts);
            Average(all, parts, middles);
        }
        var found = JoinAlike(all, middles);
        if (found > 1) Assign(all, middles, found, parts);
        else parts[..weights.Length].Clear();
        return found;
    }

    private static void Start(Watched all, Span<float> middles)
    {
        for (var middle = 0; middle < MaxInterests; middle++)
        {
            var (farthest, least) = (-1, float.MaxValue);
            for (var i = 0; i < all.Weights.Length; i++)
            {
                if (all.Weights[i] <= 0) continue;
                var nearest = middle == 0 ? 0 : Nearest(all, i, middles, middle).Cosine;
                if (nearest < least) (farthest, least) = (i, nearest);
            }
            all[farthest].CopyTo(all.Middle(middles, middle));
        }
    }

    private static void Assign(Watched all, ReadOnlySpan<float> middles, int count, Span<int> parts)
    {
        for (var i = 0; i < all.Weights.Length; i++) parts[i] = Nearest(all, i, middles, count).Part;
    }

    /// <summary>A part that lost all of its own keeps its middle.</summary>
    private static void Average(Watched all, ReadOnlySpan<int> parts, Span<float> middles)
    {
        for (var part = 0; part < MaxInterests; part++)
        {
            var middle = all.Middle(middles, part);
            var isEmpty = true;
            for (var i = 0; i < all.Weights.Length; i++)
            {
                if (parts[i] != part || all.Weights[i] <= 0) continue;
                if (isEmpty) middle.Clear();
                isEmpty = false;
                TensorPrimitives.MultiplyAdd(all[i], all.Weights[i], middle, middle);
            }
        }
    }

    /// <returns>How many are left; they are the first ones.</returns>
    private static int JoinAlike(Watched all, Span<float> middles)
    {
        var count = MaxInterests;
        for (var first = 0; first < count; first++)
        {
            for (var second = count - 1; second > first; second--)
            {
                var one = all.Middle(middles, first);
                var other = all.Middle(middles, second);
                if (TensorPrimitives.CosineSimilarity<float>(one, other) < AlikeFrom) continue;
                TensorPrimitives.Add(one, other, one);
                all.Middle(middles, --count).CopyTo(other);
            }
        }
        return count;
    }

    private static (int Part, float Cosine) Nearest(Watched all, int index, ReadOnlySpan<float> middles, int count)
    {
        var (best, cosine) = (0, float.MinValue);
        for (var part = 0; part < count; part++)
        {
            var similarity = TensorPrimitives.CosineSimilarity(all[index], middles.Slice(part * all.Dimensions, all.Dimensions - TowerVector.Extra));
            if (similarity > cosine) (best, cosine) = (part, similarity);
        }
        return (best, cosine);
    }

    /// <summary>Vectors without bias and filler: what somebody likes is a direction.</summary>
    private readonly ref struct Watched(ReadOnlySpan<float> vectors, int dimensions, ReadOnlySpan<float> weights)
    {
        private readonly ReadOnlySpan<float> _vectors = vectors;

        public readonly int Dimensions = dimensions;
        public readonly ReadOnlySpan<float> Weights = weights;

        public ReadOnlySpan<float> this[int index] => _vectors.Slice(index * Dimensions, Dimensions - TowerVector.Extra);

        public Span<float> Middle(Span<float> middles, int part) => middles.Slice(part * Dimensions, Dimensions - TowerVector.Extra);
    }
}
