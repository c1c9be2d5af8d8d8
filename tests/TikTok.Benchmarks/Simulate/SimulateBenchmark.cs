using System.Globalization;
using TikTok.Benchmarks.Harness;
using TikTok.Simulation;
using TikTok.Simulation.Feeds;

namespace TikTok.Benchmarks.Simulate;

/// <summary>
/// The ranker in a simulated world, against feeds that are simpler: everyone has the same people, videos and history (a week of random and popular videos), and then shows what it
/// chooses. Nothing of it is measured on real people.
/// </summary>
internal sealed class SimulateBenchmark : IBenchmark
{
    private const int HistoryDays = 7;
    private const string SeedsOption = "--seeds";
    private const string DefaultSeeds = "1,2";
    private const string PeopleOption = "--people";
    private const int DefaultPeople = 1_000;

    /// <summary>The ranker first: it takes the longest.</summary>
    private static readonly IReadOnlyList<(string Name, Func<World, SimulatedClock, IFeed> New, Action<IFeed> Ready)> Feeds =
    [
        (SimulatedRows.Ranker, (_, clock) => new RankerFeed(clock), _ => { }),
        (SimulatedRows.Frozen, (_, clock) => new RankerFeed(clock), feed => ((RankerFeed)feed).Freeze()),
        (SimulatedRows.Best, (world, _) => new BestFeed(world), _ => { }),
        (SimulatedRows.EmbeddingAverage, (_, _) => new EmbeddingAverageFeed(), _ => { }),
        (SimulatedRows.Popularity, (_, _) => new PopularityFeed(), _ => { }),
        (SimulatedRows.Random, (world, _) => new RandomFeed(world.Options.Seed), _ => { }),
    ];

    public string Name => "simulate";

    public string Summary => "the ranker among simulated people: watch time, new people, changes of taste, a drifting week, against simpler feeds";

    public IReadOnlyList<BenchmarkOption> Options { get; } =
    [
        new(SeedsOption, $"simulate: which worlds, with commas between; {DefaultSeeds} unless given."),
        new(PeopleOption, "simulate: people of a world, with creators and videos in proportion; 1000 unless given."),
    ];

    public async Task<IReadOnlyList<BenchmarkRow>> RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        var people = context.Option(PeopleOption) is { } number ? int.Parse(number, CultureInfo.InvariantCulture) : DefaultPeople;
        var worlds = new List<IReadOnlyList<Contender>>();
        var weeks = new List<DriftingWeek>();
        foreach (var seed in (context.Option(SeedsOption) ?? DefaultSeeds).Split(',').Select(text => ulong.Parse(text, CultureInfo.InvariantCulture)))
        {
            var history = await History.OfAsync(WorldOptions.Of(people) with { Seed = seed }, HistoryDays);
            context.Log($"world {seed}: {history.Log.Count:#,0} events of {HistoryDays} days");
            var contenders = new Contender[Feeds.Count];
            var parallel = new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Environment.ProcessorCount };
            await Parallel.ForAsync(-1, Feeds.Count, parallel, async (index, stopping) =>
            {
                if (index < 0)
                {
                    weeks.Add(await LiveWeekAsync(history, stopping));
                    context.Log($"world {seed}: a drifting week of {weeks[^1].Swipes:#,0} swipes predicted by two models");
                    return;
                }
                var (name, newFeed, ready) = Feeds[index];
                var contender = contenders[index] = await Contender.PlayAsync(name, history, newFeed, ready, stopping);
                context.Log($"world {seed}: {name}, {contender.Figures.Swipes:#,0} swipes of three days, and new people, and changed tastes");
            });
            worlds.Add(contenders);
        }
        return [.. new SimulatedRows(worlds, weeks).All()];
    }

    private static async Task<DriftingWeek> LiveWeekAsync(History history, CancellationToken cancellationToken)
    {
        var (world, clock) = (history.NewWorld(), new SimulatedClock(history.Options.Start));
        using var online = new RankerFeed(clock);
        history.TellTo(online, world, clock);
        var frozenClock = new SimulatedClock(history.Options.Start);
        using var frozen = new RankerFeed(clock);
        history.TellTo(frozen, world, frozenClock);
        frozen.Freeze();
        return await DriftingWeek.LiveAsync(history, world, clock, online, frozen, cancellationToken);
    }
}
