using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using TikTok.Benchmarks.Harness;
using TikTok.Benchmarks.Rank;
using TikTok.Core;
using TikTok.Core.Ranking;
using TikTok.Ranker.People;
using TikTok.Ranker.Ranking;
using TikTok.Ranker.Retrieval;
using TikTok.Ranker.Retrieval.Towers;

namespace TikTok.Benchmarks.Degradation;

/// <summary>
/// Each dependency of the ranker missing, failing, slow and hanging in turn, under load over HTTP: is every request answered within its deadline, and does the answer say what it
/// had to do without?
/// </summary>
internal sealed class DegradationBenchmark : IBenchmark
{
    private const int Videos = 50_000;
    private const int People = 200;
    private const int Dimensions = 64;
    private const double LongestMs = RankRequests.DeadlineMs + 5;
    private const int PerSecond = 25;
    private const int TooManyPerSecond = 1_200;

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(6);

    public string Name => "degradation";

    public string Summary => "the ranker while each of its dependencies is missing, failing, slow or hanging: answers in time, and why they are less";

    public async Task<IReadOnlyList<BenchmarkRow>> RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        var (database, index, model) = (new Switch(), new Switch(), new Switch());
        var catalogue = new SyntheticCatalogue(Videos, People);
        await using var server = new RankServer(Dimensions, new ShiftedTime(SyntheticCatalogue.Now), services => services
            .Replace(ServiceDescriptor.Singleton<INearestVideos>(all => new FaultyIndex(all.GetRequiredService<VideoSpace>(), index)))
            .AddSingleton<IPersonReader>(new FaultyReader(database))
            .AddSingleton(new FeatureStoreOptions())
            .AddSingleton<FeatureStore>()
            .Replace(ServiceDescriptor.Singleton<IPersonSource>(all => all.GetRequiredService<FeatureStore>())));
        RankState.Fill(server.Ranker, catalogue, directory: null, context.Log, cancellationToken);
        await server.StartAsync(cancellationToken);
        server.Serve(new FaultyModel(LargeRanker.NewModel(RankingDevice.Cpu), model));
        var load = new Load(server, catalogue);
        for (var i = 0; i < 300; i++) await load.WarmUpAsync(cancellationToken);

        var rows = new List<BenchmarkRow>();
        await MeasureAsync("all is well", null, null, Condition.Well, PerSecond);
        foreach (var condition in (Condition[])[Condition.Throws, Condition.Slow, Condition.Hangs]) await MeasureAsync("database", "stale-person", database, condition, PerSecond);
        foreach (var condition in (Condition[])[Condition.Missing, Condition.Throws, Condition.Slow, Condition.Hangs]) await MeasureAsync("index", "no-index", index, condition, PerSecond);
        foreach (var condition in (Condition[])[Condition.Throws, Condition.Slow, Condition.Hangs]) await MeasureAsync("model", "heuristic", model, condition, PerSecond);
        await MeasureAsync("far too many requests", "overload", null, Condition.Well, TooManyPerSecond);
        await MeasureAsync("all is well again", null, null, Condition.Well, PerSecond);
        return rows;

        async Task MeasureAsync(string what, string? reason, Switch? gate, Condition condition, int perSecond)
        {
            var name = gate is null ? what : $"{what} {Words(condition)}";
            context.Log(name);
            if (gate is not null) gate.Condition = condition;
            var answers = await load.RunAsync(perSecond, context.Time, cancellationToken);
            if (gate is not null) gate.Condition = Condition.Well;
            rows.Add(new BenchmarkRow { Name = $"{name}: answered with a page", Value = answers.Count(a => a.Videos > 0), Unit = $"of {answers.Count}", Target = Target.Min(answers.Count) });
            rows.Add(new BenchmarkRow { Name = $"{name}: slowest answer", Value = answers.Max(a => a.Milliseconds), Unit = "ms", Target = Target.Max(LongestMs) });
            rows.Add(new BenchmarkRow { Name = $"{name}: p99", Value = new Latencies(answers.Select(a => a.Milliseconds)).At(0.99), Unit = "ms" });
            if (reason is not null)
            {
                rows.Add(new BenchmarkRow
                {
                    Name = $"{name}: answers that say {reason}",
                    Value = answers.Count(a => a.Reasons.Contains(reason, StringComparer.Ordinal)),
                    Unit = $"of {answers.Count}",
                    Target = Target.Min(1),
                });
            }
            context.Log(string.Join(", ", answers.SelectMany(a => a.Reasons.DefaultIfEmpty("whole")).CountBy(r => r).OrderByDescending(r => r.Value).Select(r => $"{r.Key} {r.Value}")));

            // What was slow may still be at work.
            await Task.Delay(WarmUp, cancellationToken);
        }
    }

    private static string Words(Condition condition) => condition switch
    {
        Condition.Missing => "is missing",
        Condition.Throws => "fails",
        Condition.Slow => "takes 120 ms",
        Condition.Hangs => "hangs",
        _ => "is well",
    };

    /// <param name="Milliseconds">From sending to the last byte, as the caller sees it.</param>
    private sealed record Answer(double Milliseconds, int Videos, IReadOnlyList<string> Reasons);

    /// <summary>Half of the requests are of people whom the table knows, half of people whom the database has to be asked for.</summary>
    private sealed class Load(RankServer server, SyntheticCatalogue catalogue)
    {
        private int _strangers;

        public Task WarmUpAsync(CancellationToken cancellationToken) => AskAsync(Interlocked.Increment(ref _strangers), cancellationToken);

        public async Task<IReadOnlyList<Answer>> RunAsync(int perSecond, TimeProvider time, CancellationToken cancellationToken)
        {
            var answers = new ConcurrentBag<Answer>();
            await new OpenLoop(perSecond, WarmUp, Window, time).RunAsync(
                async (_, isMeasured) =>
                {
                    var answer = await AskAsync(Interlocked.Increment(ref _strangers), cancellationToken);
                    if (isMeasured) answers.Add(answer);
                },
                () => { }, cancellationToken);
            return [.. answers];
        }

        private async Task<Answer> AskAsync(int number, CancellationToken cancellationToken)
        {
            var request = new RankRequest
            {
                UserId = number % 2 == 0 ? SyntheticCatalogue.UserId(number / 2 % catalogue.People) : SyntheticCatalogue.UserId(catalogue.People + number),
                Count = RankRequests.PageSize,
                DeadlineMs = RankRequests.DeadlineMs,
            };
            var body = RankServer.Body(request);
            var began = Stopwatch.GetTimestamp();
            var answer = await server.RankAsync(body, cancellationToken);
            var took = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
            var read = JsonSerializer.Deserialize<RankResponse>(answer, CoreJson.Options)!;
            return new Answer(took, read.Items.Count, read.Degradations);
        }
    }
}
