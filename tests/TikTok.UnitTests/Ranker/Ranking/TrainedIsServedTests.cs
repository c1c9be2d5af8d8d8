using TikTok.Ranker.Ranking;
using TikTok.Ranker.Ranking.Onnx;
using TikTok.Ranker.Training.Dlrm;
using TikTok.UnitTests.Ranker.Training.Dlrm;
using static TikTok.UnitTests.Ranker.Ranking.PlainDlrm;

namespace TikTok.UnitTests.Ranker.Ranking;

/// <summary>The trainer has a forward pass of its own, because it needs what lies between. It must be the one that serves.</summary>
public sealed class TrainedIsServedTests
{
    [Fact]
    public void What_the_trainer_predicts_the_published_model_predicts()
    {
        var weights = TestBatches.Weights();
        var batch = TestBatches.Random(50, seed: 8);
        batch.Gather(TestBatches.Table());
        new DlrmNetwork(1).Predict(weights, batch);
        using var model = RankingModels.Load(OnnxModelWriter.Write(weights, 1), RankingDevice.Cpu);

        float[] served = [.. Enumerable.Range(0, batch.Count).SelectMany(example => Score(model, Inputs(batch, example)))];

        AssertNear(batch.Predictions.ToArray(), served);
    }

    private static RankingInputs Inputs(DlrmBatch batch, int example)
    {
        const int userFields = DlrmShape.UserFields * DlrmShape.EmbeddingSize;
        var inputs = new RankingInputs(1) { Count = 1 };
        var fields = batch.Fields.AsSpan(example * DlrmNetwork.FieldWidth, DlrmNetwork.FieldWidth);
        fields[..userFields].CopyTo(inputs.UserFields);
        fields[userFields..].CopyTo(inputs.VideoFields);
        batch.Examples.UserDense(example).CopyTo(inputs.UserDense);
        batch.Examples.VideoDense(example).CopyTo(inputs.VideoDense);
        batch.Examples.CrossDense(example).CopyTo(inputs.CrossDense);
        return inputs;
    }
}
