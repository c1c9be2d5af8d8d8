using TikTok.Ranker.Ranking;

namespace TikTok.UnitTests.Ranker.Ranking;

/// <summary>The network of <see cref="DlrmShape"/> as its formula is written, in double precision, one video after the other: what all others are measured by.</summary>
internal static class PlainDlrm
{
    public static float[] Score(DlrmWeights weights, RankingInputs inputs)
    {
        var predictions = new List<float>();
        for (var video = 0; video < inputs.Count; video++) predictions.AddRange(Score(weights, inputs, video));
        return [.. predictions];
    }

    /// <param name="scale">Of the weights: at 1, sums stay of the size of what goes in.</param>
    public static DlrmWeights RandomWeights(int seed, double scale = 1)
    {
        var random = new Random(seed);
        var weights = new DlrmWeights();
        foreach (var tensor in weights.Tensors)
        {
            foreach (ref var value in tensor.Values.AsSpan()) value = (float)(((random.NextDouble() * 2) - 1) * scale * Math.Sqrt(3.0 / tensor.Rows));
        }
        return weights;
    }

    public static RankingInputs RandomInputs(int seed, int videos, int? capacity = null)
    {
        var random = new Random(seed);
        var inputs = new RankingInputs(capacity ?? videos) { Count = videos };
        foreach (var values in (float[][])[inputs.UserFields, inputs.UserDense, inputs.Arrays.VideoFields, inputs.Arrays.VideoDense, inputs.Arrays.CrossDense])
        {
            foreach (ref var value in values.AsSpan()) value = (random.NextSingle() * 2) - 1;
        }
        return inputs;
    }

    /// <summary>What a model predicts, in an array.</summary>
    public static float[] Score(IRankingModel model, RankingInputs inputs)
    {
        var predictions = new float[inputs.Count * Heads.Count];
        model.Score(inputs, predictions);
        return predictions;
    }

    public static void AssertNear(float[] expected, float[] actual, float tolerance = 1e-4f)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.InRange(pair.Second, pair.First - tolerance, pair.First + tolerance));
    }

    private static IEnumerable<float> Score(DlrmWeights weights, RankingInputs inputs, int video)
    {
        var user = Times(Row(inputs.UserDense, 0, DlrmShape.UserDense), weights.BottomUser);
        var ofVideo = Times(Row(inputs.VideoDense, video, DlrmShape.VideoDense), weights.BottomVideo);
        var cross = Times(Row(inputs.CrossDense, video, DlrmShape.CrossDense), weights.BottomCross);
        var bottom = Relu(Layer(Relu(Plus(Plus(user, ofVideo), Plus(cross, Row(weights.BottomBias.Values, 0, DlrmShape.BottomHidden)))), weights.Bottom2));

        double[][] fields =
        [
            .. Enumerable.Range(0, DlrmShape.UserFields).Select(f => Row(inputs.UserFields, f, DlrmShape.EmbeddingSize)),
            .. Enumerable.Range(0, DlrmShape.VideoFields).Select(f => Row(inputs.VideoFields, (video * DlrmShape.VideoFields) + f, DlrmShape.EmbeddingSize)),
            bottom,
        ];
        var products = from i in Enumerable.Range(0, DlrmShape.Fields) from j in Enumerable.Range(0, i) select fields[i].Zip(fields[j], (a, b) => a * b).Sum();
        double[] top = [.. bottom, .. products];

        var experts = Enumerable.Range(0, DlrmShape.Experts).Select(e => Relu(Layer(Relu(Layer(top, weights.Expert1[e])), weights.Expert2[e]))).ToArray();
        foreach (var head in Heads.All.Cast<int>())
        {
            var gates = Softmax(Layer(top, weights.Gate[head]));
            var mixed = Enumerable.Range(0, DlrmShape.ExpertOutput).Select(i => experts.Select((e, n) => gates[n] * e[i]).Sum()).ToArray();
            var logit = Layer(Relu(Layer(mixed, weights.Tower1[head])), weights.Tower2[head])[0];
            yield return (float)(1 / (1 + Math.Exp(-logit)));
        }
    }

    private static double[] Row(ReadOnlySpan<float> values, int row, int width) => Array.ConvertAll(values.Slice(row * width, width).ToArray(), v => (double)v);

    private static double[] Layer(double[] x, DlrmLayer layer) => Plus(Times(x, layer.Weight), Row(layer.Bias.Values, 0, layer.Bias.Columns));

    private static double[] Times(double[] x, DlrmTensor matrix)
    {
        var y = new double[matrix.Columns];
        for (var i = 0; i < matrix.Rows; i++)
        {
            for (var j = 0; j < matrix.Columns; j++) y[j] += x[i] * matrix.Values[(i * matrix.Columns) + j];
        }
        return y;
    }

    private static double[] Plus(double[] a, double[] b) => [.. a.Zip(b, (x, y) => x + y)];

    private static double[] Relu(double[] x) => [.. x.Select(v => Math.Max(v, 0))];

    private static double[] Softmax(double[] x)
    {
        var exponentials = x.Select(v => Math.Exp(v - x.Max())).ToArray();
        return [.. exponentials.Select(e => e / exponentials.Sum())];
    }
}
