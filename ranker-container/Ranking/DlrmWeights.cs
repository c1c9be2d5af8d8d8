using System.Numerics.Tensors;

namespace TikTok.Ranker.Ranking;

/// <summary>The dense weights of the model that <see cref="DlrmShape"/> describes. Matrices are input × output, row by row, so that a layer is <c>x·W + b</c>.</summary>
public sealed class DlrmWeights
{
    private readonly List<DlrmTensor> _tensors = [];

    public DlrmWeights()
    {
        BottomUser = Add("bottom.user", DlrmShape.UserDense, DlrmShape.BottomHidden);
        BottomVideo = Add("bottom.video", DlrmShape.VideoDense, DlrmShape.BottomHidden);
        BottomCross = Add("bottom.cross", DlrmShape.CrossDense, DlrmShape.BottomHidden);
        BottomBias = Add("bottom.bias", 1, DlrmShape.BottomHidden);
        Bottom2 = Layer("bottom2", DlrmShape.BottomHidden, DlrmShape.EmbeddingSize);
        Expert1 = [.. Enumerable.Range(0, DlrmShape.Experts).Select(e => Layer($"expert{e}.1", DlrmShape.TopInput, DlrmShape.ExpertHidden))];
        Expert2 = [.. Enumerable.Range(0, DlrmShape.Experts).Select(e => Layer($"expert{e}.2", DlrmShape.ExpertHidden, DlrmShape.ExpertOutput))];
        Gate = [.. Heads.All.Select(h => Layer($"gate.{h}", DlrmShape.TopInput, DlrmShape.Experts))];
        Tower1 = [.. Heads.All.Select(h => Layer($"tower1.{h}", DlrmShape.ExpertOutput, DlrmShape.TowerHidden))];
        Tower2 = [.. Heads.All.Select(h => Layer($"tower2.{h}", DlrmShape.TowerHidden, 1))];
    }

    public DlrmTensor BottomUser { get; }

    public DlrmTensor BottomVideo { get; }

    public DlrmTensor BottomCross { get; }

    public DlrmTensor BottomBias { get; }

    public DlrmLayer Bottom2 { get; }

    public IReadOnlyList<DlrmLayer> Expert1 { get; }

    public IReadOnlyList<DlrmLayer> Expert2 { get; }

    /// <summary>By head, as are the towers.</summary>
    public IReadOnlyList<DlrmLayer> Gate { get; }

    public IReadOnlyList<DlrmLayer> Tower1 { get; }

    public IReadOnlyList<DlrmLayer> Tower2 { get; }

    /// <summary>All of it, in one order: what is trained, saved and exported.</summary>
    public IReadOnlyList<DlrmTensor> Tensors => _tensors;

    public void CopyFrom(DlrmWeights weights)
    {
        for (var i = 0; i < _tensors.Count; i++) weights._tensors[i].Values.CopyTo(_tensors[i].Values, 0);
    }

    /// <param name="share">Of the way that they go towards the others, 0 to 1.</param>
    public void MoveTowards(DlrmWeights weights, float share)
    {
        for (var i = 0; i < _tensors.Count; i++) TensorPrimitives.Lerp(_tensors[i].Values, weights._tensors[i].Values, share, _tensors[i].Values);
    }

    private DlrmLayer Layer(string name, int inputs, int outputs) => new(Add($"{name}.weight", inputs, outputs), Add($"{name}.bias", 1, outputs));

    private DlrmTensor Add(string name, int rows, int columns)
    {
        var tensor = new DlrmTensor(name, rows, columns, new float[rows * columns]);
        _tensors.Add(tensor);
        return tensor;
    }
}

public sealed record DlrmTensor(string Name, int Rows, int Columns, float[] Values);

public sealed record DlrmLayer(DlrmTensor Weight, DlrmTensor Bias);
