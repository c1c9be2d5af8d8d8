using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace TikTok.Ranker.Ranking.Onnx;

/// <summary>
/// Writes the ranking model as an ONNX file: the weights under the names that they have in <see cref="DlrmWeights"/>, and the computation that
/// <see cref="DlrmShape"/> describes in the form that runs fastest on ONNX Runtime. What depends on the person alone is computed once for each person.
/// </summary>
/// <remarks>
/// What is only another arrangement of the weights (rows in the order of the inputs as they are put together here, the gates side by side, the towers one above
/// the other) is left to the runtime, which computes it once when it loads the file.
/// </remarks>
public static class OnnxModelWriter
{
    /// <summary>Who wrote the file, as it says.</summary>
    public const string Producer = "TikTok.Ranker";

    /// <summary>Which networks are the same: names and sizes of all tensors, hashed.</summary>
    public static string ShapeHash { get; } = HashOf(new DlrmWeights());

    /// <param name="version">Rises with each publication.</param>
    /// <param name="halfPrecision">Computes in fp16; inputs and outputs stay fp32. What is published does not.</param>
    public static byte[] Write(DlrmWeights weights, long version, bool halfPrecision = false)
    {
        var graph = new OnnxGraph("dlrm");
        new Writing(graph, weights, halfPrecision).Write();
        return graph.ToBytes(Producer, version, new Dictionary<string, string> { [OnnxNames.ShapeKey] = ShapeHash });
    }

    private static string HashOf(DlrmWeights weights)
    {
        var description = string.Join(';', weights.Tensors.Select(t => string.Create(CultureInfo.InvariantCulture, $"{t.Name}:{t.Rows}x{t.Columns}")));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(description)));
    }

    private sealed class Writing(OnnxGraph graph, DlrmWeights weights, bool halfPrecision)
    {
        private readonly Dictionary<string, string> _weights = new(StringComparer.Ordinal);
        private string _userOf = "";

        public void Write()
        {
            foreach (var tensor in weights.Tensors)
                _weights[tensor.Name] = Precise(graph.Constant(tensor.Name, tensor.Values, tensor.Rows, tensor.Columns));

            const string users = "users";
            const string videos = "videos";
            var userFields = Precise(graph.Input(OnnxNames.UserFields, users, DlrmShape.UserFields * DlrmShape.EmbeddingSize));
            var userDense = Precise(graph.Input(OnnxNames.UserDense, users, DlrmShape.UserDense));
            _userOf = graph.IndexInput(OnnxNames.UserOf, videos);
            var videoFields = Precise(graph.Input(OnnxNames.VideoFields, videos, DlrmShape.VideoFields * DlrmShape.EmbeddingSize));
            var videoDense = Precise(graph.Input(OnnxNames.VideoDense, videos, DlrmShape.VideoDense));
            var crossDense = Precise(graph.Input(OnnxNames.CrossDense, videos, DlrmShape.CrossDense));

            var bottom = Bottom(userDense, videoDense, crossDense);
            var (own, ofUser) = Interactions(userFields, videoFields, bottom);
            var top = new TopLayers(graph.Concat(1, bottom, own), ofUser);
            var experts = graph.Concat(1, [.. Enumerable.Range(0, DlrmShape.Experts).Select(e => Expert(top, e))]);
            Output(Towers(graph.MatMul(Gates(top), experts)), videos);
        }

        private string Bottom(string userDense, string videoDense, string crossDense)
        {
            var user = graph.Gemm(userDense, Weight(weights.BottomUser), Weight(weights.BottomBias));
            var hidden = graph.Relu(graph.Gemm(
                graph.Concat(1, videoDense, crossDense),
                graph.Concat(0, Weight(weights.BottomVideo), Weight(weights.BottomCross)),
                OfEachVideo(user)));
            return graph.Relu(Layer(hidden, weights.Bottom2));
        }

        /// <returns>Of each video the products of its fields with the person's and with each other; of each person those of theirs with each other.</returns>
        private (string OfVideo, string OfUser) Interactions(string userFields, string videoFields, string bottom)
        {
            const int width = DlrmShape.EmbeddingSize;
            var users = graph.Reshape(userFields, -1, DlrmShape.UserFields, width);
            var usersAcross = graph.Transpose(users, 0, 2, 1);
            var own = graph.Concat(1, graph.Reshape(videoFields, -1, DlrmShape.VideoFields, width), graph.Reshape(bottom, -1, 1, width));
            var ofVideo = graph.Concat(1,
                graph.Reshape(graph.MatMul(own, OfEachVideo(usersAcross)), -1, TopInput.OwnFields * DlrmShape.UserFields),
                BelowDiagonal(graph.MatMul(own, graph.Transpose(own, 0, 2, 1)), TopInput.OwnFields));
            return (ofVideo, BelowDiagonal(graph.MatMul(users, usersAcross), DlrmShape.UserFields));
        }

        /// <summary>Of n × n products those of (i, j), i > j, in a row.</summary>
        private string BelowDiagonal(string products, int n) =>
            graph.Gather(graph.Reshape(products, -1, n * n), graph.Constant([.. TopInput.BelowDiagonal(n).Select(p => (long)((p.I * n) + p.J))]), axis: 1);

        private string Expert(TopLayers top, int expert)
        {
            var hidden = graph.Relu(First(top, Weight(weights.Expert1[expert].Weight), Weight(weights.Expert1[expert].Bias)));
            return graph.Reshape(graph.Relu(Layer(hidden, weights.Expert2[expert])), -1, 1, DlrmShape.ExpertOutput);
        }

        private string Gates(TopLayers top)
        {
            var all = First(top,
                graph.Concat(1, [.. weights.Gate.Select(g => Weight(g.Weight))]),
                graph.Concat(1, [.. weights.Gate.Select(g => Weight(g.Bias))]));
            return graph.Node("Softmax", [graph.Reshape(all, -1, Heads.Count, DlrmShape.Experts)], ("axis", -1));
        }

        /// <summary>A layer on what both the person and the video put in: the person's share takes the place of the bias.</summary>
        private string First(TopLayers top, string weight, string bias)
        {
            var user = graph.Gemm(top.OfUser, Rows(TopInput.UserRows), bias);
            return graph.Gemm(top.OfVideo, Rows(TopInput.VideoRows), OfEachVideo(user));

            string Rows(IEnumerable<int> rows) => graph.Gather(weight, graph.Constant([.. rows.Select(r => (long)r)]), axis: 0);
        }

        /// <param name="mixed">Videos × heads × what the experts say.</param>
        private string Towers(string mixed)
        {
            var hidden = graph.Relu(Stacked(graph.Transpose(mixed, 1, 0, 2), weights.Tower1));
            var logits = Stacked(hidden, weights.Tower2);
            return graph.Transpose(graph.Reshape(logits, Heads.Count, -1), 1, 0);
        }

        /// <summary>A layer for each head.</summary>
        /// <param name="x">Heads × videos × inputs.</param>
        private string Stacked(string x, IReadOnlyList<DlrmLayer> layers)
        {
            return graph.Node("Add", [graph.MatMul(x, Stack(l => l.Weight)), Stack(l => l.Bias)]);

            string Stack(Func<DlrmLayer, DlrmTensor> part) =>
                graph.Concat(0, [.. layers.Select(l => graph.Reshape(Weight(part(l)), 1, part(l).Rows, part(l).Columns))]);
        }

        private void Output(string logits, string videos)
        {
            if (halfPrecision) graph.Cast(graph.Node("Sigmoid", [logits]), OnnxProto.ElementType.Float, OnnxNames.Predictions);
            else graph.Node("Sigmoid", [logits], output: OnnxNames.Predictions);
            graph.Output(OnnxNames.Predictions, videos, Heads.Count);
        }

        private string Layer(string x, DlrmLayer layer) => graph.Gemm(x, Weight(layer.Weight), Weight(layer.Bias));

        private string Weight(DlrmTensor tensor) => _weights[tensor.Name];

        private string Precise(string value) => halfPrecision ? graph.Cast(value, OnnxProto.ElementType.Float16) : value;

        /// <summary>A row for each video from one for each person.</summary>
        private string OfEachVideo(string perUser) => graph.Gather(perUser, _userOf, axis: 0);

        private sealed record TopLayers(string OfVideo, string OfUser);
    }
}
