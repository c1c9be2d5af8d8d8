using System.Globalization;
using TikTok.Benchmarks.Harness;
using TikTok.Ranker.Training.Retrieval;

namespace TikTok.Benchmarks.Quality;

/// <summary>
/// How well the container's own retrieval trainer ranks public data: every item is ranked for every user with test items, those of the user's training part
/// left out; Recall@20 and NDCG@20, means over these users. Hyper-parameters are chosen on the validation part; training uses the training part alone.
/// Each repetition chooses and trains anew from another seed.
/// </summary>
internal sealed class QualityBenchmark : IBenchmark
{
    private const int Members = 5;

    private static readonly BenchmarkOption Data = new("--data", "quality, prefetch: the directory of the public data.");
    private static readonly BenchmarkOption Seeds = new("--seeds", "quality: how many times to choose and train, each from other seeds (default 1).");

    public string Name => "quality";

    public string Summary => "retrieval trained and measured on public data: --data DIR [--seeds N]";

    private static readonly BenchmarkOption Published = new(
        "--published", "quality: figures published for this data, to be shown beside: NAME=RECALL/NDCG, several with commas between.");

    public IReadOnlyList<BenchmarkOption> Options { get; } = [Data, Seeds, Published];

    public Task<IReadOnlyList<BenchmarkRow>> RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        if (context.Option(Data.Name) is not { } directory)
        {
            context.Log("skipped: --data DIR is not given. DIR holds train.tsv, test.tsv, if there is one valid.tsv (lines of user, tab, item), and any *_feat.npy.");
            return Task.FromResult<IReadOnlyList<BenchmarkRow>>([]);
        }
        var repetitions = int.Parse(context.Option(Seeds.Name) ?? "1", CultureInfo.InvariantCulture);
        var data = InteractionDataset.Load(directory);
        context.Log(
            $"{data.Train.Rows} users, {data.Train.Columns} items, {data.Train.Count} pairs to train, {data.Validation.Count} to choose by, {data.Test.Count} to test, " +
            $"{data.Features.Count} modalities");

        var published = ParsePublished(context.Option(Published.Name));
        var rows = new List<BenchmarkRow>();
        var popular = Measure(Popularity(data.Train), data);
        rows.AddRange(Rows("popularity", popular));
        rows.AddRange(Rows("BPR-MF, ours", Measure(new BprMatrixFactorization(data.Train, seed: 1).Train(cancellationToken), data)));
        for (var repetition = 0; repetition < repetitions; repetition++)
        {
            var seed = 1 + (repetition * 100);
            var start = context.Time.GetTimestamp();
            var trainer = new RetrievalTrainer(data.Features, context.Log);
            var (train, validation) = data.Validation.Count > 0 ? (data.Train, data.Validation) : RetrievalTrainer.HoldOut(data.Train, seed);
            var options = trainer.Choose(train, validation, new TwoTowerOptions { Seed = seed }.ForUsers(data.Train.Rows), cancellationToken);
            var chosen = context.Time.GetTimestamp();
            var model = trainer.Train(data.Train, options, Members, cancellationToken);
            var trained = context.Time.GetTimestamp();
            var label = $"two towers, seed {seed}";
            var quality = Measure((model.UserVectors(data.Train), model.Items), data);
            rows.AddRange(Rows(label, quality, popular, "popularity"));
            foreach (var (name, figures) in published) rows.AddRange(Rows(label, quality, figures, $"{name} (published)"));
            rows.Add(new BenchmarkRow { Name = $"{label}: choosing", Value = context.Time.GetElapsedTime(start, chosen).TotalSeconds, Unit = "s" });
            rows.Add(new BenchmarkRow { Name = $"{label}: training", Value = context.Time.GetElapsedTime(chosen, trained).TotalSeconds, Unit = "s" });
        }
        return Task.FromResult<IReadOnlyList<BenchmarkRow>>(rows);
    }

    private static RankingQuality Measure((DenseMatrix Users, DenseMatrix Items) vectors, InteractionDataset data) =>
        AllItemRanking.Measure(vectors.Users, vectors.Items, data.Train, data.Test);

    private static IEnumerable<BenchmarkRow> Rows(string label, RankingQuality quality, RankingQuality? peer = null, string? peerName = null)
    {
        yield return Row("Recall@20", quality.Recall, peer?.Recall);
        yield return Row("NDCG@20", quality.Ndcg, peer?.Ndcg);

        BenchmarkRow Row(string metric, double value, double? peerValue) => new()
        {
            Name = $"{label}: {metric}",
            Value = value,
            Unit = "",
            Peer = peerName,
            PeerValue = peerValue,
            Target = peer is null ? null : Target.MinRatio(1),
        };
    }

    private static List<(string Name, RankingQuality Figures)> ParsePublished(string? text) =>
    [
        .. (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries).Select(one =>
        {
            var parts = one.Split('=', '/');
            return (parts[0], new RankingQuality(double.Parse(parts[1], CultureInfo.InvariantCulture), double.Parse(parts[2], CultureInfo.InvariantCulture), 0));
        }),
    ];

    /// <summary>Everyone is offered what most users watched.</summary>
    private static (DenseMatrix Users, DenseMatrix Items) Popularity(SparseMatrix train)
    {
        var (users, items) = (new DenseMatrix(train.Rows, 1), new DenseMatrix(train.Columns, 1));
        Array.Fill(users.Values, 1);
        foreach (var (_, item, _) in train.Entries()) items.Values[item]++;
        return (users, items);
    }
}
