using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using TikTok.Benchmarks.Harness;

namespace TikTok.Benchmarks;

/// <summary>
/// Pages of the feed, of the whole service with everything it needs on the same cores, load generator included: many people who each swipe on from cursor to
/// cursor, at a steady rate that does not wait for answers. A page counts with the time from when it was due.
/// </summary>
internal sealed class FeedBenchmark : IBenchmark
{
    private const int Accounts = 1_000;
    private const int Videos = 10_000;

    // Everyone asks for a page every five seconds, and ends with twelve pages and more behind them.
    private const int Viewers = 250;
    private const double PerSecond = 50;
    private const double MaxP99 = 100;

    // Each page reads one list of every creator followed.
    private const int Followers = 20;
    private const int CreatorsFollowed = 200;
    private const double FollowingPerSecond = 2;

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan FollowingWarmUp = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan FollowingWindow = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan RankerPatience = TimeSpan.FromMinutes(1);

    public string Name => "feed";

    public string Summary => "pages of the feed at 50 a second: latency from when a page was due, errors, fallbacks, processor time";

    public async Task<IReadOnlyList<BenchmarkRow>> RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        await using var service = await BenchService.StartAsync(context, cancellationToken);
        var population = await Population.SettleAsync(service, Accounts, Videos, context, cancellationToken);
        await UntilRankedAsync(service, context.Time, cancellationToken);

        context.Log($"For You: {PerSecond:0} pages/s for {(WarmUp + Window).TotalSeconds:0} s");
        var forYou = await MeasureAsync(service, population, "feed", Viewers, new OpenLoop(PerSecond, WarmUp, Window, context.Time), cancellationToken);

        await population.FollowAsync(Followers, CreatorsFollowed, context.Time, cancellationToken);
        context.Log($"following: {FollowingPerSecond:0} pages/s for {(FollowingWarmUp + FollowingWindow).TotalSeconds:0} s");
        var loop = new OpenLoop(FollowingPerSecond, FollowingWarmUp, FollowingWindow, context.Time);
        var following = await MeasureAsync(service, population, "feed/following", Followers, loop, cancellationToken);

        return
        [
            .. Rows("feed", forYou, Target.Max(MaxP99)),
            new() { Name = "feed: not ranked (fallback)", Value = 100.0 * forYou.Fallbacks / forYou.Pages, Unit = "%", Target = Target.Max(0.1) },
            .. forYou.CpuPerPage.Select(cpu => new BenchmarkRow { Name = $"feed: processor, {cpu.Key}", Value = cpu.Value, Unit = "ms/page" }),
            .. Rows($"following {CreatorsFollowed}", following, null),
        ];
    }

    private static IEnumerable<BenchmarkRow> Rows(string name, Figures figures, Target? p99) =>
    [
        new() { Name = $"{name}: p50", Value = figures.Latencies.At(0.50), Unit = "ms" },
        new() { Name = $"{name}: p95", Value = figures.Latencies.At(0.95), Unit = "ms" },
        new() { Name = $"{name}: p99", Value = figures.Latencies.At(0.99), Unit = "ms", Target = p99 },
        new() { Name = $"{name}: pages", Value = figures.Pages, Unit = "" },
        new() { Name = $"{name}: errors", Value = figures.Errors, Unit = "", Target = Target.Max(0) },
    ];

    private static async Task<Figures> MeasureAsync(
        BenchService service, Population population, string path, int people, OpenLoop loop, CancellationToken cancellationToken)
    {
        var viewers = population.Accounts.Take(people).Select(account => new Viewer(service.Http, path, service.SignIn(account))).ToList();
        var pages = new ConcurrentQueue<Page>();
        var looks = new List<(IReadOnlyList<ServiceProcess> Service, TimeSpan Own)>();
        var latencies = await loop.RunAsync(
            async (i, isMeasured) =>
            {
                var page = await viewers[i % people].NextAsync(cancellationToken);
                if (isMeasured) pages.Enqueue(page);
            },
            () => looks.Add((service.Processes(), Process.GetCurrentProcess().TotalProcessorTime)),
            cancellationToken);

        var cpu = looks[1].Service
            .GroupBy(one => one.Name, one => one.CpuSince(looks[0].Service).TotalMilliseconds / pages.Count)
            .ToDictionary(one => one.Key, one => one.Sum(), StringComparer.Ordinal);
        cpu["load generator"] = (looks[1].Own - looks[0].Own).TotalMilliseconds / pages.Count;
        return new Figures(latencies, pages.Count, pages.Count(p => !p.IsGood), pages.Count(p => p.IsFallback), cpu);
    }

    /// <summary>Until the ranker's catalogue holds every video.</summary>
    private static async Task UntilRankedAsync(BenchService service, TimeProvider time, CancellationToken cancellationToken)
    {
        using var http = new HttpClient
        {
            BaseAddress = service.Ranker,
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        var started = time.GetTimestamp();
        while (true)
        {
            using var response = await http.GetAsync(new Uri("ready", UriKind.Relative), cancellationToken);
            var answer = await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
            if (response.IsSuccessStatusCode && answer.GetProperty("videos").GetInt32() >= Videos) return;
            if (time.GetElapsedTime(started) > RankerPatience) throw new TimeoutException("The ranker does not know all videos.");
            await Task.Delay(TimeSpan.FromMilliseconds(200), time, cancellationToken);
        }
    }

    /// <param name="CpuPerPage">By process, in milliseconds.</param>
    private sealed record Figures(Latencies Latencies, int Pages, int Errors, int Fallbacks, IReadOnlyDictionary<string, double> CpuPerPage);

    /// <param name="IsGood">200, with videos that this viewer has not been shown yet.</param>
    private sealed record Page(bool IsGood, bool IsFallback);

    /// <summary>One who swipes: asks for a page after the other, never for two at once.</summary>
    private sealed class Viewer(HttpClient http, string path, AuthenticationHeaderValue authorization)
    {
        private readonly SemaphoreSlim _turn = new(1);
        private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
        private string? _cursor;

        public async Task<Page> NextAsync(CancellationToken cancellationToken)
        {
            await _turn.WaitAsync(cancellationToken);
            try
            {
                var address = _cursor is null ? path : $"{path}?cursor={Uri.EscapeDataString(_cursor)}";
                using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(address, UriKind.Relative)) { Headers = { Authorization = authorization } };
                using var response = await http.SendAsync(request, cancellationToken);
                if (!response.IsSuccessStatusCode) return new Page(IsGood: false, IsFallback: false);

                using var body = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(cancellationToken));
                var items = body.RootElement.GetProperty("items");
                var isGood = items.GetArrayLength() > 0 && items.EnumerateArray().All(item => _seen.Add(item.GetProperty("id").GetString()!));
                _cursor = Optional(body.RootElement, "nextCursor");

                // At the end, from the beginning.
                if (_cursor is null) _seen.Clear();
                return new Page(isGood, Optional(body.RootElement, "fallback") is not null);
            }
            catch (HttpRequestException)
            {
                return new Page(IsGood: false, IsFallback: false);
            }
            finally
            {
                _turn.Release();
            }
        }

        private static string? Optional(JsonElement body, string property) =>
            body.TryGetProperty(property, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
    }
}
