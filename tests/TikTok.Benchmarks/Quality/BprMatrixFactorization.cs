using System.Numerics.Tensors;
using TikTok.Ranker.Training.Retrieval;

namespace TikTok.Benchmarks.Quality;

/// <summary>
/// The classic to hold the product's model against: matrix factorisation with Bayesian personalised ranking (Rendle et al., 2009), stochastic gradient
/// descent over (user, watched, not watched), with customary hyper-parameters and a bias per item. One thread, deterministic for a seed.
/// </summary>
internal sealed class BprMatrixFactorization(SparseMatrix train, int seed)
{
    private const int Dimensions = 64;
    private const int Epochs = 60;
    private const float LearningRate = 0.05f;
    private const float Penalty = 0.01f;

    /// <summary>The last dimension is the item's bias: 1 for every user.</summary>
    public (DenseMatrix Users, DenseMatrix Items) Train(CancellationToken cancellationToken)
    {
        var random = new Random(seed);
        var users = DenseMatrix.Random(train.Rows, Dimensions + 1, 0.1f, random);
        var items = DenseMatrix.Random(train.Columns, Dimensions + 1, 0.1f, random);
        for (var user = 0; user < users.Rows; user++) users.Row(user)[Dimensions] = 1;
        for (var item = 0; item < items.Rows; item++) items.Row(item)[Dimensions] = 0;
        (int User, int Item)[] pairs = [.. train.Entries().Select(e => (e.Row, e.Column))];
        for (var epoch = 0; epoch < Epochs; epoch++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            random.Shuffle(pairs);
            foreach (var (user, watched) in pairs) Step(users.Row(user), items.Row(watched), items.Row(NotWatched(user, random)));
        }
        return (users, items);
    }

    private int NotWatched(int user, Random random)
    {
        for (; ; )
        {
            var item = random.Next(train.Columns);
            if (train.ColumnsOf(user).BinarySearch(item) < 0) return item;
        }
    }

    private static void Step(Span<float> user, Span<float> watched, Span<float> other)
    {
        var margin = TensorPrimitives.Dot<float>(user, watched) - TensorPrimitives.Dot<float>(user, other);
        var push = 1 / (1 + MathF.Exp(margin));
        for (var at = 0; at < user.Length; at++)
        {
            var (u, w, o) = (user[at], watched[at], other[at]);
            if (at < Dimensions) user[at] += LearningRate * ((push * (w - o)) - (Penalty * u));
            watched[at] += LearningRate * ((push * u) - (Penalty * w));
            other[at] += LearningRate * ((-push * u) - (Penalty * o));
        }
    }
}
