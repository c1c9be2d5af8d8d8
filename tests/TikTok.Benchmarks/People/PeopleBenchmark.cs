using System.Diagnostics;
using TikTok.Benchmarks.Harness;
using TikTok.Ranker.People;
using TikTok.Ranker.Ranking;
using TikTok.Ranker.Reranking;
using TikTok.Ranker.Retrieval;

namespace TikTok.Benchmarks.People;

/// <summary>What it costs the ranker to know people: memory, learning, looking somebody up, asking what they have seen, and making their page of 5,000 candidates.</summary>
internal sealed class PeopleBenchmark : IBenchmark
{
    private const int HeavySwipes = 15_000;
    private const double MaxViewMicroseconds = 5;
    private const double MaxMistakenShare = 0.01;
    private const double MaxPageMilliseconds = 5;

    public string Name => "people";

    public string Summary => "what the ranker knows of people: memory, views, videos seen, and pages made of 5,000 candidates";

    public Task<IReadOnlyList<BenchmarkRow>> RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        List<BenchmarkRow> rows = [];
        foreach (var (people, swipes) in ((int, int)[])[(20_000, 20), (5_000, 200), (1_000, 1_000), (100, HeavySwipes)])
        {
            context.Log($"{people:N0} people with {swipes:N0} swipes each");
            rows.AddRange(State(PeopleWorld.Of(people, swipes)));
            cancellationToken.ThrowIfCancellationRequested();
        }
        context.Log("what one of the last has seen");
        var heavy = PeopleWorld.Of(1, HeavySwipes);
        rows.AddRange(Seen(heavy));
        context.Log("pages");
        rows.AddRange(Pages(heavy));
        return Task.FromResult<IReadOnlyList<BenchmarkRow>>(rows);
    }

    private static IEnumerable<BenchmarkRow> State(PeopleWorld world)
    {
        var name = $"{world.Swipes:N0} swipes each";
        yield return new() { Name = $"{name}: memory", Value = world.BytesPerPerson, Unit = "B/person" };
        yield return new() { Name = $"{name}: in a snapshot", Value = world.SavedPerPerson, Unit = "B/person" };
        yield return new() { Name = $"{name}: an event learnt", Value = world.MicrosecondsPerEvent, Unit = "µs" };

        var view = new PersonView();
        var views = Best(() =>
        {
            const int Views = 50_000;
            var start = Stopwatch.GetTimestamp();
            for (var i = 0; i < Views; i++) world.People.TryView(world.UserIds[(int)(i * 7919L % world.UserIds.Count)], view, world.Now);
            return Stopwatch.GetElapsedTime(start).TotalMicroseconds / Views;
        });
        yield return new() { Name = $"{name}: a view", Value = views, Unit = "µs", Target = Target.Max(MaxViewMicroseconds) };
    }

    private static IEnumerable<BenchmarkRow> Seen(PeopleWorld world)
    {
        var view = world.View(0);
        var mistaken = 0;
        var missed = 0;
        for (var i = 0; i < world.Catalogue; i++)
        {
            var at = world.SeenAt(0, i);
            if (at < 0 && view.Watched.Contains(world.Videos[i].Video)) mistaken++;
            if (at >= HeavySwipes - 1_000 && !view.Watched.Contains(world.Videos[i].Video)) missed++;
        }
        yield return new() { Name = "unseen videos taken for seen", Value = mistaken / (double)(world.Catalogue - HeavySwipes), Unit = "", Target = Target.Max(MaxMistakenShare) };
        yield return new() { Name = "of the last 1,000 taken for unseen", Value = missed, Unit = "videos", Target = Target.Max(0) };

        var ask = Best(() =>
        {
            var start = Stopwatch.GetTimestamp();
            var seen = 0;
            for (var i = 0; i < world.Catalogue; i++) seen += view.Watched.Contains(world.Videos[i].Video) ? 1 : 0;
            GC.KeepAlive(seen);
            return Stopwatch.GetElapsedTime(start).TotalNanoseconds / world.Catalogue;
        });
        yield return new() { Name = "asking whether a video was seen", Value = ask, Unit = "ns" };
    }

    private static IEnumerable<BenchmarkRow> Pages(PeopleWorld world)
    {
        var (person, candidates) = (world.View(0), world.Candidates(0));
        var values = Best(() =>
        {
            var start = Stopwatch.GetTimestamp();
            for (var i = 0; i < 100; i++) ValueFunction.Apply(candidates, new ValueWeights());
            return Stopwatch.GetElapsedTime(start).TotalMicroseconds / 100;
        });
        yield return new() { Name = "values of 5,000", Value = values, Unit = "µs" };

        foreach (var places in (int[])[10, 20, 100])
        {
            var picks = new Pick[places];
            Reranker.Rerank(person, candidates, world.Videos, new RerankingOptions(), world.Session, world.Now, 0, picks);
            var times = new List<double>();
            var allocated = GC.GetAllocatedBytesForCurrentThread();
            var options = new RerankingOptions();
            for (var seed = 0; seed < 2_000; seed++)
            {
                var start = Stopwatch.GetTimestamp();
                Reranker.Rerank(person, candidates, world.Videos, options, world.Session, world.Now, seed, picks);
                times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
            allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
            var latencies = new Latencies(times);
            yield return new() { Name = $"page of {places} from 5,000, p50", Value = latencies.At(0.5), Unit = "ms" };
            yield return new() { Name = $"page of {places} from 5,000, p99", Value = latencies.At(0.99), Unit = "ms", Target = Target.Max(MaxPageMilliseconds) };

            // The list of times grows.
            yield return new() { Name = $"page of {places} from 5,000, allocated", Value = Math.Max(0, (allocated - 64_000) / 2_000.0), Unit = "B", Target = Target.Max(0) };
        }
    }

    private static double Best(Func<double> measure) => Enumerable.Range(0, 7).Select(_ => measure()).Min();
}
