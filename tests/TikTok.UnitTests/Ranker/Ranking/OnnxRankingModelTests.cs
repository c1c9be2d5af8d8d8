using FsCheck;
using FsCheck.Fluent;
using TikTok.Ranker.Ranking;
using TikTok.Ranker.Ranking.Onnx;

namespace TikTok.UnitTests.Ranker.Ranking;

public sealed class OnnxRankingModelTests
{
    private static readonly OnnxRankingOptions Quick = new() { Device = RankingDevice.Cpu, WarmUpVideos = 8 };

    [Fact]
    public void Whatever_the_weights_and_the_inputs_it_predicts_what_the_formula_says()
    {
        var cases = from seed in ArbMap.Default.GeneratorFor<int>()
                    from scale in Gen.Elements(0.1, 1, 3)
                    from videos in Gen.Choose(1, 40)
                    from threads in Gen.Choose(1, 2)
                    select (seed, scale, videos, threads);

        Prop.ForAll(cases.ToArbitrary(), c =>
        {
            var weights = PlainDlrm.RandomWeights(c.seed, c.scale);
            var inputs = PlainDlrm.RandomInputs(c.seed, c.videos, capacity: 64);
            using var model = OnnxRankingModel.Load(OnnxModelWriter.Write(weights, 1), Quick with { Threads = c.threads });

            AssertNear(PlainDlrm.Score(weights, inputs), Score(model, inputs));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(20));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4999)]
    [InlineData(5000)]
    public void One_model_serves_requests_of_any_size(int videos)
    {
        var weights = PlainDlrm.RandomWeights(1);
        using var model = OnnxRankingModel.Load(OnnxModelWriter.Write(weights, 1), Quick);

        foreach (var count in (int[])[3, videos, 2])
        {
            var inputs = PlainDlrm.RandomInputs(count, count);
            var predictions = Score(model, inputs);

            // The formula takes its time: the last ones tell whether all were counted right.
            var last = PlainDlrm.RandomInputs(count, count);
            var checkedVideos = Math.Min(count, 50);
            var tail = Tail(last, checkedVideos);
            AssertNear(PlainDlrm.Score(weights, tail), predictions[^(checkedVideos * Heads.Count)..]);
        }
    }

    [Fact]
    public void Nothing_is_predicted_of_no_videos()
    {
        using var model = OnnxRankingModel.Load(OnnxModelWriter.Write(PlainDlrm.RandomWeights(1), 1), Quick);

        model.Score(new RankingInputs(10), []);
    }

    [Fact]
    public void Room_for_fewer_predictions_than_videos_is_refused()
    {
        using var model = OnnxRankingModel.Load(OnnxModelWriter.Write(PlainDlrm.RandomWeights(1), 1), Quick);

        Assert.Throws<ArgumentOutOfRangeException>(() => model.Score(PlainDlrm.RandomInputs(1, 2), new float[Heads.Count]));
    }

    [Fact]
    public async Task Requests_side_by_side_do_not_disturb_each_other()
    {
        var weights = PlainDlrm.RandomWeights(1);
        using var model = OnnxRankingModel.Load(OnnxModelWriter.Write(weights, 1), Quick);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(n => Task.Run(() =>
        {
            var inputs = PlainDlrm.RandomInputs(n, 20 + n);
            var expected = PlainDlrm.Score(weights, inputs);
            for (var i = 0; i < 50; i++) AssertNear(expected, Score(model, inputs));
        })));
    }

    [Fact]
    public void A_request_allocates_little()
    {
        using var model = OnnxRankingModel.Load(OnnxModelWriter.Write(PlainDlrm.RandomWeights(1), 1), Quick);
        var inputs = PlainDlrm.RandomInputs(1, 500);
        var predictions = new float[500 * Heads.Count];
        model.Score(inputs, predictions);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10; i++) model.Score(inputs, predictions);

        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 10, 0, 4096);
    }

    [Fact]
    public void The_file_says_its_version() =>
        Assert.Equal(1234567890123, OnnxRankingModel.Load(OnnxModelWriter.Write(PlainDlrm.RandomWeights(1), 1234567890123), Quick).Version);

    [Fact]
    public void Weights_come_back_out_of_the_file_bit_by_bit()
    {
        var weights = PlainDlrm.RandomWeights(5);

        var (read, version) = OnnxModelReader.Read(OnnxModelWriter.Write(weights, 7));

        Assert.Equal(7, version);
        Assert.All(weights.Tensors.Zip(read.Tensors), pair => Assert.Equal(pair.First.Values, pair.Second.Values));
    }

    [Fact]
    public void A_file_that_is_cut_off_or_something_else_is_refused()
    {
        var file = OnnxModelWriter.Write(PlainDlrm.RandomWeights(1), 1);

        foreach (var bad in (byte[][])[[], [1, 2, 3], "<html>not found</html>"u8.ToArray(), file[..100], file[..(file.Length / 2)], file[..^1]])
            Assert.Throws<InvalidModelException>(() => OnnxRankingModel.Load(bad, Quick));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void A_weight_that_is_not_finite_is_refused(float bad)
    {
        var weights = PlainDlrm.RandomWeights(1);
        weights.Expert1[2].Bias.Values[3] = bad;

        var refusal = Assert.Throws<InvalidModelException>(() => OnnxRankingModel.Load(OnnxModelWriter.Write(weights, 1), Quick));

        Assert.Contains("expert2.1.bias", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_whose_sums_overflow_is_refused()
    {
        var weights = PlainDlrm.RandomWeights(1);
        foreach (var layer in weights.Gate) Array.Fill(layer.Weight.Values, float.MaxValue);

        Assert.Throws<InvalidModelException>(() => OnnxRankingModel.Load(OnnxModelWriter.Write(weights, 1), Quick));
    }

    [Fact]
    public void A_gpu_that_is_not_there_is_told_of_only_if_it_was_asked_for()
    {
        var file = OnnxModelWriter.Write(PlainDlrm.RandomWeights(1), 1);
        using var model = OnnxRankingModel.Load(file, Quick with { Device = RankingDevice.Automatic });

        if (model.Device == RankingDevice.Cpu)
            Assert.Throws<Microsoft.ML.OnnxRuntime.OnnxRuntimeException>(() => OnnxRankingModel.Load(file, Quick with { Device = RankingDevice.Cuda }));
    }

    private static float[] Score(IRankingModel model, RankingInputs inputs)
    {
        var predictions = new float[inputs.Count * Heads.Count];
        model.Score(inputs, predictions);
        return predictions;
    }

    private static RankingInputs Tail(RankingInputs inputs, int videos)
    {
        var tail = new RankingInputs(videos) { Count = videos };
        inputs.UserFields.CopyTo(tail.UserFields, 0);
        inputs.UserDense.CopyTo(tail.UserDense, 0);
        inputs.VideoFields[^tail.VideoFields.Length..].CopyTo(tail.VideoFields);
        inputs.VideoDense[^tail.VideoDense.Length..].CopyTo(tail.VideoDense);
        inputs.CrossDense[^tail.CrossDense.Length..].CopyTo(tail.CrossDense);
        return tail;
    }

    private static void AssertNear(float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.InRange(pair.Second, pair.First - 1e-4f, pair.First + 1e-4f));
    }
}
