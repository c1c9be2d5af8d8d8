using FsCheck;
using FsCheck.Fluent;
using TikTok.Ranker.Ranking;
using TikTok.Ranker.Ranking.Cpu;
using TikTok.Ranker.Ranking.Onnx;
using static TikTok.UnitTests.Ranker.Ranking.PlainDlrm;

namespace TikTok.UnitTests.Ranker.Ranking;

/// <summary>What holds of every way to run a model.</summary>
public sealed class RankingModelTests
{
    public enum Way
    {
        Cpu,
        Onnx,
        OnnxOnTwoThreads,
        Batching,
    }

    public static TheoryData<Way> Ways => [.. Enum.GetValues<Way>()];

    [Theory]
    [MemberData(nameof(Ways))]
    public void Whatever_the_weights_and_the_inputs_it_predicts_what_the_formula_says(Way way)
    {
        var cases = from seed in ArbMap.Default.GeneratorFor<int>()
                    from scale in Gen.Elements(0.1, 1, 3)
                    from videos in Gen.Choose(1, 80)
                    select (seed, scale, videos);

        Prop.ForAll(cases.ToArbitrary(), c =>
        {
            var weights = RandomWeights(c.seed, c.scale);
            var inputs = RandomInputs(c.seed, c.videos, capacity: 80);
            using var model = Model(way, weights);

            AssertNear(PlainDlrm.Score(weights, inputs), Score(model, inputs));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(8));
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void One_model_serves_requests_of_any_size(Way way)
    {
        var weights = RandomWeights(1);
        using var model = Model(way, weights);

        foreach (var videos in (int[])[3, 31, 32, 33, 4999, 5000, 1, 0])
        {
            var inputs = RandomInputs(videos, videos);
            var predictions = Score(model, inputs);

            // The formula takes its time. The last videos tell whether all were counted right.
            var last = Last(inputs, Math.Min(videos, 40));
            AssertNear(PlainDlrm.Score(weights, last), predictions[^(last.Count * Heads.Count)..]);
        }
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void Room_for_fewer_predictions_than_videos_is_refused(Way way)
    {
        using var model = Model(way, RandomWeights(1));

        Assert.Throws<ArgumentOutOfRangeException>(() => model.Score(RandomInputs(1, 2), new float[Heads.Count]));
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void A_video_whose_features_are_no_numbers_spoils_no_other(Way way)
    {
        var weights = RandomWeights(1);
        using var model = Model(way, weights);
        var inputs = RandomInputs(1, 40);
        var expected = Score(model, inputs);
        inputs.VideoFields.Slice(5 * DlrmShape.VideoFields * DlrmShape.EmbeddingSize, 3).Fill(float.NaN);

        var predictions = Score(model, inputs);

        AssertNear([.. expected[..(5 * Heads.Count)], .. expected[(6 * Heads.Count)..]], [.. predictions[..(5 * Heads.Count)], .. predictions[(6 * Heads.Count)..]]);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Requests_side_by_side_do_not_disturb_each_other(Way way)
    {
        var weights = RandomWeights(1);
        using var model = Model(way, weights);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(n => Task.Run(() =>
        {
            var inputs = RandomInputs(n, 20 + n);
            var expected = PlainDlrm.Score(weights, inputs);
            for (var i = 0; i < 10; i++) AssertNear(expected, Score(model, inputs));
        })));
    }

    [Theory]
    [InlineData(Way.Cpu, 0)]
    [InlineData(Way.Onnx, 2048)]
    public void A_request_allocates_little(Way way, int bytes)
    {
        using var model = Model(way, RandomWeights(1));
        var inputs = RandomInputs(1, 500);
        var predictions = new float[500 * Heads.Count];
        model.Score(inputs, predictions);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10; i++) model.Score(inputs, predictions);

        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 10, 0, bytes);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void It_says_its_version(Way way)
    {
        using var model = Model(way, RandomWeights(1), version: 1234567890123);

        Assert.Equal(1234567890123, model.Version);
    }

    private static IRankingModel Model(Way way, DlrmWeights weights, long version = 1) => way switch
    {
        Way.Cpu => new CpuRankingModel(weights, version),
        Way.Onnx => OnnxRankingModel.Load(OnnxModelWriter.Write(weights, version), RankingDevice.Cpu),
        Way.OnnxOnTwoThreads => OnnxRankingModel.Load(OnnxModelWriter.Write(weights, version), RankingDevice.Cpu, threads: 2),
        Way.Batching => new BatchingRankingModel(OnnxRankingModel.Load(OnnxModelWriter.Write(weights, version), RankingDevice.Cpu)),
        _ => throw new ArgumentOutOfRangeException(nameof(way)),
    };

    private static RankingInputs Last(RankingInputs inputs, int videos)
    {
        var last = new RankingInputs(videos) { Count = videos };
        inputs.UserFields.CopyTo(last.UserFields, 0);
        inputs.UserDense.CopyTo(last.UserDense, 0);
        inputs.VideoFields[^last.VideoFields.Length..].CopyTo(last.VideoFields);
        inputs.VideoDense[^last.VideoDense.Length..].CopyTo(last.VideoDense);
        inputs.CrossDense[^last.CrossDense.Length..].CopyTo(last.CrossDense);
        return last;
    }
}
