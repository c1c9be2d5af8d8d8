using TikTok.Ranker.Embeddings;
using TikTok.Ranker.Ranking;
using TikTok.Ranker.Training.Dlrm;

namespace TikTok.UnitTests.Ranker.Training.Dlrm;

/// <summary>Batches of random examples over a small table.</summary>
internal static class TestBatches
{
    private const int Ids = 60;

    public static EmbeddingTable Table(float range = 0.5f)
    {
        var table = new EmbeddingTable(DlrmTrainerOptions.Table with { HashSeed = 1, InitialRange = range }, new FakeTime());
        for (var id = 1; id <= Ids; id++) table.Writer.Observe(id);
        return table;
    }

    public static DlrmBatch Random(int count, int seed)
    {
        var random = new Random(seed);
        var batch = new DlrmBatch(count);
        for (var i = 0; i < count; i++) Fill(batch.Examples, batch.Add(), random);
        return batch;
    }

    public static void Fill(Examples examples, int example, Random random)
    {
        foreach (ref var value in examples.UserDense(example)) value = random.NextSingle();
        foreach (ref var value in examples.VideoDense(example)) value = random.NextSingle();
        foreach (ref var value in examples.CrossDense(example)) value = (random.NextSingle() * 2) - 1;
        var ids = examples.Ids(example);
        var weights = examples.SlotWeights(example);
        for (var slot = 0; slot < ids.Length; slot++)
        {
            ids[slot] = random.Next(3) == 0 ? 0 : random.Next(1, Ids + 1);
            weights[slot] = ids[slot] == 0 ? 0 : EmbeddingSlots.FieldOf(slot) is 2 or 3 or 7 ? random.NextSingle() / 4 : 1;
        }
        foreach (ref var label in examples.Labels(example)) label = random.NextSingle();
        foreach (ref var weight in examples.Weights(example)) weight = random.Next(4) == 0 ? 0 : 0.5f + random.NextSingle();
    }

    public static DlrmWeights Weights(int seed = 3)
    {
        var weights = new DlrmWeights();
        DlrmInitialisation.Fill(weights, seed);

        // Biases away from zero, so that no test depends on what is only so at the start.
        var random = new Random(seed);
        foreach (var tensor in weights.Tensors.Where(tensor => tensor.Rows == 1))
        {
            foreach (ref var value in tensor.Values.AsSpan()) value += 0.1f * (random.NextSingle() - 0.3f);
        }
        return weights;
    }
}
