using System.Numerics.Tensors;
using TikTok.Ranker.Embeddings;
using TikTok.Ranker.Features;
using TikTok.Ranker.Ranking;

namespace TikTok.Ranker.Training.Dlrm;

/// <summary>
/// Adagrad (Duchi, Hazan and Singer, 2011) with one sum of squares per row, as deep learning recommendation models have it: rows that are seen seldom take large
/// steps, and a row's state is one float instead of as many as its vector has.
/// </summary>
/// <param name="capacity">Examples of a batch at most.</param>
internal sealed class EmbeddingAdagrad(int capacity)
{
    /// <summary>Floats of a row's state, behind its vector.</summary>
    public const int StateWidth = 1;

    /// <summary>What a row's sum of squares begins with, so that its first gradient does not decide alone.</summary>
    private const float InitialSquares = 1e-3f;

    private const int Size = DlrmShape.EmbeddingSize;

    private readonly int[] _places = new int[(int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)(capacity * EmbeddingSlots.Count * 2))];
    private readonly long[] _ids = new long[capacity * EmbeddingSlots.Count];
    private readonly float[] _gradients = new float[capacity * EmbeddingSlots.Count * Size];
    private int _count;

    /// <summary>Divides the gradients of the batch's fields among the rows they are sums of, and changes these. Rows that do not exist are passed over.</summary>
    public void Step(EmbeddingWriter writer, DlrmBatch batch, float rate)
    {
        Collect(batch);
        for (var i = 0; i < _count; i++)
        {
            writer.Update(_ids[i], new RowStep(_gradients.AsSpan(i * Size, Size), rate), static (row, step) =>
            {
                var vector = row[..Size];
                row[Size] += TensorPrimitives.SumOfSquares(step.Gradient) / Size;
                TensorPrimitives.MultiplyAdd(step.Gradient, -step.Rate / MathF.Sqrt(InitialSquares + row[Size]), vector, vector);
            });
        }
    }

    private void Collect(DlrmBatch batch)
    {
        Array.Clear(_places);
        _count = 0;
        for (var example = 0; example < batch.Count; example++)
        {
            var ids = batch.Examples.Ids(example);
            var weights = batch.Examples.SlotWeights(example);
            for (var slot = 0; slot < ids.Length; slot++)
            {
                if (ids[slot] == FeatureId.None || weights[slot] == 0) continue;
                var sum = _gradients.AsSpan(PlaceOf(ids[slot]) * Size, Size);
                var field = batch.FieldGradients.AsSpan((example * DlrmNetwork.FieldWidth) + (EmbeddingSlots.FieldOf(slot) * Size), Size);
                TensorPrimitives.MultiplyAdd(field, weights[slot], sum, sum);
            }
        }
    }

    private int PlaceOf(long id)
    {
        for (var at = (int)id & (_places.Length - 1); ; at = (at + 1) & (_places.Length - 1))
        {
            var place = _places[at] - 1;
            if (place >= 0 && _ids[place] == id) return place;
            if (place >= 0) continue;
            _places[at] = ++_count;
            _ids[_count - 1] = id;
            _gradients.AsSpan((_count - 1) * Size, Size).Clear();
            return _count - 1;
        }
    }

    private readonly ref struct RowStep(ReadOnlySpan<float> gradient, float rate)
    {
        public ReadOnlySpan<float> Gradient { get; } = gradient;

        public float Rate { get; } = rate;
    }
}
