using System.Diagnostics;
using TikTok.Benchmarks.Harness;
using TikTok.Benchmarks.Prefetch.Policies;
using TikTok.Core.Prefetch;

namespace TikTok.Benchmarks.Prefetch;

/// <summary>
/// The prefetch rule on the traces of the ACM Multimedia 2022 short video streaming challenge, by the challenge's own score: against its No-Save and Fixed-Preload,
/// and against PDAS, which won it. Every policy sees the same fifty viewers on the same traces.
/// </summary>
internal sealed class PrefetchBenchmark : IBenchmark
{
    private const int Viewers = 50;

    /// <summary>The rule's parameters were chosen on the first of the viewers and the traces of even number. Held out is what shares neither.</summary>
    private const int ViewersOfChoice = 12;

    private const double LargestDisagreement = 1e-6;
    private const string DataOption = "--data";
    private const string ChallengeOption = "--challenge";

    public string Name => "prefetch";

    public string Summary => "what to download next: the score on the short video streaming challenge's traces, against its baselines and its winner";

    public IReadOnlyList<BenchmarkOption> Options =>
    [
        new(DataOption, "quality, prefetch: the directory of the public data."),
        new(ChallengeOption, "prefetch: a clone of the challenge's repository, with python3 and NumPy on this machine; its simulator is then held against ours."),
    ];

    public async Task<IReadOnlyList<BenchmarkRow>> RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        if (context.Option(DataOption) is not { } directory)
        {
            context.Log($"skipped: {DataOption} DIR is missing, the challenge's data with network_traces, short_video_size and user_ret.");
            return [];
        }

        var data = ChallengeData.Read(directory);
        var viewers = Viewer.SampleOfChallenge(data.Videos, Viewers);
        var rows = new List<BenchmarkRow>();
        foreach (var name in ChallengeData.Classes)
        {
            context.Log($"{viewers.Count} viewers on {data.Traces[name].Count} traces of class {name}");
            var ours = Play(data, name, viewers, NewOurs, cancellationToken);
            var peers = new Dictionary<string, IReadOnlyList<Played>>(StringComparer.Ordinal)
            {
                ["No-Save"] = Play(data, name, viewers, () => new NoSave(), cancellationToken),
                ["Fixed-Preload"] = Play(data, name, viewers, () => new FixedPreload(), cancellationToken),
                ["PDAS, the best of its readings"] = PdasReading.All.Select(r => Play(data, name, viewers, () => new Pdas(r), cancellationToken)).MaxBy(p => Score(p))!,
            };
            rows.AddRange(peers.Select(p => Row($"{name}: score", Score(ours), p.Key, Score(p.Value))));
            rows.AddRange(peers.Select(p => Row($"{name}: score, held out", Score(HeldOut(ours)), p.Key, Score(HeldOut(p.Value)))));
            rows.AddRange(Parts(name, ours, peers));
        }

        rows.Add(MeasureDecision(data, viewers[0]));
        rows.AddRange(await CompareAsync(context, data, cancellationToken));
        return rows;
    }

    private static IPolicy NewOurs() => new Ours(PrefetchParameters.Default);

    private static IReadOnlyList<Played> Play(
        ChallengeData data, string name, IReadOnlyList<Viewer> viewers, Func<IPolicy> policy, CancellationToken cancellationToken) =>
        [
            .. Enumerable.Range(0, data.Traces[name].Count).SelectMany(t => Enumerable.Range(0, viewers.Count).Select(v => (Trace: t, Viewer: v)))
                .AsParallel().AsOrdered().WithCancellation(cancellationToken)
                .Select(s => new Played(s.Trace, s.Viewer, Replay.Run(data.Traces[name][s.Trace], data.Videos, viewers[s.Viewer], policy()))),
        ];

    private static double Score(IReadOnlyList<Played> played) => played.Average(p => p.Result.Score);

    private static IReadOnlyList<Played> HeldOut(IReadOnlyList<Played> played) => [.. played.Where(p => p.Trace % 2 == 1 && p.Viewer >= ViewersOfChoice)];

    private static BenchmarkRow Row(string name, double ours, string peer, double theirs) =>
        new() { Name = name, Value = ours, Unit = "points", Peer = peer, PeerValue = theirs, Target = Target.Min(theirs) };

    private static IEnumerable<BenchmarkRow> Parts(string name, IReadOnlyList<Played> ours, Dictionary<string, IReadOnlyList<Played>> peers)
    {
        foreach (var (peer, theirs) in peers)
        {
            yield return Part("bit rate", "Mb/s", p => p.Sum(s => s.Result.Quality) / p.Sum(s => s.Result.WatchedSeconds));
            yield return Part("rebuffering", "% of watching", p => 100 * p.Sum(s => s.Result.RebufferSeconds) / p.Sum(s => s.Result.WatchedSeconds));
            yield return Part("wasted", "% of bytes", p => 100 * p.Sum(s => s.Result.WastedMegabits) / p.Sum(s => s.Result.DownloadedMegabits));

            BenchmarkRow Part(string part, string unit, Func<IReadOnlyList<Played>, double> of) =>
                new() { Name = $"{name}: {part}", Value = of(ours), Unit = unit, Peer = peer, PeerValue = of(theirs) };
        }
    }

    private static BenchmarkRow MeasureDecision(ChallengeData data, Viewer viewer)
    {
        var decisions = 0;
        var start = Stopwatch.GetTimestamp();
        foreach (var trace in data.Traces["medium"]) Replay.Run(trace, data.Videos, viewer, NewOurs(), _ => decisions++);
        return new() { Name = "one decision", Value = Stopwatch.GetElapsedTime(start).TotalMicroseconds / decisions, Unit = "µs" };
    }

    /// <summary>The same steps in both simulators: the baselines' by two implementations, the others' handed over.</summary>
    private static async Task<IReadOnlyList<BenchmarkRow>> CompareAsync(BenchmarkContext context, ChallengeData data, CancellationToken cancellationToken)
    {
        if (context.Option(ChallengeOption) is not { } directory)
        {
            context.Log($"without {ChallengeOption} DIR the replay is not held against the challenge's public simulator");
            return [];
        }

        context.Log("the same sessions in the challenge's public simulator");
        (string Row, string Policy, Func<IPolicy> New)[] policies =
        [
            ("No-Save", "no_save", () => new NoSave()), ("Fixed-Preload", "fixed_preload", () => new FixedPreload()),
            ("PDAS", "steps", () => new Pdas(PdasReading.All[0])), ("ours", "steps", NewOurs),
        ];
        var viewer = Viewer.OfChallenge(data.Videos);
        var sessions = new List<PublicSimulator.Session>();
        var scores = new List<(string Row, double Score)>();
        foreach (var (row, policy, newPolicy) in policies)
        {
            foreach (var name in ChallengeData.Classes)
            {
                for (var trace = 0; trace < data.Traces[name].Count; trace++)
                {
                    var steps = new List<int[]>();
                    var result = Replay.Run(data.Traces[name][trace], data.Videos, viewer, newPolicy(), s => steps.Add([s.Video, s.Rendition, s.SleepMs]));
                    sessions.Add(new PublicSimulator.Session(policy, name, trace, policy == "steps" ? steps : null));
                    scores.Add((row, result.Score));
                }
            }
        }

        var driver = Path.Combine(context.RepositoryRoot, "tests", "TikTok.Benchmarks", "Peers", "prefetch_challenge.py");
        var theirs = await new PublicSimulator(directory, driver).ScoreAsync(sessions, cancellationToken);
        return
        [
            .. scores.Zip(theirs, (own, their) => (own.Row, Difference: Math.Abs(own.Score - their))).GroupBy(d => d.Row).Select(d => new BenchmarkRow
            {
                Name = $"largest difference to the public simulator, {d.Key}", Value = d.Max(x => x.Difference), Unit = "points", Target = Target.Max(LargestDisagreement),
            }),
        ];
    }

    private sealed record Played(int Trace, int Viewer, ReplayScore Result);
}
