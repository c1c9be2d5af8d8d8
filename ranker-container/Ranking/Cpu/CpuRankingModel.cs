using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TikTok.Ranker.Ranking.Cpu;

/// <summary>
/// The network of <see cref="DlrmShape"/> for CPUs with 512-bit vectors: all of it for 32 videos, then for the next 32, so that what is computed between input and
/// prediction stays in the nearest cache. What depends on the person alone is computed once a request and takes the place of the biases.
/// </summary>
public sealed unsafe class CpuRankingModel : IRankingModel
{
    private const int Size = DlrmShape.EmbeddingSize;
    private const int DenseInputs = DlrmShape.VideoDense + DlrmShape.CrossDense;
    private const int Experts = DlrmShape.Experts * DlrmShape.ExpertHidden;
    private const int Gates = Heads.Count * DlrmShape.Experts;

    // Keeps the memory that the pointers lead to; the collector does not move it.
    private readonly List<float[]> _memory = [];
    private readonly Pointers _bottomUser;
    private readonly Pointers _bottom;
    private readonly Pointers _bottom2;

    // The first layers of all experts and the gates, side by side: the rows of what is the person's, with the biases, and of what is the video's.
    private readonly Pointers _firstUser;
    private readonly Pointers _first;
    private readonly Pointers[] _expert2;
    private readonly Pointers[] _tower1;
    private readonly Pointers[] _tower2;

    public CpuRankingModel(DlrmWeights weights, long version)
    {
        Version = version;
        _bottomUser = Keep(weights.BottomUser.Values, weights.BottomBias.Values);
        _bottom = Keep([.. weights.BottomVideo.Values, .. weights.BottomCross.Values], []);
        _bottom2 = Keep(weights.Bottom2);
        DlrmLayer[] first = [.. weights.Expert1, .. weights.Gate];
        _firstUser = Keep(SideBySide(TopInput.UserRows), [.. first.SelectMany(l => l.Bias.Values)]);
        _first = Keep(SideBySide(TopInput.VideoRows), []);
        _expert2 = [.. weights.Expert2.Select(Keep)];
        _tower1 = [.. weights.Tower1.Select(Keep)];
        _tower2 = [.. weights.Tower2.Select(Keep)];

        float[] SideBySide(IEnumerable<int> rows) =>
            [.. from row in rows from layer in first from value in new ArraySegment<float>(layer.Weight.Values, row * layer.Weight.Columns, layer.Weight.Columns) select value];
    }

    public long Version { get; }

    /// <inheritdoc/>
    [SkipLocalsInit]
    public void Score(RankingInputs inputs, Span<float> predictions)
    {
        var videos = inputs.Count;
        ArgumentOutOfRangeException.ThrowIfLessThan(predictions.Length, videos * Heads.Count, nameof(predictions));
        var memory = stackalloc float[Scratch.Floats + Tile.Alignment];
        var scratch = new Scratch((float*)(((nint)memory + (Tile.Alignment * sizeof(float)) - 1) & -(Tile.Alignment * sizeof(float))));
        ReadUser(inputs, scratch);

        var (videoFields, videoDense, crossDense) = inputs.Arrays;
        fixed (float* fields = videoFields, dense = videoDense, cross = crossDense)
        {
            for (var first = 0; first < videos; first += Tile.Width)
            {
                var count = Math.Min(Tile.Width, videos - first);
                Tile.Read(fields + (first * DlrmShape.VideoFields * Size), DlrmShape.VideoFields * Size, count, scratch.Fields);
                Tile.Read(dense + (first * DlrmShape.VideoDense), DlrmShape.VideoDense, count, scratch.Dense);
                Tile.Read(cross + (first * DlrmShape.CrossDense), DlrmShape.CrossDense, count, scratch.Dense + (DlrmShape.VideoDense * Tile.Width));
                ScoreTile(scratch);
                Tile.Write(scratch.Predictions, Heads.Count, predictions.Slice(first * Heads.Count, count * Heads.Count));
            }
        }
        GC.KeepAlive(this);
    }

    public void Dispose()
    {
    }

    private void ScoreTile(Scratch at)
    {
        Tile.Layer(at.Dense, DenseInputs, _bottom.Weights, DlrmShape.BottomHidden, at.BottomBias, at.Hidden, DlrmShape.BottomHidden, relu: true);
        Tile.Layer(at.Hidden, DlrmShape.BottomHidden, _bottom2.Weights, Size, _bottom2.Bias, at.Bottom, Size, relu: true);

        for (var field = 0; field < TopInput.OwnFields; field++)
        {
            Tile.Layer(at.Fields + (field * Size * Tile.Width), Size, at.UserFields, DlrmShape.UserFields, at.Zeros,
                at.Crossed + (field * DlrmShape.UserFields * Tile.Width), DlrmShape.UserFields, relu: false);
        }
        Tile.PairsOfFive(at.Fields, Size, at.Pairs);

        for (var expert = 0; expert < DlrmShape.Experts; expert++)
        {
            var column = expert * DlrmShape.ExpertHidden;
            Tile.Layer(at.Bottom, TopInput.OfVideo, _first.Weights + column, Experts + Gates, at.FirstBias + column, at.Hidden, DlrmShape.ExpertHidden, relu: true);
            Tile.Layer(at.Hidden, DlrmShape.ExpertHidden, _expert2[expert].Weights, DlrmShape.ExpertOutput, _expert2[expert].Bias,
                at.Experts + (expert * DlrmShape.ExpertOutput * Tile.Width), DlrmShape.ExpertOutput, relu: true);
        }
        Tile.Layer(at.Bottom, TopInput.OfVideo, _first.Weights + Experts, Experts + Gates, at.FirstBias + Experts, at.Gates, Gates, relu: false);

        for (var head = 0; head < Heads.Count; head++)
        {
            var shares = at.Gates + (head * DlrmShape.Experts * Tile.Width);
            Tile.SoftmaxOfFour(shares);
            Tile.MixFour(shares, at.Experts, DlrmShape.ExpertOutput, at.Mixed);
            Tile.Layer(at.Mixed, DlrmShape.ExpertOutput, _tower1[head].Weights, DlrmShape.TowerHidden, _tower1[head].Bias, at.Hidden, DlrmShape.TowerHidden, relu: true);
            Tile.Sigmoid(at.Hidden, DlrmShape.TowerHidden, _tower2[head].Weights, *_tower2[head].Bias, at.Predictions + (head * Tile.Width));
        }
    }

    /// <summary>The person's fields as a matrix to multiply the videos' by, and the biases with their share in them.</summary>
    private void ReadUser(RankingInputs inputs, Scratch at)
    {
        var fields = inputs.UserFields;
        for (var field = 0; field < DlrmShape.UserFields; field++)
        {
            at.Zeros[field] = 0;
            for (var i = 0; i < Size; i++) at.UserFields[(i * DlrmShape.UserFields) + field] = fields[(field * Size) + i];
        }
        var products = stackalloc float[TopInput.OfUser];
        var pair = 0;
        for (var i = 1; i < DlrmShape.UserFields; i++)
        {
            for (var j = 0; j < i; j++) products[pair++] = TensorPrimitives.Dot<float>(fields.AsSpan(i * Size, Size), fields.AsSpan(j * Size, Size));
        }
        AddRows(_firstUser, new(products, TopInput.OfUser), new(at.FirstBias, Experts + Gates));
        AddRows(_bottomUser, inputs.UserDense, new(at.BottomBias, DlrmShape.BottomHidden));
    }

    /// <summary>A layer of a single row.</summary>
    private static void AddRows(Pointers layer, ReadOnlySpan<float> x, Span<float> y)
    {
        new ReadOnlySpan<float>(layer.Bias, y.Length).CopyTo(y);
        for (var i = 0; i < x.Length; i++)
            TensorPrimitives.MultiplyAdd(new ReadOnlySpan<float>(layer.Weights + (i * y.Length), y.Length), x[i], y, y);
    }

    private Pointers Keep(DlrmLayer layer) => Keep(layer.Weight.Values, layer.Bias.Values);

    private Pointers Keep(float[] weights, float[] bias) => new(Keep(weights), Keep(bias));

    private float* Keep(float[] values)
    {
        var kept = GC.AllocateUninitializedArray<float>(values.Length, pinned: true);
        values.CopyTo(kept, 0);
        _memory.Add(kept);
        return (float*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(kept));
    }

    private readonly struct Pointers(float* weights, float* bias)
    {
        public float* Weights => weights;

        public float* Bias => bias;
    }

    /// <summary>What a request needs besides its inputs. The video's fields, the bottom's output, and the products lie so that each reader finds its own in a row.</summary>
    private readonly struct Scratch(float* start)
    {
        private const int Width = Tile.Width;

        public const int Floats = PredictionsAt + (Heads.Count * Width);

        private const int BottomAt = DlrmShape.VideoFields * Size * Width;
        private const int CrossedAt = BottomAt + (Size * Width);
        private const int PairsAt = CrossedAt + (TopInput.OwnFields * DlrmShape.UserFields * Width);
        private const int DenseAt = BottomAt + (TopInput.OfVideo * Width);
        private const int HiddenAt = DenseAt + (DenseInputs * Width);
        private const int ExpertsAt = HiddenAt + (DlrmShape.ExpertHidden * Width);
        private const int GatesAt = ExpertsAt + (DlrmShape.Experts * DlrmShape.ExpertOutput * Width);
        private const int MixedAt = GatesAt + (CpuRankingModel.Gates * Width);
        private const int UserFieldsAt = MixedAt + (DlrmShape.ExpertOutput * Width);
        private const int ZerosAt = UserFieldsAt + (DlrmShape.UserFields * Size);
        private const int BottomBiasAt = ZerosAt + Tile.Alignment;
        private const int FirstBiasAt = BottomBiasAt + DlrmShape.BottomHidden;
        private const int PredictionsAt = (FirstBiasAt + CpuRankingModel.Experts + CpuRankingModel.Gates + Tile.Alignment - 1) / Tile.Alignment * Tile.Alignment;

        public float* Fields => start;

        public float* Bottom => start + BottomAt;

        public float* Crossed => start + CrossedAt;

        public float* Pairs => start + PairsAt;

        public float* Dense => start + DenseAt;

        public float* Hidden => start + HiddenAt;

        public float* Experts => start + ExpertsAt;

        public float* Gates => start + GatesAt;

        public float* Mixed => start + MixedAt;

        public float* UserFields => start + UserFieldsAt;

        public float* Zeros => start + ZerosAt;

        public float* BottomBias => start + BottomBiasAt;

        public float* FirstBias => start + FirstBiasAt;

        public float* Predictions => start + PredictionsAt;
    }
}
