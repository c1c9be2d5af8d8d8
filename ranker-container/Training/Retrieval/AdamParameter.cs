using System.Numerics;

namespace TikTok.Ranker.Training.Retrieval;

/// <summary>
/// A matrix that is learned by Adam (Kingma and Ba, 2015) with an L2 penalty in its gradient. Beside it its exponentially weighted mean over the steps, which
/// is what ranks: single steps swing far about it (Polyak and Juditsky, 1992).
/// </summary>
/// <param name="values">The start; changed in place.</param>
/// <param name="penalty">On half the squared values.</param>
/// <param name="averaging">The mean's decay per step, from 0 (no averaging) to less than 1.</param>
internal sealed class AdamParameter(DenseMatrix values, float penalty, float averaging)
{
    private const float MeanDecay = 0.9f;
    private const float SquareDecay = 0.999f;
    private const float Epsilon = 1e-8f;

    /// <summary>Elements that a thread takes at a time.</summary>
    private const int Block = 4096;

    private readonly float[] _means = new float[values.Values.Length];
    private readonly float[] _squares = new float[values.Values.Length];
    private int _steps;

    public DenseMatrix Values => values;

    public DenseMatrix Average { get; } = values.Copy();

    public DenseMatrix Gradient { get; } = new(values.Rows, values.Columns);

    public void Step(float learningRate)
    {
        _steps++;
        var rate = learningRate * MathF.Sqrt(1 - MathF.Pow(SquareDecay, _steps)) / (1 - MathF.Pow(MeanDecay, _steps));

        // As with Adam's own means, the first steps are averaged over as many as there were.
        var share = (1 - averaging) / (1 - MathF.Pow(averaging, _steps));
        Parallel.For(0, (values.Values.Length + Block - 1) / Block, block =>
        {
            var end = Math.Min((block + 1) * Block, values.Values.Length);
            var at = block * Block;
            for (; at <= end - Vector<float>.Count; at += Vector<float>.Count)
            {
                var value = new Vector<float>(values.Values, at);
                var gradient = new Vector<float>(Gradient.Values, at) + (value * penalty);
                var mean = new Vector<float>(_means, at);
                mean += (gradient - mean) * (1 - MeanDecay);
                var square = new Vector<float>(_squares, at);
                square += ((gradient * gradient) - square) * (1 - SquareDecay);
                value -= mean * rate / (Vector.SquareRoot(square) + new Vector<float>(Epsilon));
                var average = new Vector<float>(Average.Values, at);
                average += (value - average) * share;
                mean.CopyTo(_means, at);
                square.CopyTo(_squares, at);
                value.CopyTo(values.Values, at);
                average.CopyTo(Average.Values, at);
            }
            for (; at < end; at++)
            {
                var gradient = Gradient.Values[at] + (penalty * values.Values[at]);
                _means[at] += (1 - MeanDecay) * (gradient - _means[at]);
                _squares[at] += (1 - SquareDecay) * ((gradient * gradient) - _squares[at]);
                values.Values[at] -= rate * _means[at] / (MathF.Sqrt(_squares[at]) + Epsilon);
                Average.Values[at] += share * (values.Values[at] - Average.Values[at]);
            }
        });
    }
}
