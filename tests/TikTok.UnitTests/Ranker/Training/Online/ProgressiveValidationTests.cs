using System.Diagnostics.Metrics;
using TikTok.Ranker.Ranking;
using TikTok.Ranker.Training.Online;

namespace TikTok.UnitTests.Ranker.Training.Online;

public sealed class ProgressiveValidationTests
{
    [Fact]
    public void Each_measure_is_that_of_its_definition()
    {
        var random = new Random(1);
        (float Prediction, float Label)[] examples = [.. Enumerable.Range(0, 2_000).Select(_ => random.NextSingle()).Select(p => ((p * 0.9f) + 0.05f, random.NextSingle() < p ? 1f : 0))];
        var validation = new ProgressiveValidation(examples.Length);

        foreach (var (prediction, label) in examples) validation.Record(Head.Like, prediction, label, 77);

        var quality = Assert.Single(validation.Series);
        Assert.Equal((Head.Like, 77u, 2_000), (quality.Head, quality.At, quality.Examples));
        Assert.Equal(examples.Average(e => e.Label), quality.Rate, 1e-6);
        Assert.Equal(examples.Average(e => -(e.Label * Math.Log(e.Prediction)) - ((1 - e.Label) * Math.Log(1 - e.Prediction))), quality.LogLoss, 1e-4);
        Assert.Equal(examples.Average(e => e.Prediction) / examples.Average(e => e.Label), quality.Calibration, 1e-4);
        Assert.Equal(Auc(examples), quality.Auc, 0.005);
    }

    [Fact]
    public void Perfect_reversed_and_meaningless_predictions_have_the_AUC_of_1_0_and_one_half()
    {
        Assert.Equal(1, Of(0.9f, 0.1f), 1e-9);
        Assert.Equal(0, Of(0.1f, 0.9f), 1e-9);
        Assert.Equal(0.5, Of(0.3f, 0.3f), 1e-9);

        static double Of(float onPositives, float onNegatives)
        {
            var validation = new ProgressiveValidation(10);
            for (var i = 0; i < 10; i++) validation.Record(Head.Skip, i % 2 == 0 ? onPositives : onNegatives, i % 2 == 0 ? 1 : 0, 0);
            return validation.Latest(Head.Skip)!.Auc;
        }
    }

    [Fact]
    public void Windows_follow_each_other_head_by_head()
    {
        var validation = new ProgressiveValidation(3);
        for (var i = 0; i < 7; i++)
        {
            validation.Record(Head.Finish, 0.5f, 1, (uint)i);
            if (i % 2 == 0) validation.Record(Head.Like, 0.1f, 0, (uint)i);
        }

        Assert.Equal([(Head.Finish, 2u), (Head.Like, 4u), (Head.Finish, 5u)], validation.Series.Select(quality => (quality.Head, quality.At)));
        Assert.Null(validation.Latest(Head.Share));

        validation.Complete(9);
        Assert.Equal([1, 1], validation.Series.TakeLast(2).Select(quality => quality.Examples));
    }

    private static double Auc((float Prediction, float Label)[] examples)
    {
        var pairs = from positive in examples.Where(e => e.Label == 1) from negative in examples.Where(e => e.Label == 0) select (positive.Prediction, negative.Prediction);
        return pairs.Average(pair => pair.Item1 > pair.Item2 ? 1 : pair.Item1 < pair.Item2 ? 0 : 0.5);
    }

    [Fact]
    public void The_last_full_window_of_each_head_is_measured()
    {
        var validation = new ProgressiveValidation(window: 10);
        for (var i = 0; i < 25; i++) validation.Record(Head.Like, 0.25f, i % 2, now: 7);
        validation.Record(Head.Share, 0.25f, 1, now: 7);
        var measured = new List<(string Name, double Value, string? Head)>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, to) =>
        {
            if (instrument.Name.StartsWith("ranker_model_", StringComparison.Ordinal)) to.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => measured.Add((instrument.Name, value, tags[0].Value as string)));
        listener.Start();

        validation.Report();

        Assert.All(measured, measurement => Assert.Equal("like", measurement.Head));
        Assert.Equal(["ranker_model_auc", "ranker_model_log_loss", "ranker_model_calibration"], measured.Select(measurement => measurement.Name));
        Assert.Equal([0.5, -(Math.Log(0.25) + Math.Log(0.75)) / 2, 0.5], measured.Select(measurement => measurement.Value), (expected, value) => Math.Abs(expected - value) < 1e-6);
    }
}
