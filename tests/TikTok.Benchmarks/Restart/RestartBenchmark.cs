using System.Globalization;
using TikTok.Benchmarks.Harness;
using TikTok.Benchmarks.Rank;
using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;
using TikTok.Ranker.Publishing;
using TikTok.Ranker.Serving;

namespace TikTok.Benchmarks.Restart;

/// <summary>
/// Trainer and server over a large catalogue, killed at once and at any moment while people swipe, and started again: how long until they are ready, and whether anything is missing or
/// counted twice.
/// </summary>
internal sealed class RestartBenchmark : IBenchmark
{
    private const int DefaultVideos = 1_000_000;
    private const int People = 2_000;
    private const int Swiping = 500;
    private const int Swiped = 1_500;
    private const int NewVideos = 200;
    private const int PerSecond = 100;
    private const int Kills = 3;
    private const int Seed = 8;
    private const double LongestRestart = 10;

    private static readonly TimeSpan LongestLife = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(500);

    /// <summary>The product's own settings, but three times as often, so that a run sees several of each.</summary>
    private static readonly Dictionary<string, string> Settings = new(StringComparer.Ordinal)
    {
        ["Trainer__MinExamples"] = "1000",
        ["Trainer__SparseInterval"] = "00:00:20",
        ["Trainer__DenseInterval"] = "00:01:00",
        ["Trainer__SnapshotInterval"] = "00:03:20",
        ["Follower__Interval"] = "00:00:05",
    };

    public string Name => "restart";

    public string Summary => "trainer and server killed while people swipe, with a million videos: time to ready, and whether anything is lost or counted twice";

    public IReadOnlyList<BenchmarkOption> Options { get; } =
    [
        new("--videos", "rank, restart: how many; 1000000 unless given."),
        new("--state", "rank, restart: a directory outside of the repository that keeps what was built; the next run begins with it. rank: and measures how long that takes."),
    ];

    public async Task<IReadOnlyList<BenchmarkRow>> RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        var catalogue = new SyntheticCatalogue(context.Option("--videos") is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : DefaultVideos, People);
        await using var processes = await RankerProcesses.StartAsync(context, Settings, cancellationToken);
        string[] people = [.. Enumerable.Range(0, Swiping).Select(SyntheticCatalogue.UserId)];
        ExpectedCounts expected;
        await using (var state = RestartState.Filled(
            catalogue, context.Option("--state"), Path.Combine(context.WorkDirectory, "filled"), context.Time, context.Log, cancellationToken))
        {
            expected = new ExpectedCounts(state, people);
            await state.UploadAsync(processes.Files, cancellationToken);
        }
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);

        // The database has what was published since the snapshot.
        var random = new Random(Seed);
        var created = await CreateAsync(processes, context.Time, cancellationToken);
        string[] videos = [.. Enumerable.Range(0, Swiped).Select(_ => catalogue.VideoId(random.Next(catalogue.Videos))).Distinct(StringComparer.Ordinal), .. created];
        var load = new SwipeLoad(processes.Log, people, videos, PerSecond, context.Time);

        var rows = new List<BenchmarkRow>();
        rows.AddRange(Times("first start, with nothing on the disk", await processes.StartBothAsync(cancellationToken), target: false));
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var watch = new PublicationWatch(processes.Files, Path.Combine(context.WorkDirectory, "publication"), context.Time);
        var (swiping, watching) = (load.RunAsync(stopping.Token), watch.RunAsync(stopping.Token));
        for (var kill = 1; kill <= Kills; kill++) rows.AddRange(await KillAsync(context, processes, watch, kill, random, cancellationToken));

        context.Log("no more swipes; now what is known of them");
        await stopping.CancelAsync();
        await Task.WhenAll(swiping, watching);
        var ended = context.Time.GetUtcNow();
        var proof = new RestartProof(processes, load, expected, context.Time);
        rows.Add(new BenchmarkRow { Name = "swipes", Value = load.Total, Unit = "" });
        rows.AddRange(await proof.ServerAsync(cancellationToken));
        await using (var uploaded = await UploadedSinceAsync(ended, processes, context, cancellationToken)) rows.AddRange(await proof.TrainerAsync(uploaded, cancellationToken));
        rows.Add(new BenchmarkRow { Name = "publications in the place of newer ones", Value = watch.Older, Unit = $"of {watch.Seen}", Target = Target.Max(0) });
        return rows;
    }

    private static async Task<IReadOnlyList<BenchmarkRow>> KillAsync(
        BenchmarkContext context, RankerProcesses processes, PublicationWatch watch, int kill, Random random, CancellationToken cancellationToken)
    {
        // The third time they come up on other machines.
        var name = $"kill {kill}{(kill == Kills ? ", with nothing on the disk" : "")}";
        await PublishedAsync(watch, context.Time, cancellationToken);
        var life = LongestLife * random.NextDouble();
        context.Log(FormattableString.Invariant($"{name}: in {life.TotalSeconds:0.0} s"));
        await Task.Delay(life, context.Time, cancellationToken);

        var before = await watch.ReadAsync(cancellationToken);
        await processes.KillBothAsync();
        if (kill == Kills) processes.EmptyDisks();
        var rows = new List<BenchmarkRow>(Times(name, await processes.StartBothAsync(cancellationToken), target: kill < Kills));
        var serving = await processes.AskAsync<ServingReport>(RankerProcesses.Server, "serving", cancellationToken);
        var (behind, took) = await CaughtUpAsync(processes, context.Time, cancellationToken);
        rows.Add(new BenchmarkRow
        {
            Name = $"{name}: served when ready, older than what was published last by",
            Value = Math.Max(0, before.Version - (serving.Publication ?? 0)) + Math.Max(0, before.Model!.Version - (serving.Model ?? 0)),
            Unit = "ms",
            Target = Target.Max(0),
        });
        rows.Add(new BenchmarkRow { Name = $"{name}: events of the log that the trainer learned from again, and since", Value = behind, Unit = "" });
        rows.Add(new BenchmarkRow { Name = $"{name}: trainer has caught up after another", Value = took.TotalSeconds, Unit = "s" });
        return rows;
    }

    private static async Task<(long Events, TimeSpan Took)> CaughtUpAsync(RankerProcesses processes, TimeProvider time, CancellationToken cancellationToken)
    {
        for (var began = time.GetTimestamp(); ; await Task.Delay(Poll, time, cancellationToken))
        {
            var training = await processes.AskAsync<TrainingReport>(RankerProcesses.Trainer, "training", cancellationToken);
            if (training.IsCaughtUp) return (training.Events, time.GetElapsedTime(began));
            if (time.GetElapsedTime(began) > Patience) throw new TimeoutException("The trainer did not catch up.");
        }
    }

    /// <summary>Rows and dense weights that were learned in this life of the trainer.</summary>
    private static async Task PublishedAsync(PublicationWatch watch, TimeProvider time, CancellationToken cancellationToken)
    {
        var since = time.GetUtcNow().ToUnixTimeMilliseconds();
        for (var began = time.GetTimestamp(); watch.Newest is not { Model.Version: var model } || model < since; await Task.Delay(Poll, time, cancellationToken))
        {
            if (time.GetElapsedTime(began) > Patience) throw new TimeoutException("Nothing was published.");
        }
    }

    private static async Task<RestartState> UploadedSinceAsync(DateTimeOffset since, RankerProcesses processes, BenchmarkContext context, CancellationToken cancellationToken)
    {
        var oldest = Guid.CreateVersion7(since).ToString("N")[..12];
        for (var began = context.Time.GetTimestamp(); ; await Task.Delay(Poll, context.Time, cancellationToken))
        {
            var files = await processes.Files.ListAsync("state/", cancellationToken);
            if (files.Any(file => file.EndsWith("/manifest.json", StringComparison.Ordinal) && string.CompareOrdinal(file.Split('/')[1], oldest) > 0)) break;
            if (context.Time.GetElapsedTime(began) > Patience) throw new TimeoutException("The trainer saved no state.");
        }
        return await RestartState.UploadedAsync(processes.Files, Path.Combine(context.WorkDirectory, "uploaded"), context.Time, cancellationToken);
    }

    private static async Task<IReadOnlyList<string>> CreateAsync(RankerProcesses processes, TimeProvider time, CancellationToken cancellationToken)
    {
        var store = new VideoStore(processes.Cosmos);
        var ids = new List<string>();
        for (var i = 0; i < NewVideos; i++)
        {
            var (id, now) = (Id.New(time), time.GetUtcNow());
            await store.TryCreateAsync(
                new Video
                {
                    Id = id,
                    VideoId = id,
                    UserId = $"new_creator_{i % 20}",
                    Username = $"new_creator_{i % 20}",
                    Title = $"What happened on day {i}",
                    Hashtags = [$"tag{i % 40}x0"],
                    Status = VideoStatus.Ready,
                    Upload = new Upload { Filename = "clip.mp4", FileSize = 4_000_000, DurationMs = 15_000 },
                    CreatedAt = now,
                    PublishedAt = now,
                },
                cancellationToken);
            ids.Add(id);
        }
        return ids;
    }

    private static IReadOnlyList<BenchmarkRow> Times(string name, (Start Server, Start Trainer) starts, bool target) =>
    [
        Row($"{name}: server ready", starts.Server.Time, target),
        Row($"{name}: server, processor time until then", starts.Server.Processor, target: false),
        Row($"{name}: trainer ready", starts.Trainer.Time, target),
        Row($"{name}: trainer, processor time until then", starts.Trainer.Processor, target: false),
    ];

    private static BenchmarkRow Row(string name, TimeSpan time, bool target) =>
        new() { Name = name, Value = time.TotalSeconds, Unit = "s", Target = target ? Target.Max(LongestRestart) : null };
}
