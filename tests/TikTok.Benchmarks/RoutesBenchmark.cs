using System.Net.Http.Json;
using System.Text.Json;
using TikTok.Benchmarks.Harness;
using TikTok.Benchmarks.Routes;
using TikTok.Core;
using TikTok.Functions.Platform;

namespace TikTok.Benchmarks;

/// <summary>
/// Every route of the catalog, one call after the other, each of which succeeds: how long it takes and what it allocates. A route without a script stops the
/// benchmark, so that none is forgotten.
/// </summary>
/// <remarks>
/// Allocated is what the functions process allocates during the calls, in all: the host, the clients, and what the change feed and the readers of the log do with
/// what was written meanwhile; less what it allocates at rest.
/// </remarks>
internal sealed class RoutesBenchmark : IBenchmark
{
    private static readonly TimeSpan TimePerRoute = TimeSpan.FromSeconds(1.2);
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(4);

    public string Name => "routes";

    public string Summary => "every route of the API: p50 and bytes allocated per call, slowest first, as a Markdown table";

    public async Task<IReadOnlyList<BenchmarkRow>> RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        await using var service = await BenchService.StartAsync(context, cancellationToken);
        var world = new RouteWorld(service, context);
        await world.FillAsync(cancellationToken);
        var scripts = (await RouteScripts.AllAsync(world, cancellationToken)).ToList();
        var functions = new FunctionCatalog(typeof(FunctionCatalog).Assembly).All.ToDictionary(f => f.Name, StringComparer.Ordinal);
        if (functions.Keys.Except(scripts.Select(s => s.Function)).ToList() is { Count: > 0 } forgotten)
            throw new InvalidOperationException($"No script calls {string.Join(", ", forgotten)}.");

        var host = new HostStatus(service, context.Time);
        var atRest = await host.AllocatedPerSecondAsync(Rest, cancellationToken);
        context.Log($"{scripts.Count} routes; at rest the process allocates {atRest / 1024:0} KiB/s");
        var figures = new List<RouteFigures>();
        foreach (var script in scripts)
            figures.Add(await MeasureAsync(service, host, functions[script.Function], script, atRest, context.Time, cancellationToken));

        figures.Sort((left, right) => right.P50.CompareTo(left.P50));
        Print(figures);
        return
        [
            new() { Name = "routes", Value = figures.Count, Unit = "" },
            new() { Name = "calls that failed", Value = figures.Sum(f => f.Failed), Unit = "", Target = Target.Max(0) },
            .. figures.SelectMany(f => (BenchmarkRow[])
            [
                new() { Name = $"{f.Route}: p50", Value = f.P50, Unit = "ms" },
                new() { Name = $"{f.Route}: allocated", Value = f.Allocated / 1024, Unit = "KiB" },
            ]),
        ];
    }

    private static async Task<RouteFigures> MeasureAsync(
        BenchService service, HostStatus host, HttpFunction function, RouteScript script, double atRest, TimeProvider time, CancellationToken cancellationToken)
    {
        var warmUp = Math.Min(20, script.Most / 4);
        var (taken, failed, next) = (new List<double>(), 0, 0);
        while (next < warmUp) await CallAsync();
        taken.Clear();

        var allocated = await host.AllocatedAsync(cancellationToken);
        var started = time.GetTimestamp();
        while (next < script.Most && (time.GetElapsedTime(started) < TimePerRoute || taken.Count < warmUp)) await CallAsync();
        var elapsed = time.GetElapsedTime(started).TotalSeconds;
        allocated = await host.AllocatedAsync(cancellationToken) - allocated;
        return new RouteFigures(
            $"{function.Methods[0]} {function.Route}", new Latencies(taken).At(0.5), Math.Max(0, allocated - (atRest * elapsed)) / taken.Count, taken.Count, failed);

        async Task CallAsync()
        {
            var call = await script.Call(next++);
            using var request = new HttpRequestMessage(new HttpMethod(function.Methods[0]), new Uri(call.Path, UriKind.Relative)) { Headers = { Authorization = call.As } };
            if (call.Body is not null) request.Content = JsonContent.Create(call.Body, call.Body.GetType(), options: CoreJson.Options);
            var began = time.GetTimestamp();
            using var response = await service.Http.SendAsync(request, cancellationToken);
            var answer = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            taken.Add(time.GetElapsedTime(began).TotalMilliseconds);
            if (!response.IsSuccessStatusCode)
            {
                if (failed++ == 0) Console.WriteLine($"{function.Name}: {(int)response.StatusCode} {System.Text.Encoding.UTF8.GetString(answer)}");
                return;
            }
            if (script.Then is not null) script.Then(JsonElement.Parse(answer));
        }
    }

    private static void Print(IEnumerable<RouteFigures> figures)
    {
        Console.WriteLine("\n| route | p50 | allocated | calls |\n|---|---|---|---|");
        foreach (var (route, p50, allocated, calls, _) in figures)
            Console.WriteLine(FormattableString.Invariant($"| `{route}` | {p50:0.0} ms | {allocated / 1024:#,0} KiB | {calls} |"));
        Console.WriteLine();
    }

    /// <param name="P50">Milliseconds.</param>
    /// <param name="Allocated">Bytes per call.</param>
    private sealed record RouteFigures(string Route, double P50, double Allocated, int Calls, int Failed);

    /// <summary>What the functions host says of itself.</summary>
    private sealed class HostStatus(BenchService service, TimeProvider time)
    {
        private readonly Uri _address = new(service.Http.BaseAddress!, "/admin/host/status");

        /// <summary>Bytes, since the process began.</summary>
        public async Task<long> AllocatedAsync(CancellationToken cancellationToken) =>
            (await service.Http.GetFromJsonAsync<JsonElement>(_address, cancellationToken)).GetProperty("allocatedBytes").GetInt64();

        public async Task<double> AllocatedPerSecondAsync(TimeSpan window, CancellationToken cancellationToken)
        {
            var before = await AllocatedAsync(cancellationToken);
            var started = time.GetTimestamp();
            await Task.Delay(window, time, cancellationToken);
            return (await AllocatedAsync(cancellationToken) - before) / time.GetElapsedTime(started).TotalSeconds;
        }
    }
}
