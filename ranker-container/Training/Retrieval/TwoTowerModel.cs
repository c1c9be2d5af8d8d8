namespace TikTok.Ranker.Training.Retrieval;

/// <summary>
/// Two towers whose inner product ranks. The item tower gives each item a vector, whose last dimension is its bias; the user tower pools the vectors of
/// what was watched: <c>u = base + Σ v ÷ n^p</c>, and has 1 in the last dimension. So a user needs no training of their own, and one more swipe is
/// one more vector added.
/// </summary>
/// <param name="Items">Items × (dimensions + 1).</param>
/// <param name="Base">The vector of a user who has watched nothing; the last element is 1.</param>
/// <param name="PoolingPower">p.</param>
public sealed record TwoTowerModel(DenseMatrix Items, float[] Base, float PoolingPower)
{
    /// <summary>
    /// Several models as one of the summed dimensions: scores add up, so that what a single training happened upon is averaged away, and one inner product
    /// still ranks. They must pool alike.
    /// </summary>
    public static TwoTowerModel Joined(IReadOnlyList<TwoTowerModel> models)
    {
        var width = models.Sum(model => model.Base.Length - 1) + 1;
        var items = new DenseMatrix(models[0].Items.Rows, width);
        var start = new float[width];
        start[^1] = 1;
        var from = 0;
        foreach (var model in models)
        {
            if (model.PoolingPower != models[0].PoolingPower) throw new ArgumentException("The models pool differently.", nameof(models));
            var learned = model.Base.Length - 1;
            for (var item = 0; item < items.Rows; item++)
            {
                var row = model.Items.Row(item);
                row[..learned].CopyTo(items.Row(item)[from..]);
                items.Row(item)[^1] += row[^1];
            }
            model.Base.AsSpan(..learned).CopyTo(start.AsSpan(from));
            from += learned;
        }
        return new TwoTowerModel(items, start, models[0].PoolingPower);
    }

    /// <summary>The same with the items' biases multiplied by <paramref name="scale"/>.</summary>
    public TwoTowerModel WithPopularity(float scale)
    {
        var items = Items.Copy();
        for (var item = 0; item < items.Rows; item++) items.Row(item)[^1] *= scale;
        return this with { Items = items };
    }

    public float[] UserVector(ReadOnlySpan<int> watched)
    {
        var vector = (float[])Base.Clone();
        if (watched.Length == 0) return vector;
        var learned = vector.AsSpan(..^1);
        var scale = MathF.Pow(watched.Length, -PoolingPower);
        foreach (var item in watched) Vectors.AddScaled(Items.Row(item)[..^1], scale, learned);
        return vector;
    }

    /// <summary>A row for each row of <paramref name="watched"/> (users × items).</summary>
    public DenseMatrix UserVectors(SparseMatrix watched)
    {
        var users = new DenseMatrix(watched.Rows, Base.Length);
        Parallel.For(0, watched.Rows, user => UserVector(watched.ColumnsOf(user)).CopyTo(users.Row(user)));
        return users;
    }
}
