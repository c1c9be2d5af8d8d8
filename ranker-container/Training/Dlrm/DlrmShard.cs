using System.Numerics.Tensors;
using System.Runtime.Intrinsics;
using TikTok.Ranker.Ranking;

namespace TikTok.Ranker.Training.Dlrm;

/// <summary>A part of a batch on its way through the network: what each layer made of it, and the gradient that comes back. Names as in <see cref="DlrmShape"/>.</summary>
internal sealed class DlrmShard
{
    private const int Max = DlrmNetwork.ShardSize;
    private const int Size = DlrmShape.EmbeddingSize;
    private const int AllFields = DlrmShape.Fields * Size;
    private const int Last = DlrmShape.Fields - 1;

    private readonly float[] _bottom = new float[Max * DlrmShape.BottomHidden];
    private readonly float[] _bottomGradient = new float[Max * DlrmShape.BottomHidden];
    private readonly float[] _z = new float[Max * Size];
    private readonly float[] _zGradient = new float[Max * Size];
    private readonly float[] _fields = new float[Max * AllFields];
    private readonly float[] _fieldGradients = new float[Max * AllFields];
    private readonly float[] _x = new float[Max * DlrmShape.TopInput];
    private readonly float[] _xGradient = new float[Max * DlrmShape.TopInput];
    private readonly float[][] _expertHidden = Each(DlrmShape.Experts, DlrmShape.ExpertHidden);
    private readonly float[][] _expertOutput = Each(DlrmShape.Experts, DlrmShape.ExpertOutput);
    private readonly float[] _expertHiddenGradient = new float[Max * DlrmShape.ExpertHidden];
    private readonly float[][] _expertOutputGradient = Each(DlrmShape.Experts, DlrmShape.ExpertOutput);
    private readonly float[][] _gates = Each(Heads.Count, DlrmShape.Experts);
    private readonly float[] _gateGradient = new float[Max * DlrmShape.Experts];
    private readonly float[][] _mixed = Each(Heads.Count, DlrmShape.ExpertOutput);
    private readonly float[] _mixedGradient = new float[Max * DlrmShape.ExpertOutput];
    private readonly float[][] _towers = Each(Heads.Count, DlrmShape.TowerHidden);
    private readonly float[] _towerGradient = new float[Max * DlrmShape.TowerHidden];
    private readonly float[][] _logits = Each(Heads.Count, 1);
    private readonly float[] _logitGradient = new float[Max];

    public DlrmWeights Gradient { get; } = new();

    public double Loss { get; private set; }

    public void Forward(DlrmWeights weights, DlrmBatch batch, int start, int count)
    {
        var examples = batch.Examples;
        Fill(_bottom, weights.BottomBias, count);
        Multiply(examples.AllUserDense(start + count)[(start * DlrmShape.UserDense)..], weights.BottomUser, _bottom, count);
        Multiply(examples.AllVideoDense(start + count)[(start * DlrmShape.VideoDense)..], weights.BottomVideo, _bottom, count);
        Multiply(examples.AllCrossDense(start + count)[(start * DlrmShape.CrossDense)..], weights.BottomCross, _bottom, count);
        Rectify(_bottom, count * DlrmShape.BottomHidden);
        Apply(_bottom, weights.Bottom2, _z, count);
        Rectify(_z, count * Size);
        Interact(batch.Fields, start, count);

        for (var e = 0; e < DlrmShape.Experts; e++)
        {
            Apply(_x, weights.Expert1[e], _expertHidden[e], count);
            Rectify(_expertHidden[e], count * DlrmShape.ExpertHidden);
            Apply(_expertHidden[e], weights.Expert2[e], _expertOutput[e], count);
            Rectify(_expertOutput[e], count * DlrmShape.ExpertOutput);
        }
        for (var head = 0; head < Heads.Count; head++)
        {
            Apply(_x, weights.Gate[head], _gates[head], count);
            Mix(head, count);
            Apply(_mixed[head], weights.Tower1[head], _towers[head], count);
            Rectify(_towers[head], count * DlrmShape.TowerHidden);
            Apply(_towers[head], weights.Tower2[head], _logits[head], count);
            for (var i = 0; i < count; i++) batch.PredictionArray[((start + i) * Heads.Count) + head] = Sigmoid(_logits[head][i]);
        }
    }

    /// <param name="transposed">The weights' matrices, turned.</param>
    public void Backward(DlrmWeights weights, DlrmWeights transposed, DlrmBatch batch, int start, int count)
    {
        foreach (var tensor in Gradient.Tensors) Array.Clear(tensor.Values);
        foreach (var output in _expertOutputGradient) Array.Clear(output);
        Array.Clear(_xGradient);
        Loss = 0;

        for (var head = 0; head < Heads.Count; head++) HeadBackward(head, weights, transposed, batch, start, count);
        for (var e = 0; e < DlrmShape.Experts; e++)
        {
            MaskRectified(_expertOutput[e], _expertOutputGradient[e], count * DlrmShape.ExpertOutput);
            LayerBackward(_expertHidden[e], _expertOutputGradient[e], Gradient.Expert2[e], count);
            Back(_expertOutputGradient[e], transposed.Expert2[e].Weight, _expertHiddenGradient, count, clear: true);
            MaskRectified(_expertHidden[e], _expertHiddenGradient, count * DlrmShape.ExpertHidden);
            LayerBackward(_x, _expertHiddenGradient, Gradient.Expert1[e], count);
            Back(_expertHiddenGradient, transposed.Expert1[e].Weight, _xGradient, count, clear: false);
        }
        InteractBackward(batch.FieldGradients, start, count);

        MaskRectified(_z, _zGradient, count * Size);
        LayerBackward(_bottom, _zGradient, Gradient.Bottom2, count);
        Back(_zGradient, transposed.Bottom2.Weight, _bottomGradient, count, clear: true);
        MaskRectified(_bottom, _bottomGradient, count * DlrmShape.BottomHidden);
        var examples = batch.Examples;
        WeightGradient(examples.AllUserDense(start + count)[(start * DlrmShape.UserDense)..], _bottomGradient, Gradient.BottomUser, count);
        WeightGradient(examples.AllVideoDense(start + count)[(start * DlrmShape.VideoDense)..], _bottomGradient, Gradient.BottomVideo, count);
        WeightGradient(examples.AllCrossDense(start + count)[(start * DlrmShape.CrossDense)..], _bottomGradient, Gradient.BottomCross, count);
        BiasGradient(_bottomGradient, Gradient.BottomBias, count);
    }

    private void HeadBackward(int head, DlrmWeights weights, DlrmWeights transposed, DlrmBatch batch, int start, int count)
    {
        var any = false;
        for (var i = 0; i < count; i++)
        {
            var (label, weight) = (batch.Examples.Labels(start + i)[head], batch.Examples.Weights(start + i)[head]);
            var logit = _logits[head][i];
            _logitGradient[i] = weight * (Sigmoid(logit) - label);
            if (weight == 0) continue;
            any = true;
            Loss += weight * (Softplus(logit) - (label * logit));
        }
        if (!any) return;

        LayerBackward(_towers[head], _logitGradient, Gradient.Tower2[head], count);
        Back(_logitGradient, transposed.Tower2[head].Weight, _towerGradient, count, clear: true);
        MaskRectified(_towers[head], _towerGradient, count * DlrmShape.TowerHidden);
        LayerBackward(_mixed[head], _towerGradient, Gradient.Tower1[head], count);
        Back(_towerGradient, transposed.Tower1[head].Weight, _mixedGradient, count, clear: true);

        for (var i = 0; i < count; i++)
        {
            var mixed = _mixedGradient.AsSpan(i * DlrmShape.ExpertOutput, DlrmShape.ExpertOutput);
            var gates = _gates[head].AsSpan(i * DlrmShape.Experts, DlrmShape.Experts);
            var gateGradient = _gateGradient.AsSpan(i * DlrmShape.Experts, DlrmShape.Experts);
            var mean = 0f;
            for (var e = 0; e < DlrmShape.Experts; e++)
            {
                gateGradient[e] = TensorPrimitives.Dot(mixed, _expertOutput[e].AsSpan(i * DlrmShape.ExpertOutput, DlrmShape.ExpertOutput));
                mean += gates[e] * gateGradient[e];
                var output = _expertOutputGradient[e].AsSpan(i * DlrmShape.ExpertOutput, DlrmShape.ExpertOutput);
                TensorPrimitives.MultiplyAdd(mixed, gates[e], output, output);
            }
            for (var e = 0; e < DlrmShape.Experts; e++) gateGradient[e] = gates[e] * (gateGradient[e] - mean);
        }
        LayerBackward(_x, _gateGradient, Gradient.Gate[head], count);
        Back(_gateGradient, transposed.Gate[head].Weight, _xGradient, count, clear: false);
    }

    /// <summary>Softmax of the gates, and the experts' mean by them.</summary>
    private void Mix(int head, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var gates = _gates[head].AsSpan(i * DlrmShape.Experts, DlrmShape.Experts);
            TensorPrimitives.SoftMax(gates, gates);
            var mixed = _mixed[head].AsSpan(i * DlrmShape.ExpertOutput, DlrmShape.ExpertOutput);
            TensorPrimitives.Multiply(_expertOutput[0].AsSpan(i * DlrmShape.ExpertOutput, DlrmShape.ExpertOutput), gates[0], mixed);
            for (var e = 1; e < DlrmShape.Experts; e++)
            {
                TensorPrimitives.MultiplyAdd(_expertOutput[e].AsSpan(i * DlrmShape.ExpertOutput, DlrmShape.ExpertOutput), gates[e], mixed, mixed);
            }
        }
    }

    private void Interact(ReadOnlySpan<float> embeddings, int start, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var fields = _fields.AsSpan(i * AllFields, AllFields);
            var x = _x.AsSpan(i * DlrmShape.TopInput, DlrmShape.TopInput);
            var z = _z.AsSpan(i * Size, Size);
            embeddings.Slice((start + i) * DlrmNetwork.FieldWidth, DlrmNetwork.FieldWidth).CopyTo(fields);
            z.CopyTo(fields[(Last * Size)..]);
            z.CopyTo(x);
            var pair = Size;
            for (var a = 1; a < DlrmShape.Fields; a++)
            {
                var field = Vector512.Create<float>(fields.Slice(a * Size, Size));
                for (var b = 0; b < a; b++) x[pair++] = Vector512.Dot(field, Vector512.Create<float>(fields.Slice(b * Size, Size)));
            }
        }
    }

    private void InteractBackward(Span<float> embeddingGradients, int start, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var fields = _fields.AsSpan(i * AllFields, AllFields);
            var gradients = _fieldGradients.AsSpan(i * AllFields, AllFields);
            var x = _xGradient.AsSpan(i * DlrmShape.TopInput, DlrmShape.TopInput);
            gradients.Clear();
            x[..Size].CopyTo(gradients[(Last * Size)..]);
            var pair = Size;
            for (var a = 1; a < DlrmShape.Fields; a++)
            {
                var field = Vector512.Create<float>(fields.Slice(a * Size, Size));
                var sum = Vector512.Create<float>(gradients.Slice(a * Size, Size));
                for (var b = 0; b < a; b++)
                {
                    var factor = Vector512.Create(x[pair++]);
                    var other = gradients.Slice(b * Size, Size);
                    sum = Vector512.FusedMultiplyAdd(factor, Vector512.Create<float>(fields.Slice(b * Size, Size)), sum);
                    Vector512.FusedMultiplyAdd(factor, field, Vector512.Create<float>(other)).CopyTo(other);
                }
                sum.CopyTo(gradients.Slice(a * Size, Size));
            }
            gradients[..DlrmNetwork.FieldWidth].CopyTo(embeddingGradients[((start + i) * DlrmNetwork.FieldWidth)..]);
            gradients[(Last * Size)..].CopyTo(_zGradient.AsSpan(i * Size));
        }
    }

    private static void Apply(ReadOnlySpan<float> input, DlrmLayer layer, Span<float> output, int count)
    {
        Fill(output, layer.Bias, count);
        Multiply(input, layer.Weight, output, count);
    }

    private static void Multiply(ReadOnlySpan<float> input, DlrmTensor weight, Span<float> output, int count) =>
        MatrixProduct.Add(input, weight.Rows, 1, weight.Values, output, count, weight.Rows, weight.Columns);

    /// <param name="transposed">Output × input, though its shape says the reverse.</param>
    private static void Back(ReadOnlySpan<float> outputGradient, DlrmTensor transposed, Span<float> inputGradient, int count, bool clear)
    {
        if (clear) inputGradient.Clear();
        MatrixProduct.Add(outputGradient, transposed.Columns, 1, transposed.Values, inputGradient, count, transposed.Columns, transposed.Rows);
    }

    private static void LayerBackward(ReadOnlySpan<float> input, ReadOnlySpan<float> outputGradient, DlrmLayer gradient, int count)
    {
        WeightGradient(input, outputGradient, gradient.Weight, count);
        BiasGradient(outputGradient, gradient.Bias, count);
    }

    private static void WeightGradient(ReadOnlySpan<float> input, ReadOnlySpan<float> outputGradient, DlrmTensor gradient, int count) =>
        MatrixProduct.Add(input, 1, gradient.Rows, outputGradient, gradient.Values, gradient.Rows, count, gradient.Columns);

    private static void BiasGradient(ReadOnlySpan<float> outputGradient, DlrmTensor gradient, int count)
    {
        for (var i = 0; i < count; i++) TensorPrimitives.Add(gradient.Values, outputGradient.Slice(i * gradient.Columns, gradient.Columns), gradient.Values);
    }

    private static void Fill(Span<float> output, DlrmTensor bias, int count)
    {
        for (var i = 0; i < count; i++) bias.Values.CopyTo(output[(i * bias.Columns)..]);
    }

    private static void Rectify(float[] values, int length) => TensorPrimitives.Max(values.AsSpan(0, length), 0, values.AsSpan(0, length));

    /// <summary>No gradient goes through where nothing came through.</summary>
    private static void MaskRectified(float[] output, float[] gradient, int length)
    {
        var from = output.AsSpan(0, length);
        var to = gradient.AsSpan(0, length);
        var i = 0;
        for (; i + Vector512<float>.Count <= length; i += Vector512<float>.Count)
        {
            var part = to[i..];
            (Vector512.GreaterThan(Vector512.Create<float>(from[i..]), Vector512<float>.Zero) & Vector512.Create<float>(part)).CopyTo(part);
        }
        for (; i < length; i++) to[i] = from[i] > 0 ? to[i] : 0;
    }

    private static float Sigmoid(float logit) => 1 / (1 + MathF.Exp(-logit));

    /// <summary>ln(1 + e^x) where neither overflows.</summary>
    private static double Softplus(double logit) => Math.Max(logit, 0) + Math.Log(1 + Math.Exp(-Math.Abs(logit)));

    private static float[][] Each(int count, int width) => [.. Enumerable.Range(0, count).Select(_ => new float[Max * width])];
}
