using TikTok.Ranker.Embeddings;
using TikTok.Ranker.Ranking;
using TikTok.Ranker.Training.Dlrm;

namespace TikTok.UnitTests.Ranker.Training.Dlrm;

public sealed class DlrmTrainerTests
{
    private static readonly DlrmTrainerOptions Options = new() { BatchSize = 64, DenseRate = 0.01f };

    [Fact]
    public void Train_learns_what_a_dense_input_and_an_id_decide()
    {
        var table = TestBatches.Table(range: 0.05f);
        var trainer = new DlrmTrainer(table, Options);
        var random = new Random(1);

        double first = 0, last = 0;
        for (var step = 0; step < 150; step++)
        {
            var trained = trainer.Train(Learnable(64, random));
            if (step < 10) first += trained.Loss / 10;
            if (step >= 140) last += trained.Loss / 10;
        }

        Assert.True(last < 0.6 * first, $"The loss went from {first:F3} to {last:F3}.");
        var batch = Learnable(64, random);
        batch.Gather(table);
        new DlrmNetwork(1).Predict(trainer.Weights, batch);
        for (var i = 0; i < batch.Count; i++)
        {
            var (finish, label) = (batch.Predictions[i * Heads.Count], batch.Examples.Labels(i)[0]);
            Assert.True((finish > 0.5f) == (label > 0.5f) || Math.Abs(finish - 0.5f) < 0.3f, $"{finish} for {label}");
        }
    }

    [Fact]
    public void Training_begins_with_what_happens_on_average()
    {
        var table = TestBatches.Table(range: 0.01f);
        var batch = TestBatches.Random(64, seed: 1);
        batch.Gather(table);

        new DlrmNetwork(1).Predict(new DlrmTrainer(table, Options).Weights, batch);

        foreach (var head in Heads.All)
        {
            var mean = Enumerable.Range(0, batch.Count).Average(i => batch.PredictionArray[(i * Heads.Count) + (int)head]);
            Assert.InRange(mean, DlrmInitialisation.AverageOf(head) / 4, 0.2 + (DlrmInitialisation.AverageOf(head) * 2));
        }
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.MaxValue)]
    public void A_batch_that_is_not_finite_changes_nothing(float broken)
    {
        var table = TestBatches.Table();
        var trainer = new DlrmTrainer(table, Options);
        trainer.Train(TestBatches.Random(64, seed: 1));
        var before = State(trainer, table);

        var batch = TestBatches.Random(64, seed: 2);
        batch.Examples.VideoDense(40)[3] = broken;

        Assert.False(trainer.Train(batch).IsTaken);
        Assert.Equal(before, State(trainer, table));
        Assert.True(trainer.Train(TestBatches.Random(64, seed: 3)).IsTaken);
    }

    [Fact]
    public void A_restored_trainer_goes_on_as_if_it_had_never_stopped()
    {
        var table = TestBatches.Table();
        var trainer = new DlrmTrainer(table, Options);
        for (var step = 0; step < 5; step++) trainer.Train(TestBatches.Random(64, step));

        var (state, rows) = (new MemoryStream(), new MemoryStream());
        trainer.Save(state);
        table.Writer.WriteSnapshot(rows, Guid.NewGuid(), () => { });
        var empty = new EmbeddingTable(DlrmTrainerOptions.Table with { HashSeed = 2 }, new FakeTime());
        rows.Position = state.Position = 0;
        empty.Writer.ReadSnapshot(rows);
        var restored = new DlrmTrainer(empty, Options with { Seed = 99, Threads = 2 });
        restored.Load(state);
        for (var step = 5; step < 10; step++)
        {
            trainer.Train(TestBatches.Random(64, step));
            restored.Train(TestBatches.Random(64, step));
        }

        Assert.Equal(State(trainer, table), State(restored, empty));
    }

    [Fact]
    public void What_predicts_is_the_mean_of_the_last_steps_each_by_its_examples()
    {
        var newest = new DlrmTrainer(TestBatches.Table(), Options with { MeanSteps = 0 });
        var trainer = new DlrmTrainer(TestBatches.Table(), Options with { MeanSteps = 4 });
        var mean = 0f;
        for (var step = 1; step <= 12; step++)
        {
            var examples = step % 3 == 0 ? 32 : 64;
            newest.Train(TestBatches.Random(examples, step));
            trainer.Train(TestBatches.Random(examples, step));

            mean += Math.Max(1f / step, examples / 64f / 4) * (newest.Weights.Expert2[1].Weight.Values[5] - mean);
            Assert.Equal(mean, trainer.Weights.Expert2[1].Weight.Values[5], 1e-6f);
        }
        var batch = TestBatches.Random(64, seed: 99);
        trainer.Predict(batch);
        var predicted = batch.Predictions.ToArray();

        trainer.Train(batch);
        Assert.Equal(predicted, batch.Predictions.ToArray());
        Assert.NotEqual(newest.Weights.Expert2[1].Weight.Values, trainer.Weights.Expert2[1].Weight.Values);
    }

    [Fact]
    public void Weights_of_another_shape_or_cut_short_are_refused()
    {
        var written = new MemoryStream();
        DlrmWeightsFormat.Write(written, TestBatches.Weights());
        var bytes = written.ToArray();

        Assert.Throws<InvalidDataException>(() => DlrmWeightsFormat.Read(new MemoryStream(bytes[..1000]), new DlrmWeights()));
        Assert.Throws<InvalidDataException>(() => DlrmWeightsFormat.Read(new MemoryStream([.. "something"u8, .. bytes]), new DlrmWeights()));
        bytes[12]++;
        Assert.Throws<InvalidDataException>(() => DlrmWeightsFormat.Read(new MemoryStream(bytes), new DlrmWeights()));
    }

    /// <summary>Finished if a dense input is high or the video's id is even.</summary>
    private static DlrmBatch Learnable(int count, Random random)
    {
        var batch = TestBatches.Random(count, random.Next());
        for (var i = 0; i < count; i++)
        {
            batch.Examples.Weights(i).Fill(0);
            batch.Examples.Weights(i)[0] = 1;
            var isFinished = batch.Examples.VideoDense(i)[2] > 0.7f || batch.Examples.Ids(i)[EmbeddingSlots.Video] % 2 == 0;
            batch.Examples.Labels(i)[0] = isFinished ? 1 : 0;
        }
        return batch;
    }

    private static string State(DlrmTrainer trainer, EmbeddingTable table)
    {
        var stream = new MemoryStream();
        trainer.Save(stream);
        var row = new float[DlrmTrainerOptions.Table.Width];
        var rows = Enumerable.Range(1, 60).Select(id => table.Writer.TryRead(id, row) ? string.Join(' ', row) : "none");
        return Convert.ToBase64String(stream.ToArray()) + string.Join("\n", rows);
    }
}
