using System.Diagnostics;
using System.Globalization;
using TikTok.Benchmarks.Harness;
using TikTok.Ranker.People;
using TikTok.Ranker.Retrieval;
using TikTok.Ranker.Retrieval.Hnsw;
using TikTok.Ranker.Retrieval.Towers;

namespace TikTok.Benchmarks.Space;

/// <summary>
/// The space of people and videos: what a request asks of it, what keeping it takes, and what it is worth to look for each of somebody's interests. Times are processor time unless
/// they say otherwise, so that what else runs on the machine counts as little as can be.
/// </summary>
internal sealed class SpaceBenchmark : IBenchmark
{
    private const int DefaultVideos = 200_000;
    private const int Wanted = 2_000;
    private const int Scored = 5_000;
    private const int People = 40;
    private const int Passes = 3;

    public string Name => "space";

    public string Summary => "Retrieval space: nearest 2,000, similarities, renewal, restore, memory, several interests";

    public IReadOnlyList<BenchmarkOption> Options { get; } = [new("--vectors", "hnsw, space: how many; 100000 and 200000 unless given.")];

    public Task<IReadOnlyList<BenchmarkRow>> RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        var count = context.Option("--vectors") is { } given ? int.Parse(given, CultureInfo.InvariantCulture) : DefaultVideos;
        context.Log($"{count} videos");
        var world = new SpaceWorld(count, context.Time);
        var build = Processor(() => world.Space.Renew(all: true, cancellationToken));
        context.Log("built");
        var renewal = Processor(() => world.Space.Renew(all: true, cancellationToken));
        List<BenchmarkRow> rows =
        [
            new() { Name = "build of the index, all cores", Value = build, Unit = "s" },
            new() { Name = "renewal of all, nothing moved", Value = renewal, Unit = "s" },
            new() { Name = "index and copies per video", Value = world.Space.Bytes / (double)count, Unit = "B" },
            new() { Name = "learned rows per video, optimiser's state among them", Value = (world.Towers.Size().RowBytes + world.Towers.Size().IndexBytes) / (double)count, Unit = "B" },
        ];
        rows.AddRange(Restore(context, world, cancellationToken));
        context.Log("asks");
        rows.AddRange(Ask(world, count));
        rows.AddRange(Interests(world));
        return Task.FromResult<IReadOnlyList<BenchmarkRow>>(rows);
    }

    private static IEnumerable<BenchmarkRow> Restore(BenchmarkContext context, SpaceWorld world, CancellationToken cancellationToken)
    {
        var path = Path.Combine(context.WorkDirectory, "space");
        var watch = Stopwatch.StartNew();
        using (var file = File.Create(path)) new SpaceSnapshot(world.Videos, world.Space).Save(file);
        yield return new BenchmarkRow { Name = "save, on the clock", Value = watch.Elapsed.TotalSeconds, Unit = "s" };

        using var space = new VideoSpace(world.Videos, world.Towers);
        watch.Restart();
        using (var file = File.OpenRead(path)) new SpaceSnapshot(world.Videos, space).Load(file);
        yield return new BenchmarkRow { Name = "load, on the clock", Value = watch.Elapsed.TotalSeconds, Unit = "s" };
        watch.Restart();
        space.Renew(all: true, cancellationToken);
        yield return new BenchmarkRow { Name = "first renewal after it, on the clock", Value = watch.Elapsed.TotalSeconds, Unit = "s" };
    }

    private static IEnumerable<BenchmarkRow> Ask(SpaceWorld world, int count)
    {
        PersonView[] people = [.. Enumerable.Range(0, People).Select(_ => world.Watcher((world.AnyTopic(), 15), (world.AnyTopic(), 10), (world.AnyTopic(), 5)))];
        var vectors = people.Select(person => Embedded(world, person)).ToArray();
        var scratch = new float[world.Space.Dimensions];
        var found = new int[Wanted];
        var similarities = new float[Scored];
        var random = new Random(2);
        var scored = people.Select(_ => Enumerable.Range(0, Scored).Select(_ => random.Next(count)).ToArray()).ToArray();

        yield return Each("place a person", 1, person => world.Space.Embed(people[person], scratch));
        yield return Each($"nearest {Wanted}", 4, person => world.Space.Nearest(vectors[person], found, new Everything()));
        yield return Each($"nearest {Wanted}, one in eight filtered out", 4, person => world.Space.Nearest(vectors[person], found, new SevenOfEight()));
        yield return Each($"similarities of {Scored}", 1, person => world.Space.Similarities(vectors[person], scored[person], similarities));
        yield return new BenchmarkRow { Name = $"recall of the {Wanted} largest inner products", Value = 100 * vectors.Average(vector => Recall(world, vector, count)), Unit = "%" };

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var person = 0; person < People; person++)
        {
            world.Space.Embed(people[person], scratch);
            world.Space.Nearest(vectors[person], found, new Everything());
            world.Space.Similarities(vectors[person], scored[person], similarities);
        }
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        yield return new BenchmarkRow { Name = "allocated per request", Value = allocated / (double)People, Unit = "B", Target = Target.Max(0) };

        BenchmarkRow Each(string name, double most, Action<int> ask)
        {
            Processor(Pass);
            var seconds = Enumerable.Range(0, Passes).Select(_ => Processor(Pass)).Order().ElementAt(Passes / 2);
            return new BenchmarkRow { Name = name, Value = 1_000 * seconds / People, Unit = "ms", Target = Target.Max(most) };

            void Pass()
            {
                for (var person = 0; person < People; person++) ask(person);
            }
        }
    }

    private static double Recall(SpaceWorld world, float[] vector, int count)
    {
        var all = Enumerable.Range(0, count).ToArray();
        var similarities = new float[count];
        world.Space.Similarities(vector, all, similarities);
        var found = new int[Wanted];
        var number = world.Space.Nearest(vector, found, new Everything());
        var least = similarities.OrderDescending().ElementAt(Math.Min(Wanted, count) - 1);
        return found.AsSpan(0, number).ToArray().Count(row => similarities[row] >= least) / (double)Math.Min(Wanted, count);
    }

    /// <summary>People of three topics: how many of their nearest are of these, and how many of the one they watch least; by one vector, and by one for each interest.</summary>
    private static IEnumerable<BenchmarkRow> Interests(SpaceWorld world)
    {
        var (one, several) = ((Liked: 0.0, Least: 0.0), (Liked: 0.0, Least: 0.0));
        for (var i = 0; i < People; i++)
        {
            int[] topics = [world.AnyTopic(), world.AnyTopic(), world.AnyTopic()];
            var person = world.Watcher((topics[0], 10), (topics[1], 6), (topics[2], 4));
            Count(ref one, Nearest(world, Embedded(world, person), Wanted / 2), topics);

            var vectors = new float[INearestVideos.MaxInterests * world.Space.Dimensions];
            var shares = new float[INearestVideos.MaxInterests];
            var parts = world.Space.EmbedInterests(person, vectors, shares);
            Count(ref several, [.. Enumerable.Range(0, parts).SelectMany(part => Nearest(world, vectors.AsSpan(part * world.Space.Dimensions, world.Space.Dimensions), (int)(shares[part] * Wanted / 2))).Distinct()], topics);
        }
        yield return new BenchmarkRow { Name = "three interests: nearest that are of these", Value = several.Liked, Unit = "%", Peer = "one vector", PeerValue = one.Liked, Target = Target.MinRatio(1) };
        yield return new BenchmarkRow { Name = "three interests: nearest of the least", Value = several.Least, Unit = "%", Peer = "one vector", PeerValue = one.Least, Target = Target.MinRatio(1) };

        void Count(ref (double Liked, double Least) sum, int[] rows, int[] topics)
        {
            sum.Liked += 100.0 * rows.Count(row => topics.Contains(world.TopicOf(row))) / rows.Length / People;
            sum.Least += 100.0 * rows.Count(row => world.TopicOf(row) == topics[^1]) / rows.Length / People;
        }
    }

    private static int[] Nearest(SpaceWorld world, ReadOnlySpan<float> vector, int count)
    {
        var rows = new int[count];
        return rows[..world.Space.Nearest(vector, rows, new Everything())];
    }

    private static float[] Embedded(SpaceWorld world, PersonView person)
    {
        var vector = new float[world.Space.Dimensions];
        world.Space.Embed(person, vector);
        return vector;
    }

    private static double Processor(Action work)
    {
        var start = Environment.CpuUsage.TotalTime;
        work();
        return (Environment.CpuUsage.TotalTime - start).TotalSeconds;
    }

    private readonly struct Everything : IHnswFilter
    {
        public bool Allows(ulong label) => true;
    }

    private readonly struct SevenOfEight : IHnswFilter
    {
        public bool Allows(ulong label) => label % 8 != 3;
    }
}
