using TikTok.Ranker.Embeddings;
using TikTok.Ranker.Ranking;
using TikTok.Ranker.Training.Dlrm;

namespace TikTok.UnitTests.Ranker.Training.Dlrm;

public sealed class DlrmNetworkTests
{
    /// <summary>More than a shard, and no multiple of anything.</summary>
    private const int Examples = DlrmNetwork.ShardSize + 5;

    private const float Step = 2e-3f;

    /// <summary>One of each kind: the other experts and heads are the same code.</summary>
    public static TheoryData<string> TensorNames =>
    [
        .. new DlrmWeights().Tensors.Select(tensor => tensor.Name).Where(name => name.StartsWith("bottom", StringComparison.Ordinal)
            || name.StartsWith("expert2", StringComparison.Ordinal) || name.Contains(nameof(Head.Like), StringComparison.Ordinal)),
    ];

    [Theory]
    [MemberData(nameof(TensorNames))]
    public void Gradient_of_every_tensor_is_what_a_small_change_of_it_does_to_the_loss(string name)
    {
        var (weights, gradient, network) = (TestBatches.Weights(), new DlrmWeights(), new DlrmNetwork(1));
        var batch = TestBatches.Random(Examples, seed: 5);
        batch.Gather(TestBatches.Table());
        network.Differentiate(weights, batch, gradient);
        var (values, direction) = (weights.Tensors.Single(t => t.Name == name).Values, gradient.Tensors.Single(t => t.Name == name).Values);

        // Along the gradient itself, and along a random direction: a wrong component would have to hide from both.
        var random = new Random(1);
        foreach (var along in (float[][])[Unit(direction), Unit([.. direction.Select(g => g * (random.NextSingle() - 0.2f))])])
        {
            var measured = Slope(offset =>
            {
                for (var i = 0; i < values.Length; i++) values[i] += offset * along[i];
                var loss = network.Differentiate(weights, batch, new DlrmWeights());
                for (var i = 0; i < values.Length; i++) values[i] -= offset * along[i];
                return loss;
            });
            AssertNear(Dot(direction, along), measured);
        }
    }

    [Fact]
    public void Gradient_of_all_tensors_together_is_what_a_small_change_of_them_does_to_the_loss()
    {
        var (weights, gradient, network) = (TestBatches.Weights(), new DlrmWeights(), new DlrmNetwork(1));
        var batch = TestBatches.Random(Examples, seed: 6);
        batch.Gather(TestBatches.Table());
        network.Differentiate(weights, batch, gradient);
        var random = new Random(2);
        float[][] directions = [.. gradient.Tensors.Select(tensor => Unit([.. tensor.Values.Select(g => g * random.NextSingle())]))];

        var measured = Slope(offset =>
        {
            var moved = new DlrmWeights();
            for (var t = 0; t < directions.Length; t++)
            {
                for (var i = 0; i < directions[t].Length; i++) moved.Tensors[t].Values[i] = weights.Tensors[t].Values[i] + (offset * directions[t][i] / directions.Length);
            }
            return network.Differentiate(moved, batch, new DlrmWeights());
        });

        AssertNear(gradient.Tensors.Zip(directions).Sum(pair => Dot(pair.First.Values, pair.Second)) / directions.Length, measured);
    }

    [Fact]
    public void Gradient_of_every_embedding_is_what_a_small_change_of_it_does_to_the_loss()
    {
        var (weights, gradient, network) = (TestBatches.Weights(), new DlrmWeights(), new DlrmNetwork(1));
        var batch = TestBatches.Random(Examples, seed: 7);
        batch.Gather(TestBatches.Table());
        network.Differentiate(weights, batch, gradient);
        float[] fields = [.. batch.FieldGradients];

        for (var field = 0; field < DlrmShape.UserFields + DlrmShape.VideoFields; field++)
        {
            // One field of all examples at once.
            var along = Unit([.. fields.Select((g, i) => i % DlrmNetwork.FieldWidth / DlrmShape.EmbeddingSize == field ? g : 0)]);
            var measured = Slope(offset =>
            {
                for (var i = 0; i < along.Length; i++) batch.Fields[i] += offset * along[i];
                var loss = network.Differentiate(weights, batch, gradient);
                for (var i = 0; i < along.Length; i++) batch.Fields[i] -= offset * along[i];
                return loss;
            });
            AssertNear(Dot(fields, along), measured);
        }
    }

    [Fact]
    public void Rows_of_the_table_get_the_gradient_of_every_field_that_they_are_part_of()
    {
        var table = TestBatches.Table();
        var (weights, gradient, network, adagrad) = (TestBatches.Weights(), new DlrmWeights(), new DlrmNetwork(1), new EmbeddingAdagrad(Examples));
        var batch = TestBatches.Random(Examples, seed: 9);
        batch.Gather(table);
        network.Differentiate(weights, batch, gradient);
        const int id = 11;
        var row = new float[DlrmTrainerOptions.Table.Width];
        table.Writer.TryRead(id, row);

        // The first step of Adagrad is along the gradient, from which its length can be told.
        adagrad.Step(table.Writer, batch, 1e-4f);
        var stepped = new float[row.Length];
        table.Writer.TryRead(id, stepped);
        var length = MathF.Sqrt(stepped[DlrmShape.EmbeddingSize] * DlrmShape.EmbeddingSize);
        var along = Unit([.. row.Zip(stepped).Take(DlrmShape.EmbeddingSize).Select(pair => pair.First - pair.Second)]);

        var measured = Slope(offset =>
        {
            table.Writer.Put(id, [.. row.Select((value, i) => i < along.Length ? value + (offset * along[i]) : value)]);
            batch.Gather(table);
            return network.Differentiate(weights, batch, gradient);
        });
        Assert.True(length > 0);
        AssertNear(length, measured);

    }

    [Fact]
    public void Differentiate_is_the_same_on_any_number_of_threads()
    {
        var batch = TestBatches.Random(DlrmNetwork.ShardSize * 6, seed: 11);
        batch.Gather(TestBatches.Table());
        var weights = TestBatches.Weights();
        var (one, four) = (new DlrmWeights(), new DlrmWeights());

        var loss = new DlrmNetwork(1).Differentiate(weights, batch, one);
        float[] fields = [.. batch.FieldGradients];
        float[] predictions = [.. batch.Predictions];
        var lossOfFour = new DlrmNetwork(4).Differentiate(weights, batch, four);

        Assert.Equal(loss, lossOfFour);
        Assert.Equal(fields, batch.FieldGradients);
        Assert.Equal(predictions, batch.Predictions.ToArray());
        Assert.All(one.Tensors.Zip(four.Tensors), pair => Assert.Equal(pair.First.Values, pair.Second.Values));
    }

    [Fact]
    public void A_head_without_weight_in_a_batch_moves_nothing_of_its_own()
    {
        var batch = TestBatches.Random(8, seed: 2);
        for (var i = 0; i < batch.Count; i++) batch.Examples.Weights(i)[(int)Head.Share] = 0;
        batch.Gather(TestBatches.Table());
        var gradient = new DlrmWeights();

        new DlrmNetwork(1).Differentiate(TestBatches.Weights(), batch, gradient);

        Assert.All(gradient.Tower1[(int)Head.Share].Weight.Values, value => Assert.Equal(0, value));
        Assert.All(gradient.Gate[(int)Head.Share].Weight.Values, value => Assert.Equal(0, value));
        Assert.Contains(gradient.Tower1[(int)Head.Like].Weight.Values, value => value != 0);
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(3, 5, 7)]
    [InlineData(32, 52, 64)]
    [InlineData(37, 4, 52)]
    [InlineData(6, 64, 20)]
    public void A_product_is_the_sum_that_it_stands_for(int rows, int inner, int columns)
    {
        var random = new Random(1);
        float[] a = [.. Enumerable.Range(0, rows * inner).Select(_ => random.NextSingle() - 0.5f)];
        float[] b = [.. Enumerable.Range(0, inner * columns).Select(_ => random.NextSingle() - 0.5f)];
        float[] c = [.. Enumerable.Range(0, rows * columns).Select(_ => random.NextSingle())];
        var (plain, turned) = ((float[])c.Clone(), (float[])c.Clone());
        float[] aTurned = [.. Enumerable.Range(0, inner * rows).Select(i => a[(i % rows * inner) + (i / rows)])];

        MatrixProduct.Add(a, inner, 1, b, plain, rows, inner, columns);
        MatrixProduct.Add(aTurned, 1, rows, b, turned, rows, inner, columns);

        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j < columns; j++)
            {
                var expected = c[(i * columns) + j] + Enumerable.Range(0, inner).Sum(p => (double)a[(i * inner) + p] * b[(p * columns) + j]);
                Assert.Equal(expected, plain[(i * columns) + j], 1e-5);
                Assert.Equal(expected, turned[(i * columns) + j], 1e-5);
            }
        }
    }

    private static double Slope(Func<float, double> loss) => (loss(Step) - loss(-Step)) / (2 * Step);

    private static void AssertNear(double expected, double measured) =>
        Assert.True(Math.Abs(expected - measured) <= 1e-2 + (0.02 * Math.Abs(expected)), $"The gradient says {expected}, the loss {measured}.");

    private static float[] Unit(float[] vector)
    {
        var length = MathF.Sqrt(vector.Sum(value => value * value));
        return [.. vector.Select(value => value / length)];
    }

    private static double Dot(float[] a, float[] b) => a.Zip(b).Sum(pair => (double)pair.First * pair.Second);
}
