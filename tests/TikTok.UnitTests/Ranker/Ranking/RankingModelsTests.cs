using TikTok.Ranker.Ranking;
using TikTok.Ranker.Ranking.Onnx;
using static TikTok.UnitTests.Ranker.Ranking.PlainDlrm;

namespace TikTok.UnitTests.Ranker.Ranking;

public sealed class RankingModelsTests
{
    [Fact]
    public void A_published_file_becomes_a_model_that_predicts_what_was_trained()
    {
        var weights = RandomWeights(1);
        var inputs = RandomInputs(1, 10);

        using var model = RankingModels.Load(OnnxModelWriter.Write(weights, 5));

        Assert.Equal(5, model.Version);
        Assert.Equal(OnnxRankingModel.IsCudaAvailable ? RankingDevice.Cuda : RankingDevice.Cpu, model.Device);
        AssertNear(PlainDlrm.Score(weights, inputs), Score(model, inputs), OnnxRankingModel.IsCudaAvailable ? 5e-3f : 1e-4f);
    }

    [Fact]
    public void Weights_come_back_out_of_the_file_bit_by_bit()
    {
        var weights = RandomWeights(5);

        var (read, version) = OnnxModelReader.Read(OnnxModelWriter.Write(weights, 7));

        Assert.Equal(7, version);
        Assert.All(weights.Tensors.Zip(read.Tensors), pair => Assert.Equal(pair.First.Values, pair.Second.Values));
    }

    [Fact]
    public void In_half_precision_the_predictions_are_nearly_the_same()
    {
        var weights = RandomWeights(1);
        var inputs = RandomInputs(1, 20);

        using var model = OnnxRankingModel.Load(OnnxModelWriter.Write(weights, 1, halfPrecision: true), RankingDevice.Cpu);

        AssertNear(PlainDlrm.Score(weights, inputs), Score(model, inputs), tolerance: 5e-3f);
    }

    [Fact]
    public void The_predictions_of_several_people_come_one_after_the_other()
    {
        var weights = RandomWeights(1);
        RankingInputs[] people = [RandomInputs(1, 7), RandomInputs(2, 0), RandomInputs(3, 40), RandomInputs(4, 1)];
        using var model = OnnxRankingModel.Load(OnnxModelWriter.Write(weights, 1), RankingDevice.Cpu);
        var predictions = new float[48 * Heads.Count];

        model.Score(people, predictions);

        AssertNear([.. people.SelectMany(p => PlainDlrm.Score(weights, p))], predictions);
    }

    [Fact]
    public void A_file_that_is_cut_off_or_something_else_is_refused()
    {
        var file = OnnxModelWriter.Write(RandomWeights(1), 1);

        foreach (var bad in (byte[][])[[], [1, 2, 3], "<html>not found</html>"u8.ToArray(), file[..100], file[..(file.Length / 2)], file[..^1]])
        {
            Assert.Throws<InvalidModelException>(() => RankingModels.Load(bad));
            Assert.Throws<InvalidModelException>(() => OnnxRankingModel.Load(bad, RankingDevice.Cpu));
        }
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void A_weight_that_is_not_finite_is_refused_by_its_name(float bad)
    {
        var weights = RandomWeights(1);
        weights.Expert1[2].Bias.Values[3] = bad;

        var refusal = Assert.Throws<InvalidModelException>(() => RankingModels.Load(OnnxModelWriter.Write(weights, 1)));

        Assert.Contains("expert2.1.bias", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_whose_sums_overflow_is_refused()
    {
        var weights = RandomWeights(1);
        foreach (var layer in weights.Gate) Array.Fill(layer.Weight.Values, float.MaxValue);

        Assert.Throws<InvalidModelException>(() => RankingModels.Load(OnnxModelWriter.Write(weights, 1)));
    }

    [Fact]
    public void Cuda_that_is_asked_for_and_not_there_is_an_error()
    {
        var file = OnnxModelWriter.Write(RandomWeights(1), 1);

        if (OnnxRankingModel.IsCudaAvailable) RankingModels.Load(file, RankingDevice.Cuda).Dispose();
        else Assert.Throws<Microsoft.ML.OnnxRuntime.OnnxRuntimeException>(() => RankingModels.Load(file, RankingDevice.Cuda));
    }
}
