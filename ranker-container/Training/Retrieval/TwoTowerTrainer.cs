using System.Numerics.Tensors;

namespace TikTok.Ranker.Training.Retrieval;

/// <summary>
/// Trains the towers to find the item that was left out: of what a user watched a part is hidden, the user's vector is pooled from the rest, and the
/// hidden items' probability under the softmax over all items (no sampling) is raised. An item's vector is
/// <c>v = (1 + w·G)(e + P·x)</c>: what is learned for the item, its projected features, and the same of its neighbours in the feature graph G, so that items
/// hardly anybody has watched have vectors as well. Same seed, same data and same instruction set: same model, whatever the number of threads.
/// </summary>
public sealed class TwoTowerTrainer
{
    /// <summary>Users with more items than this hide half of them at a time, others one item.</summary>
    private const int HideHalfAbove = 12;

    private const float InitialDeviation = 0.1f;

    private readonly TwoTowerOptions _options;
    private readonly SparseMatrix _interactions;
    private readonly SparseMatrix? _graph;
    private readonly DenseMatrix? _features;
    private readonly AdamParameter _learned;
    private readonly AdamParameter? _projection;
    private readonly AdamParameter _base;
    private readonly AdamParameter _bias;
    private readonly DenseMatrix _vectors;
    private readonly DenseMatrix _transposed;
    private readonly DenseMatrix _vectorGradient;
    private readonly DenseMatrix _mixedGradient;
    private readonly DenseMatrix _users;
    private readonly DenseMatrix _userGradient;
    private readonly DenseMatrix _kept;
    private readonly DenseMatrix _scores;
    private readonly List<int>[] _shown;
    private readonly List<int>[] _hidden;
    private readonly int[] _order;
    private readonly float _meanWeight;
    private readonly Random _random;

    /// <param name="interactions">Users × items.</param>
    /// <param name="modalities">Items × dimensions each, whitened (<see cref="ItemFeatures"/>); may be none.</param>
    /// <param name="graph">Of the same modalities, or null.</param>
    public TwoTowerTrainer(SparseMatrix interactions, IReadOnlyList<DenseMatrix> modalities, SparseMatrix? graph, TwoTowerOptions options)
    {
        (_interactions, _graph, _options, _random) = (interactions, graph, options, new Random(options.Seed));
        var (items, d, batch) = (interactions.Columns, options.Dimensions, options.BatchSize);
        _learned = new AdamParameter(DenseMatrix.Random(items, d, InitialDeviation, _random), options.ItemPenalty, options.Averaging);
        if (modalities.Count > 0)
        {
            _features = DenseMatrix.Joined(modalities);
            _projection = new AdamParameter(DenseMatrix.Random(_features.Columns, d, InitialDeviation, _random), options.FeaturePenalty, options.Averaging);
        }
        _base = new AdamParameter(new DenseMatrix(1, d), 0, options.Averaging);
        _bias = new AdamParameter(PopularityBias(interactions), options.BiasPenalty, options.Averaging);
        (_vectors, _transposed, _vectorGradient, _mixedGradient) = (new(items, d), new(d, items), new(items, d), new(items, d));
        (_users, _userGradient, _kept, _scores) = (new(batch, d), new(batch, d), new(batch, d), new(batch, items));
        _shown = [.. Enumerable.Range(0, batch).Select(_ => new List<int>())];
        _hidden = [.. Enumerable.Range(0, batch).Select(_ => new List<int>())];
        _order = [.. Enumerable.Range(0, interactions.Rows).Where(user => interactions.CountOf(user) > 0)];
        _meanWeight = _order.Length == 0 ? 1 : _order.Average(user => Weight(interactions.CountOf(user)));
    }

    /// <summary>The model of the parameters' means over the steps so far.</summary>
    public TwoTowerModel Model()
    {
        ComputeVectors(parameter => parameter.Average);
        return new TwoTowerModel(DenseMatrix.Joined([_vectors, _bias.Average]), [.. _base.Average.Values, 1], _options.PoolingPower).WithPopularity(_options.PopularityScale);
    }

    /// <summary>One pass over the users. Returns the mean log loss of the hidden items, in nats.</summary>
    public double RunEpoch(CancellationToken cancellationToken)
    {
        _random.Shuffle(_order);
        double loss = 0, weight = 0;
        for (var from = 0; from < _order.Length; from += _options.BatchSize)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (batchLoss, batchWeight) = RunBatch(_order.AsSpan(from, Math.Min(_options.BatchSize, _order.Length - from)));
            loss += batchLoss;
            weight += batchWeight;
        }
        return loss / weight;
    }

    /// <summary>Starts the biases at a quarter of the logarithm of the popularity; never watched counts as a tenth of a view.</summary>
    private static DenseMatrix PopularityBias(SparseMatrix interactions)
    {
        var counts = new int[interactions.Columns];
        foreach (var (_, item, _) in interactions.Entries()) counts[item]++;
        var bias = new DenseMatrix(interactions.Columns, 1);
        for (var item = 0; item < counts.Length; item++) bias.Values[item] = 0.25f * MathF.Log(Math.Max(counts[item], 0.1f));
        return bias;
    }

    private void ComputeVectors(Func<AdamParameter, DenseMatrix> version)
    {
        var target = _graph is null ? _vectors : _mixedGradient;
        if (_features is null) Array.Clear(target.Values);
        else Vectors.Multiply(_features, _features.Rows, version(_projection!), target);
        Vectors.AddScaled(version(_learned).Values, 1, target.Values);
        if (_graph is null) return;
        target.Values.CopyTo(_vectors.Values.AsSpan());
        _graph.MultiplyAdd(target, _options.NeighbourWeight, _vectors);
    }

    private (double Loss, double Weight) RunBatch(ReadOnlySpan<int> users)
    {
        var count = users.Length;
        var weights = new float[count];
        for (var row = 0; row < count; row++) weights[row] = Hide(users[row], _shown[row], _hidden[row]);

        ComputeVectors(parameter => parameter.Values);
        DrawKept();
        _vectors.TransposeInto(_transposed);
        Parallel.For(0, count, Pool);
        Vectors.Multiply(_users, count, _transposed, _scores);
        var losses = new double[count];
        Parallel.For(0, count, row => losses[row] = ScoresToGradient(row, weights[row], 1f / count));

        Vectors.Multiply(_scores, count, _vectors, _userGradient);
        Vectors.MultiplyTransposed(_scores, count, _users, _vectorGradient);
        AddPooledGradient(count);
        BiasGradient(count);
        Learn();
        return (losses.Sum(), weights.Sum());
    }

    /// <summary>Splits what the user watched at random. Returns the user's weight in the loss.</summary>
    private float Hide(int user, List<int> shown, List<int> hidden)
    {
        int[] items = [.. _interactions.ColumnsOf(user)];
        _random.Shuffle(items);
        var hide = items.Length > HideHalfAbove ? items.Length / 2 : 1;
        hidden.Clear();
        hidden.AddRange(items.AsSpan(..hide));
        shown.Clear();
        shown.AddRange(items.AsSpan(hide..));
        return Weight(items.Length) / _meanWeight;
    }

    private float Weight(int items) => MathF.Pow(Math.Min(items, _options.UserWeightCap), _options.UserWeightPower);

    private float PoolingScale(int row) => MathF.Pow(Math.Max(1, _shown[row].Count), -_options.PoolingPower);

    private void Pool(int row)
    {
        var vector = _users.Row(row);
        _base.Values.Values.CopyTo(vector);
        foreach (var item in _shown[row]) Vectors.AddScaled(_vectors.Row(item), PoolingScale(row), vector);
        TensorPrimitives.Multiply(vector, _kept.Row(row), vector);
    }

    /// <summary>What each element of the user vectors is multiplied by: 0 when dropped, otherwise what keeps the mean.</summary>
    private void DrawKept()
    {
        var scale = 1 / (1 - _options.Dropout);
        foreach (ref var kept in _kept.Values.AsSpan()) kept = _random.NextSingle() < _options.Dropout ? 0 : scale;
    }

    /// <summary>Turns a row of scores into the gradient of the loss by them.</summary>
    private double ScoresToGradient(int row, float weight, float scale)
    {
        var scores = _scores.Row(row);
        TensorPrimitives.Add(scores, _bias.Values.Values, scores);
        foreach (var item in _shown[row]) scores[item] = float.NegativeInfinity;
        TensorPrimitives.Subtract(scores, TensorPrimitives.Max(scores), scores);
        TensorPrimitives.Exp(scores, scores);
        var sum = TensorPrimitives.Sum(scores);
        var each = weight / _hidden[row].Count;
        double loss = 0;
        foreach (var item in _hidden[row]) loss -= each * Math.Log(Math.Max(scores[item] / sum, 1e-30));
        TensorPrimitives.Multiply(scores, weight * scale / sum, scores);
        foreach (var item in _hidden[row]) scores[item] -= each * scale;
        return loss;
    }

    /// <summary>The items that a user's vector was pooled from take part of that vector's gradient. In order, on one thread: users share items.</summary>
    private void AddPooledGradient(int count)
    {
        Array.Clear(_base.Gradient.Values);
        for (var row = 0; row < count; row++)
        {
            var gradient = _userGradient.Row(row);
            TensorPrimitives.Multiply(gradient, _kept.Row(row), gradient);
            Vectors.AddScaled(gradient, 1, _base.Gradient.Values);
            foreach (var item in _shown[row]) Vectors.AddScaled(gradient, PoolingScale(row), _vectorGradient.Row(item));
        }
    }

    private void BiasGradient(int count)
    {
        Array.Clear(_bias.Gradient.Values);
        for (var row = 0; row < count; row++) Vectors.AddScaled(_scores.Row(row), 1, _bias.Gradient.Values);
    }

    private void Learn()
    {
        var gradient = _learned.Gradient;
        _vectorGradient.Values.CopyTo(gradient.Values.AsSpan());
        _graph?.MultiplyAdd(_vectorGradient, _options.NeighbourWeight, gradient); // The graph is symmetric: its transpose is itself.
        if (_features is not null)
        {
            Vectors.MultiplyTransposed(_features, _features.Rows, gradient, _projection!.Gradient);
            _projection.Step(_options.LearningRate);
        }
        _learned.Step(_options.LearningRate);
        _base.Step(_options.LearningRate);
        _bias.Step(_options.LearningRate);
    }
}
