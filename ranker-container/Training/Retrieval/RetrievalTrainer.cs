namespace TikTok.Ranker.Training.Retrieval;

/// <summary>
/// The offline trainer of retrieval: chooses the hyper-parameters on held-out interactions, then trains several towers with different seeds on
/// all of the training part and joins them. The item vectors go into the index, user vectors are pooled at request time.
/// </summary>
/// <param name="features">One matrix per modality, items × its dimensions; may be none.</param>
/// <param name="log">A line of progress for whoever waits.</param>
public sealed class RetrievalTrainer(IReadOnlyList<DenseMatrix> features, Action<string> log)
{
    /// <summary>A trial's most epochs are measured at so many points.</summary>
    private const int Measurements = 10;

    /// <summary>Measurements without a new best after which a trial is given up.</summary>
    private const int Patience = 3;

    /// <summary>A trial trains so many models and ranks by them joined: a single one's chance is about as large as what is to be seen.</summary>
    private const int TrialMembers = 2;

    /// <summary>What is tried for <see cref="TwoTowerOptions.PopularityScale"/>, which needs no training of its own.</summary>
    private static readonly float[] PopularityScales = [1, 0.8f, 0.6f, 0.45f, 0.3f];

    private readonly DenseMatrix[] _modalities = [.. features.Select((f, index) => ItemFeatures.Whitened(f, index))];
    private readonly Dictionary<int, SparseMatrix> _graphs = [];

    /// <summary>
    /// A greedy walk: from the start, one hyper-parameter after the other is given the value that ranks <paramref name="validation"/> best. The number of epochs and
    /// the popularity's scale come from the best trial. Nothing but the two parts given is looked at.
    /// </summary>
    /// <returns>The options to train with.</returns>
    public TwoTowerOptions Choose(SparseMatrix train, SparseMatrix validation, TwoTowerOptions start, CancellationToken cancellationToken)
    {
        var best = Try(train, validation, start, cancellationToken);
        Func<TwoTowerOptions, IEnumerable<TwoTowerOptions>>[] steps =
        [
            o => _modalities.Length == 0 ? [] : [o with { NeighbourWeight = 0 }],
            o => [o with { UserWeightPower = 0.5f }],
            o => [o with { Dropout = 0.4f }],
            o => [o with { BiasPenalty = 0.00001f }],
        ];
        foreach (var step in steps)
        {
            var trials = step(best.Options with { Epochs = start.Epochs }).Select(options => Try(train, validation, options, cancellationToken)).ToList();
            best = trials.Append(best).MaxBy(trial => trial.Quality)!;
        }
        log($"chosen: {best}");
        return best.Options;
    }

    /// <param name="members">Trained with the seeds from <see cref="TwoTowerOptions.Seed"/> on; at least 1.</param>
    public TwoTowerModel Train(SparseMatrix train, TwoTowerOptions options, int members, CancellationToken cancellationToken)
    {
        var models = new List<TwoTowerModel>();
        for (var member = 0; member < members; member++)
        {
            var trainer = Trainer(train, options with { Seed = options.Seed + member });
            for (var epoch = 0; epoch < options.Epochs; epoch++) trainer.RunEpoch(cancellationToken);
            models.Add(trainer.Model());
            log($"member {member + 1} of {members} trained");
        }
        return TwoTowerModel.Joined(models);
    }

    /// <summary>
    /// Parts the training interactions where no validation part was given: of every third user with at least two items one item is held out.
    /// </summary>
    /// <param name="latest">By user, the item to hold out: what comes next is what is to be found. Without it, one at random.</param>
    public static (SparseMatrix Train, SparseMatrix Validation) HoldOut(SparseMatrix interactions, int seed, IReadOnlyList<int>? latest = null)
    {
        var random = new Random(seed);
        var held = new List<(int, int)>();
        for (var user = 0; user < interactions.Rows; user++)
        {
            var items = interactions.ColumnsOf(user);
            if (items.Length >= 2 && random.Next(3) == 0) held.Add((user, latest?[user] ?? items[random.Next(items.Length)]));
        }
        return (
            SparseMatrix.OfPairs(interactions.Rows, interactions.Columns, interactions.Entries().Select(e => (e.Row, e.Column)).Except(held)),
            SparseMatrix.OfPairs(interactions.Rows, interactions.Columns, held));
    }

    /// <summary>Trains with the most epochs allowed, measuring on the way. The trial's options hold the number of epochs and the popularity's scale that were best.</summary>
    private Trial Try(SparseMatrix train, SparseMatrix validation, TwoTowerOptions options, CancellationToken cancellationToken)
    {
        var trainers = Enumerable.Range(0, TrialMembers).Select(member => Trainer(train, options with { Seed = options.Seed + member, PopularityScale = 1 })).ToList();
        var best = new Trial(options, -1);
        var between = Math.Max(1, options.Epochs / Measurements);
        for (var epoch = 1; epoch <= options.Epochs; epoch++)
        {
            foreach (var trainer in trainers) trainer.RunEpoch(cancellationToken);
            if (epoch % between != 0) continue;
            var joined = TwoTowerModel.Joined([.. trainers.Select(trainer => trainer.Model())]);
            foreach (var scale in PopularityScales)
            {
                var model = joined.WithPopularity(scale);
                var measured = AllItemRanking.Measure(model.UserVectors(train), model.Items, train, validation);
                var quality = (measured.Recall + measured.Ndcg) / 2;
                if (quality > best.Quality) best = new Trial(options with { Epochs = epoch, PopularityScale = scale }, quality);
            }
            if (epoch - best.Options.Epochs >= Patience * between && best.Quality >= 0) break;
        }
        log($"tried: {best}");
        return best;
    }

    private TwoTowerTrainer Trainer(SparseMatrix train, TwoTowerOptions options)
    {
        if (_modalities.Length == 0 || options.NeighbourWeight == 0) return new TwoTowerTrainer(train, _modalities, graph: null, options);
        if (!_graphs.TryGetValue(options.Neighbours, out var graph)) _graphs[options.Neighbours] = graph = NeighbourGraph.Build(_modalities, options.Neighbours);
        return new TwoTowerTrainer(train, _modalities, graph, options);
    }

    /// <param name="Quality">The mean of Recall@20 and NDCG@20 on the validation part.</param>
    private sealed record Trial(TwoTowerOptions Options, double Quality)
    {
        public override string ToString() => FormattableString.Invariant(
            $"neighbours' weight {Options.NeighbourWeight}, dropout {Options.Dropout}, users' weight power {Options.UserWeightPower}, biases' penalty {Options.BiasPenalty}, popularity × {Options.PopularityScale}, {Options.Epochs} epochs: {Quality:0.0000}");
    }
}
