using System.Numerics.Tensors;
using TikTok.Ranker.Embeddings;
using TikTok.Ranker.Ranking;

namespace TikTok.Ranker.Training.Dlrm;

/// <summary>Some examples with their embeddings as the network reads them, and what it makes of them.</summary>
public sealed class DlrmBatch(int capacity)
{
    private const int Size = DlrmShape.EmbeddingSize;

    private readonly float[] _vectors = new float[capacity * EmbeddingSlots.Count * Size];

    /// <summary>The first <see cref="Count"/> of them.</summary>
    public Examples Examples { get; } = new(capacity);

    public int Count { get; set; }

    public int Capacity => capacity;

    /// <summary>Per example <see cref="DlrmShape.UserFields"/> embeddings, then <see cref="DlrmShape.VideoFields"/>.</summary>
    internal float[] Fields { get; } = new float[capacity * DlrmNetwork.FieldWidth];

    /// <summary>Of the loss by <see cref="Fields"/>.</summary>
    internal float[] FieldGradients { get; } = new float[capacity * DlrmNetwork.FieldWidth];

    /// <summary>Per example one probability for each head.</summary>
    public Span<float> Predictions => PredictionArray.AsSpan(0, Count * Heads.Count);

    internal float[] PredictionArray { get; } = new float[capacity * Heads.Count];

    /// <summary>The place of one more example.</summary>
    public int Add() => Count++;

    /// <summary>Looks the embeddings up, as they are now.</summary>
    public void Gather(EmbeddingTable embeddings)
    {
        var vectors = _vectors.AsSpan(0, Count * EmbeddingSlots.Count * Size);
        embeddings.Lookup(Examples.AllIds(Count), vectors);
        Fields.AsSpan(0, Count * DlrmNetwork.FieldWidth).Clear();
        for (var example = 0; example < Count; example++)
        {
            var weights = Examples.SlotWeights(example);
            for (var slot = 0; slot < weights.Length; slot++)
            {
                if (weights[slot] == 0) continue;
                var field = Fields.AsSpan((example * DlrmNetwork.FieldWidth) + (EmbeddingSlots.FieldOf(slot) * Size), Size);
                TensorPrimitives.MultiplyAdd(vectors.Slice(((example * EmbeddingSlots.Count) + slot) * Size, Size), weights[slot], field, field);
            }
        }
    }
}
