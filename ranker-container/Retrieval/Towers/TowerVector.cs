using System.Numerics.Tensors;

namespace TikTok.Ranker.Retrieval.Towers;

/// <summary>
/// How vectors are laid out: what is learned, then the bias, then the filler. A video has its bias and √(R² − |v|²), a person 1 and 0; so the inner product is that of the
/// learned parts plus the video's bias, and all videos are R long, by which the largest inner products are the nearest by angle: an index for angles answers for
/// inner products (Bachrach and others, <em>Speeding up the Xbox recommender system using a Euclidean transformation for inner-product spaces</em>, RecSys 2014).
/// </summary>
public static class TowerVector
{
    /// <summary>Dimensions of a vector that are not learned ones.</summary>
    public const int Extra = 2;

    public static Span<float> Learned(Span<float> vector) => vector[..^Extra];

    public static ReadOnlySpan<float> Learned(ReadOnlySpan<float> vector) => vector[..^Extra];

    /// <summary>Learned part and bias: what lies in the table and is trained.</summary>
    public static Span<float> Stored(Span<float> vector) => vector[..^1];

    /// <summary>Makes a video's vector of its learned part and bias: not longer than the radius, and filled up to it.</summary>
    public static void CompleteVideo(Span<float> vector, float radius)
    {
        var stored = Stored(vector);
        var squares = TensorPrimitives.SumOfSquares(stored);
        if (squares > radius * radius)
        {
            TensorPrimitives.Multiply(stored, radius / MathF.Sqrt(squares), stored);
            vector[^1] = 0;
            return;
        }
        vector[^1] = MathF.Sqrt((radius * radius) - squares);
    }

    /// <summary>Makes a person's vector of its learned part.</summary>
    public static void CompletePerson(Span<float> vector)
    {
        vector[^2] = 1;
        vector[^1] = 0;
    }
}
