using System.Runtime.InteropServices;
using TikTok.Ranker.Ranking;

namespace TikTok.Ranker.Training.Dlrm;

/// <summary>
/// What the model is taught by: inputs as <see cref="FeatureExtractor"/> reads them before any embedding is looked up, and per head what came of it. A fixed number
/// of places that are written again and again.
/// </summary>
public sealed class Examples(int capacity)
{
    private readonly float[] _userDense = new float[capacity * DlrmShape.UserDense];
    private readonly float[] _videoDense = new float[capacity * DlrmShape.VideoDense];
    private readonly float[] _crossDense = new float[capacity * DlrmShape.CrossDense];
    private readonly long[] _ids = new long[capacity * EmbeddingSlots.Count];
    private readonly float[] _slotWeights = new float[capacity * EmbeddingSlots.Count];
    private readonly float[] _labels = new float[capacity * Heads.Count];
    private readonly float[] _weights = new float[capacity * Heads.Count];

    public int Capacity => capacity;

    /// <summary>The ids of <see cref="EmbeddingSlots"/> of the first examples, one example after the other.</summary>
    public ReadOnlySpan<long> AllIds(int count) => _ids.AsSpan(0, count * EmbeddingSlots.Count);

    public ReadOnlySpan<float> AllUserDense(int count) => _userDense.AsSpan(0, count * DlrmShape.UserDense);

    public ReadOnlySpan<float> AllVideoDense(int count) => _videoDense.AsSpan(0, count * DlrmShape.VideoDense);

    public ReadOnlySpan<float> AllCrossDense(int count) => _crossDense.AsSpan(0, count * DlrmShape.CrossDense);

    public Span<float> UserDense(int example) => Of(_userDense, example, DlrmShape.UserDense);

    public Span<float> VideoDense(int example) => Of(_videoDense, example, DlrmShape.VideoDense);

    public Span<float> CrossDense(int example) => Of(_crossDense, example, DlrmShape.CrossDense);

    public Span<long> Ids(int example) => _ids.AsSpan(example * EmbeddingSlots.Count, EmbeddingSlots.Count);

    public Span<float> SlotWeights(int example) => Of(_slotWeights, example, EmbeddingSlots.Count);

    /// <summary>By head, 0 to 1: a probability where what came of it is no yes or no.</summary>
    public Span<float> Labels(int example) => Of(_labels, example, Heads.Count);

    /// <summary>By head, how much the example counts; 0 where nothing is known.</summary>
    public Span<float> Weights(int example) => Of(_weights, example, Heads.Count);

    public void CopyTo(int example, Examples other, int place)
    {
        UserDense(example).CopyTo(other.UserDense(place));
        VideoDense(example).CopyTo(other.VideoDense(place));
        CrossDense(example).CopyTo(other.CrossDense(place));
        Ids(example).CopyTo(other.Ids(place));
        SlotWeights(example).CopyTo(other.SlotWeights(place));
        Labels(example).CopyTo(other.Labels(place));
        Weights(example).CopyTo(other.Weights(place));
    }

    public void Save(BinaryWriter writer, int example)
    {
        writer.Write(MemoryMarshal.AsBytes(Ids(example)));
        Write(UserDense(example));
        Write(VideoDense(example));
        Write(CrossDense(example));
        Write(SlotWeights(example));
        Write(Labels(example));
        Write(Weights(example));

        void Write(ReadOnlySpan<float> values) => writer.Write(MemoryMarshal.AsBytes(values));
    }

    /// <exception cref="EndOfStreamException"/>
    public void Load(BinaryReader reader, int example)
    {
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(Ids(example)));
        Read(UserDense(example));
        Read(VideoDense(example));
        Read(CrossDense(example));
        Read(SlotWeights(example));
        Read(Labels(example));
        Read(Weights(example));

        void Read(Span<float> values) => reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(values));
    }

    private static Span<float> Of(float[] values, int example, int width) => values.AsSpan(example * width, width);
}
