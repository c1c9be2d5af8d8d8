using System.Numerics.Tensors;
using TikTok.Ranker.Ranking;

namespace TikTok.Ranker.Training.Dlrm;

/// <summary>
/// The network of <see cref="DlrmShape"/>, forward and backward over a batch. The batch is cut into shards of a fixed size, each shard's gradient is formed by one
/// thread and the shards' are added up in order: the result is the same on any number of threads.
/// </summary>
/// <param name="threads">At most; 1 trains within the caller's thread alone.</param>
public sealed class DlrmNetwork(int threads)
{
    /// <summary>Floats of an example's embeddings.</summary>
    internal const int FieldWidth = (DlrmShape.UserFields + DlrmShape.VideoFields) * DlrmShape.EmbeddingSize;

    /// <summary>Examples of a shard: the layers' products are large enough to be quick, and what lies between them fits the cache.</summary>
    internal const int ShardSize = 32;

    private readonly List<DlrmShard> _shards = [];
    private readonly DlrmWeights _transposed = new();

    /// <summary>Fills the batch's predictions.</summary>
    public void Predict(DlrmWeights weights, DlrmBatch batch) =>
        ForEachShard(batch, (shard, start, count) => shard.Forward(weights, batch, start, count));

    /// <summary>Fills the batch's predictions and the gradients of its loss: <paramref name="gradient"/> and the batch's <see cref="DlrmBatch.FieldGradients"/>.</summary>
    /// <returns>The loss: weighted cross-entropy, summed over examples and heads. Not a number when something on the way was not.</returns>
    public double Differentiate(DlrmWeights weights, DlrmBatch batch, DlrmWeights gradient)
    {
        var transposed = Transposed(weights);
        ForEachShard(batch, (shard, start, count) =>
        {
            shard.Forward(weights, batch, start, count);
            shard.Backward(weights, transposed, batch, start, count);
        });

        var loss = 0.0;
        foreach (var tensor in gradient.Tensors) Array.Clear(tensor.Values);
        for (var i = 0; i < Shards(batch.Count); i++)
        {
            loss += _shards[i].Loss;
            for (var tensor = 0; tensor < gradient.Tensors.Count; tensor++)
            {
                var sum = gradient.Tensors[tensor].Values;
                TensorPrimitives.Add(sum, _shards[i].Gradient.Tensors[tensor].Values, sum);
            }
        }
        return loss;
    }

    private static int Shards(int count) => (count + ShardSize - 1) / ShardSize;

    private void ForEachShard(DlrmBatch batch, Action<DlrmShard, int, int> body)
    {
        var shards = Shards(batch.Count);
        while (_shards.Count < shards) _shards.Add(new DlrmShard());
        if (threads == 1 || shards == 1)
        {
            for (var i = 0; i < shards; i++) Run(i);
        }
        else
        {
            Parallel.For(0, shards, new ParallelOptions { MaxDegreeOfParallelism = threads }, Run);
        }

        void Run(int i) => body(_shards[i], i * ShardSize, Math.Min(ShardSize, batch.Count - (i * ShardSize)));
    }

    /// <summary>Each matrix as output × input, in the tensor of the same place; what a gradient goes back through.</summary>
    private DlrmWeights Transposed(DlrmWeights weights)
    {
        for (var i = 0; i < weights.Tensors.Count; i++)
        {
            var (from, to) = (weights.Tensors[i], _transposed.Tensors[i].Values);
            if (from.Rows == 1) continue;
            for (var row = 0; row < from.Rows; row++)
            {
                for (var column = 0; column < from.Columns; column++) to[(column * from.Rows) + row] = from.Values[(row * from.Columns) + column];
            }
        }
        return _transposed;
    }
}
