using System.Runtime.Intrinsics;
using TikTok.Ranker.Ranking;

namespace TikTok.Ranker.Training.Dlrm;

/// <summary>Adam (Kingma and Ba, 2015) for the dense weights.</summary>
internal sealed class DlrmAdam
{
    private const float MeanDecay = 0.9f;
    private const float SquareDecay = 0.999f;
    private const float Epsilon = 1e-8f;

    public DlrmWeights Means { get; } = new();

    public DlrmWeights Squares { get; } = new();

    public long Steps { get; set; }

    public void Reset()
    {
        foreach (var tensor in Means.Tensors) Array.Clear(tensor.Values);
        foreach (var tensor in Squares.Tensors) Array.Clear(tensor.Values);
        Steps = 0;
    }

    /// <param name="scale">What the gradient is multiplied by.</param>
    public void Step(DlrmWeights weights, DlrmWeights gradient, float rate, float scale)
    {
        Steps++;
        rate *= (float)(Math.Sqrt(1 - Math.Pow(SquareDecay, Steps)) / (1 - Math.Pow(MeanDecay, Steps)));
        for (var i = 0; i < weights.Tensors.Count; i++)
            Step(weights.Tensors[i].Values, gradient.Tensors[i].Values, Means.Tensors[i].Values, Squares.Tensors[i].Values, rate, scale);
    }

    private static void Step(Span<float> values, ReadOnlySpan<float> gradient, Span<float> means, Span<float> squares, float rate, float scale)
    {
        var i = 0;
        for (; i + Vector512<float>.Count <= values.Length; i += Vector512<float>.Count)
        {
            var (to, mean, square) = (Vector512.Create<float>(values[i..]), Vector512.Create<float>(means[i..]), Vector512.Create<float>(squares[i..]));
            var g = Vector512.Create<float>(gradient[i..]) * scale;
            mean += (1 - MeanDecay) * (g - mean);
            square += (1 - SquareDecay) * ((g * g) - square);
            (to - (rate * mean / (Vector512.Sqrt(square) + Vector512.Create(Epsilon)))).CopyTo(values[i..]);
            mean.CopyTo(means[i..]);
            square.CopyTo(squares[i..]);
        }
        for (; i < values.Length; i++)
        {
            var g = gradient[i] * scale;
            means[i] += (1 - MeanDecay) * (g - means[i]);
            squares[i] += (1 - SquareDecay) * ((g * g) - squares[i]);
            values[i] -= rate * means[i] / (MathF.Sqrt(squares[i]) + Epsilon);
        }
    }
}
