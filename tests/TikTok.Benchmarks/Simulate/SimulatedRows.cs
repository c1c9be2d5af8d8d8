using TikTok.Benchmarks.Harness;
using TikTok.Ranker.Ranking;
using TikTok.Simulation.Measures;

namespace TikTok.Benchmarks.Simulate;

/// <summary>Figures of several worlds as rows: the ranker's against each other feed's, in the same worlds.</summary>
/// <param name="worlds">Per world the feeds, the ranker first.</param>
internal sealed class SimulatedRows(IReadOnlyList<IReadOnlyList<Contender>> worlds, IReadOnlyList<DriftingWeek> weeks)
{
    public const string Ranker = "ranker";
    public const string Frozen = "ranker, frozen";
    public const string Random = "random";
    public const string Popularity = "popularity";
    public const string EmbeddingAverage = "embedding average";
    public const string Best = "the best there could be";

    private const int FirstPersonal = 8;
    private const int LastPersonal = 24;
    private const double PersonalOverPopular = 1.5;
    private const int SwipesToRecover = 20;

    private static readonly (int First, int Last)[] Phases = [(1, 4), (5, 12), (13, 20), (21, 40), (41, SwipeCurve.Length)];
    private static readonly string[] Peers = [Random, Popularity, EmbeddingAverage];

    public IEnumerable<BenchmarkRow> All() => [.. Sessions(), .. NewPeople(), .. Changes(), .. Predictions()];

    private IEnumerable<BenchmarkRow> Sessions() =>
    [
        .. Against("watch time per session", "s", c => c.Figures.WatchPerSession, Target.MinRatio(1)),
        .. Against("watch ratio", "", c => c.Figures.WatchRatio, Target.MinRatio(1)),
        .. Against("skipped within 2 s", "%", c => Percent(c.Figures.SkipRate), Target.MaxRatio(1)),
        .. Against("pleasure, of which no feed is told", "", c => c.Figures.Pleasure, null),
        .. Against("length of what is shown", "s", c => c.Figures.Length, null),
        .. Against("catalogue shown", "%", c => new Estimate(100 * c.Coverage, 0), null, Target.MinRatio(1)),
        .. Against("exposure of new creators", "%", c => new Estimate(100 * c.Figures.NewCreatorShare, 0), null, Target.MinRatio(1)),
    ];

    private IEnumerable<BenchmarkRow> NewPeople()
    {
        foreach (var (who, mean) in ((string, Func<Contender, int, int, Estimate>)[])
        [
            ("", MeanOfAll),
            (" with the quiz", (c, first, last) => c.WithQuiz.Mean(first, last)),
            (" without it", (c, first, last) => c.WithoutQuiz.Mean(first, last)),
        ])
        {
            foreach (var (first, last) in ((int, int)[])[(1, 4), (5, 7), (FirstPersonal, LastPersonal), (LastPersonal + 1, SwipeCurve.Length)])
            {
                yield return Row(
                    $"new people{who}, watch ratio of swipes {first}–{last}", "", c => mean(c, first, last), Popularity,
                    first == FirstPersonal ? Target.MinRatio(PersonalOverPopular) : null);
            }
            yield return Row($"new people{who}, watch ratio of swipes {FirstPersonal}–{LastPersonal}", "", c => mean(c, FirstPersonal, LastPersonal), Best, null);
        }

        // As many of the one as of the other.
        static Estimate MeanOfAll(Contender contender, int first, int last)
        {
            var (quiz, none) = (contender.WithQuiz.Mean(first, last), contender.WithoutQuiz.Mean(first, last));
            return new Estimate((quiz.Mean + none.Mean) / 2, Math.Sqrt((quiz.Margin * quiz.Margin) + (none.Margin * none.Margin)) / 2);
        }
    }

    private IEnumerable<BenchmarkRow> Changes() =>
    [
        Recovery("swipes until a changed taste is met as an unchanged one (90 %)", Ranker, Target.Max(SwipesToRecover)),
        Recovery("the same, frozen", Frozen, Target.Min(SwipesToRecover + 1)),
        .. Phases.Select(p => Row(
            $"after the change, watch ratio of swipes {p.First}–{p.Last} of that without", "%", c => new Estimate(100 * c.Change.Share(p.First, p.Last), 0), Frozen, null)),
    ];

    private BenchmarkRow Recovery(string name, string contender, Target target) => new()
    {
        Name = name,
        Value = TasteChange.SwipesToRecover([.. worlds.Select(world => world.Single(c => c.Name == contender).Change)]),
        Unit = "swipes",
        Target = target,
    };

    private IEnumerable<BenchmarkRow> Predictions() => Heads.All.Select(head => new BenchmarkRow
    {
        Name = $"a drifting week: AUC of {head}",
        Value = weeks.Average(w => w.Online(head)),
        Unit = "",
        Peer = "frozen",
        PeerValue = weeks.Average(w => w.Frozen(head)),
        Target = head is Head.Finish or Head.Like or Head.Skip ? Target.MinRatio(1) : null,
    });

    private IEnumerable<BenchmarkRow> Against(string name, string unit, Func<Contender, Estimate> figure, Target? eachPeer, Target? popularity = null) =>
    [
        .. Peers.Select(peer => Row(name, unit, figure, peer, peer == Popularity ? popularity ?? eachPeer : eachPeer)),
        Row(name, unit, figure, Frozen, null),
        Row(name, unit, figure, Best, null),
    ];

    private BenchmarkRow Row(string name, string unit, Func<Contender, Estimate> figure, string? peer, Target? target)
    {
        var value = Over(Ranker, figure);
        return new BenchmarkRow
        {
            Name = value.Margin > 0 ? FormattableString.Invariant($"{name} (± {value.Margin:0.00})") : name,
            Value = value.Mean,
            Unit = unit,
            Peer = peer,
            PeerValue = peer is null ? null : Over(peer, figure).Mean,
            Target = target,
        };
    }

    /// <summary>The mean over the worlds.</summary>
    private Estimate Over(string contender, Func<Contender, Estimate> figure)
    {
        var each = worlds.Select(world => figure(world.Single(c => c.Name == contender))).ToList();
        return new Estimate(each.Average(e => e.Mean), Math.Sqrt(each.Sum(e => e.Margin * e.Margin)) / each.Count);
    }

    private static Estimate Percent(Estimate share) => new(100 * share.Mean, 100 * share.Margin);
}
