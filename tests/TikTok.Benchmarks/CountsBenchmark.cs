using System.Net.Http.Headers;
using System.Net.Http.Json;
using TikTok.Benchmarks.Harness;
using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;
using TikTok.Functions.Analytics;

namespace TikTok.Benchmarks;

/// <summary>
/// Watch events through the whole service: how many it accepts a second in the batches that apps send, how long after that the last of them is in a video's
/// count, how long one takes that comes while others do at a steady rate, and whether every event has been counted, once.
/// </summary>
internal sealed class CountsBenchmark : IBenchmark
{
    private const int Accounts = 200;
    private const int Videos = 500;
    private const int Senders = 8;
    private const int BatchSize = 20;
    private const double SteadyBatchesPerSecond = 10;
    private const int Probes = 100;

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(12);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public string Name => "counts";

    public string Summary => "watch events: accepted a second, time until they are in a video's count, and whether the counts are exact";

    public async Task<IReadOnlyList<BenchmarkRow>> RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        await using var service = await BenchService.StartAsync(context, cancellationToken);
        var population = await Population.SettleAsync(service, Accounts, Videos, context, cancellationToken);
        var run = new Run(service, population, context.Time);
        await run.LookAsync(cancellationToken);

        context.Log($"{Senders} senders of {BatchSize} events at a time for {(WarmUp + Window).TotalSeconds:0} s");
        var load = await new LoadLoop(Senders, WarmUp, Window, context.Time).RunAsync((sender, _) => run.SendAsync(sender, cancellationToken), cancellationToken);
        var sent = context.Time.GetTimestamp();
        await run.UntilCountedAsync(cancellationToken);
        var drained = context.Time.GetElapsedTime(sent);

        context.Log($"one event at a time, beside {SteadyBatchesPerSecond * BatchSize:0} a second");
        var probes = await ProbeAsync(run, context.Time, cancellationToken);
        await run.UntilCountedAsync(cancellationToken);

        return
        [
            new() { Name = "accepted", Value = load.PerSecond * BatchSize, Unit = "events/s" },
            new() { Name = $"batch of {BatchSize}, p50", Value = load.P50, Unit = "ms" },
            new() { Name = $"batch of {BatchSize}, p99", Value = load.P99, Unit = "ms" },
            new() { Name = "last accepted to last counted", Value = drained.TotalSeconds, Unit = "s" },
            new() { Name = $"accepted to counted at {SteadyBatchesPerSecond * BatchSize:0}/s, p50", Value = probes.At(0.50), Unit = "ms" },
            new() { Name = $"accepted to counted at {SteadyBatchesPerSecond * BatchSize:0}/s, p99", Value = probes.At(0.99), Unit = "ms" },
            new() { Name = "events", Value = run.Accepted, Unit = "" },
            new() { Name = "missing or counted twice", Value = await run.WrongAsync(cancellationToken), Unit = "events", Target = Target.Max(0) },
        ];
    }

    /// <summary>While batches come at a steady rate: how long single events of a video that nobody else watches take to be in its count.</summary>
    private static async Task<Latencies> ProbeAsync(Run run, TimeProvider time, CancellationToken cancellationToken)
    {
        using var probed = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var steady = SendSteadilyAsync();
        var taken = new List<double>(Probes);
        for (var i = 0; i < Probes; i++) taken.Add((await run.ProbeAsync(i, cancellationToken)).TotalMilliseconds);
        await probed.CancelAsync();
        await steady;
        return new Latencies(taken);

        async Task SendSteadilyAsync()
        {
            using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1 / SteadyBatchesPerSecond), time);
            var sending = new List<Task>();
            while (!probed.IsCancellationRequested)
            {
                sending.Add(run.SendAsync(sending.Count % Senders, cancellationToken));
                await timer.WaitForNextTickAsync(probed.Token).AsTask().ContinueWith(_ => { }, TaskScheduler.Default);
            }
            await Task.WhenAll(sending);
        }
    }

    /// <summary>What was sent, and what has been counted of it.</summary>
    private sealed class Run(BenchService service, Population population, TimeProvider time)
    {
        private readonly VideoStore _videos = new(service.Cosmos);
        private readonly long[] _expected = new long[population.VideoIds.Count];
        private readonly Dictionary<string, AuthenticationHeaderValue> _authorizations = [];
        private long _accepted;

        /// <summary>The last videos are the probes', so that their counts are theirs alone.</summary>
        private int Watched => population.VideoIds.Count - Probes;

        public long Accepted => Volatile.Read(ref _accepted);

        /// <summary>What is counted before the first event.</summary>
        public async Task LookAsync(CancellationToken cancellationToken)
        {
            foreach (var account in population.Accounts) _authorizations[account.UserId] = service.SignIn(account);
            (await CountsAsync(cancellationToken)).CopyTo(_expected, 0);
        }

        public async Task SendAsync(int sender, CancellationToken cancellationToken)
        {
            var indices = Enumerable.Range(0, BatchSize).Select(_ => Population.Skewed(Random.Shared, Watched)).ToList();
            var account = population.Accounts[(sender + (Random.Shared.Next(population.Accounts.Count / Senders) * Senders)) % population.Accounts.Count];
            await PostAsync(account, new WatchRequest(Events: [.. indices.Select(NewEvent)]), cancellationToken);
            foreach (var index in indices) Interlocked.Increment(ref _expected[index]);
            Interlocked.Add(ref _accepted, BatchSize);
        }

        /// <summary>From the answer until the count has it.</summary>
        public async Task<TimeSpan> ProbeAsync(int number, CancellationToken cancellationToken)
        {
            var index = Watched + number;
            await PostAsync(population.Accounts[number % population.Accounts.Count], new WatchRequest(Events: [NewEvent(index)]), cancellationToken);
            var accepted = time.GetTimestamp();
            Interlocked.Increment(ref _accepted);
            var expected = Interlocked.Increment(ref _expected[index]);
            while ((await _videos.FindAsync(population.VideoIds[index], cancellationToken))!.Counters.Views < expected)
            {
                if (time.GetElapsedTime(accepted) > Patience) throw new TimeoutException("An event has not been counted.");
                await Task.Delay(PollInterval, time, cancellationToken);
            }
            return time.GetElapsedTime(accepted);
        }

        public async Task UntilCountedAsync(CancellationToken cancellationToken)
        {
            var started = time.GetTimestamp();
            while ((await CountsAsync(cancellationToken)).Sum() < _expected.Sum())
            {
                if (time.GetElapsedTime(started) > Patience) return;
                await Task.Delay(TimeSpan.FromMilliseconds(50), time, cancellationToken);
            }
        }

        public async Task<long> WrongAsync(CancellationToken cancellationToken) =>
            (await CountsAsync(cancellationToken)).Zip(_expected, (counted, expected) => Math.Abs(counted - expected)).Sum();

        private async Task<long[]> CountsAsync(CancellationToken cancellationToken) =>
            [.. (await _videos.FindManyAsync(population.VideoIds, cancellationToken)).Select(video => video.Counters.Views)];

        private async Task PostAsync(Account account, WatchRequest body, CancellationToken cancellationToken)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("analytics/watch", UriKind.Relative))
            {
                Content = JsonContent.Create(body, options: CoreJson.Options),
                Headers = { Authorization = _authorizations[account.UserId] },
            };
            using var response = await service.Http.SendAsync(request, cancellationToken);
            response.EnsureSuccessStatusCode();
        }

        private WatchEvent NewEvent(int index) => new(population.VideoIds[index], Random.Shared.Next(500, 21_000), 21_000, WatchSource.Fyp);
    }
}
