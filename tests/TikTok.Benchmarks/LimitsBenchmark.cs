using System.Diagnostics;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Cosmos;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using TikTok.Benchmarks.Harness;
using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;
using TikTok.Functions.Platform;
using TikTok.Local.Cosmos;
using RateLimiter = TikTok.Functions.Platform.RateLimiter;

namespace TikTok.Benchmarks;

/// <summary>
/// What the rate limiter costs a request, header fields included: far from the limit, near it where every token comes from the shared bucket, and where it is
/// known to be empty. Held against the same requests without it, and with the limiter of .NET, whose buckets no other instance knows of. The shared buckets are in the Cosmos DB emulator, on the same cores, so that the
/// reports behind the callers' backs are in the figures.
/// </summary>
internal sealed class LimitsBenchmark : IBenchmark
{
    private const int People = 64;
    private const int FarRequests = 400_000;
    private const int FarPeople = 100;
    private const int FarRequestsEach = 400;
    private const int NearRequests = 600;
    private const double MaxFarNanoseconds = 5_000;

    public string Name => "limits";

    public string Summary => "the rate limiter: time and memory per request far from the limit, near it and beyond it, against none";

    public async Task<IReadOnlyList<BenchmarkRow>> RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        await using var emulator = await CosmosEmulator.StartAsync(Path.Combine(context.WorkDirectory, "cosmos"), 0, context.Time, cancellationToken);
        var connection = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            [Connections.Cosmos] = $"AccountEndpoint={emulator.Endpoint};AccountKey={CosmosEmulator.EmulatorKey};DisableServerCertificateValidation=True",
        };
        using var cosmos = new AzureClients(new ConfigurationBuilder().AddInMemoryCollection(connection).Build()).Cosmos();
        await CosmosSchema.EnsureCreatedAsync(cosmos, cancellationToken);

        // The product's own figures, of which each person uses less than half; so far from the limit that the run does not come near it; so small that every token is shared; and one that is used up at once.
        var product = NewLimits(cosmos, context.Time, 1_000);
        var far = NewLimits(cosmos, context.Time, 100_000_000).Limits;
        var near = NewLimits(cosmos, context.Time, 90).Limits;
        var beyond = NewLimits(cosmos, context.Time, 1).Limits;
        var people = Enumerable.Range(0, People).Select(_ => NewCaller(context.Time)).ToList();

        context.Log("warm-up");
        await MeasureAsync(people, People * 200, far);
        await MeasureAsync(people, People * 200, null);
        await MeasureAsync([NewCaller(context.Time)], 50, near);

        context.Log($"{FarRequests} requests far from the limit, and without it");
        var none = await MeasureAsync(people, FarRequests, null);
        var farCost = await MeasureAsync(people, FarRequests, far);
        var aloneCost = await MeasureAloneAsync(people, FarRequests);

        context.Log($"{FarPeople * FarRequestsEach} requests of people who use the product's limits, until all of it is in the shared buckets");
        var start = Stopwatch.GetTimestamp();
        await MeasureAsync([.. Enumerable.Range(0, FarPeople).Select(_ => NewCaller(context.Time))], FarPeople * FarRequestsEach, product.Limits);
        await product.Limiter.FlushAsync(cancellationToken);
        var shared = Stopwatch.GetElapsedTime(start).TotalMicroseconds / (FarPeople * FarRequestsEach);

        context.Log($"{NearRequests} requests that each take from the shared bucket");
        var nearCost = await MeasureAsync([.. Enumerable.Range(0, NearRequests / 60).Select(_ => NewCaller(context.Time))], NearRequests, near);

        context.Log("requests beyond the limit");
        var spent = NewCaller(context.Time);
        await MeasureAsync([spent], 2, beyond);
        var beyondCost = await MeasureAsync([spent], 20_000, beyond);

        const string Peer = "the same without the limiter";
        const string Alone = "System.Threading.RateLimiting, in one process";
        return
        [
            new() { Name = "far from the limit", Value = farCost.Nanoseconds, Unit = "ns", Peer = Peer, PeerValue = none.Nanoseconds, Target = Target.Max(MaxFarNanoseconds) },
            new() { Name = "far from the limit, allocated", Value = farCost.Bytes, Unit = "B", Peer = Peer, PeerValue = none.Bytes },
            new() { Name = "far from the limit", Value = farCost.Nanoseconds, Unit = "ns", Peer = Alone, PeerValue = aloneCost.Nanoseconds },
            new() { Name = "far from the limit, allocated", Value = farCost.Bytes, Unit = "B", Peer = Alone, PeerValue = aloneCost.Bytes },
            new() { Name = "far from the limit, all reports done (client and emulator)", Value = shared, Unit = "µs", Peer = Peer, PeerValue = none.Nanoseconds / 1000 },
            new() { Name = "near the limit, mean", Value = nearCost.Nanoseconds / 1000, Unit = "µs", Peer = Peer, PeerValue = none.Nanoseconds / 1000 },
            new() { Name = "near the limit, p99", Value = nearCost.P99 / 1000, Unit = "µs" },
            new() { Name = "near the limit, allocated (client and emulator)", Value = nearCost.Bytes / 1024, Unit = "KiB" },
            new() { Name = "beyond the limit, with the exception that refuses", Value = beyondCost.Nanoseconds / 1000, Unit = "µs", Peer = Peer, PeerValue = none.Nanoseconds / 1000 },
            new() { Name = "beyond the limit, allocated", Value = beyondCost.Bytes, Unit = "B", Peer = Peer, PeerValue = none.Bytes },
        ];
    }

    private static async Task<(double Nanoseconds, double Bytes, double P99)> MeasureAsync(IReadOnlyList<Caller> callers, int requests, RouteLimits? limits)
    {
        var times = new List<double>(Math.Min(requests, 10_000));
        GC.Collect();
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < requests; i++)
        {
            var began = requests <= 10_000 ? Stopwatch.GetTimestamp() : 0;
            var http = new DefaultHttpContext();
            http.Features.Set(callers[i % callers.Count]);
            try
            {
                if (limits is not null) await limits.TakeAsync(http, RouteClass.Requests);
            }
            catch (ProblemException)
            {
                // What a refusal costs is one of the figures.
            }

            if (began > 0) times.Add(Stopwatch.GetElapsedTime(began).TotalNanoseconds);
        }

        var elapsed = Stopwatch.GetElapsedTime(start);
        allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
        times.Sort();
        return (elapsed.TotalNanoseconds / requests, (double)allocated / requests, times.Count > 0 ? times[(int)(times.Count * 0.99)] : double.NaN);
    }

    /// <summary>The same requests through token buckets of .NET. It says nothing in the answer, and two instances allow twice as much.</summary>
    private static async Task<(double Nanoseconds, double Bytes)> MeasureAloneAsync(IReadOnlyList<Caller> callers, int requests)
    {
        var options = new TokenBucketRateLimiterOptions
        {
            TokenLimit = 100_000_000,
            TokensPerPeriod = 1_000,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
            QueueLimit = 0,
            AutoReplenishment = true,
        };
        await using var limiter = PartitionedRateLimiter.Create<HttpContext, string>(
            http => RateLimitPartition.GetTokenBucketLimiter(http.Features.Get<Caller>()!.UserId, _ => options));
        await RunAsync(callers.Count * 200);
        GC.Collect();
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        var start = Stopwatch.GetTimestamp();
        await RunAsync(requests);
        var elapsed = Stopwatch.GetElapsedTime(start);
        return (elapsed.TotalNanoseconds / requests, (double)(GC.GetTotalAllocatedBytes(precise: true) - allocated) / requests);

        async Task RunAsync(int count)
        {
            for (var i = 0; i < count; i++)
            {
                var http = new DefaultHttpContext();
                http.Features.Set(callers[i % callers.Count]);
                using var lease = await limiter.AcquireAsync(http, cancellationToken: http.RequestAborted);
                if (!lease.IsAcquired) throw new InvalidOperationException("The peer's bucket is empty.");
            }
        }
    }

    private static Caller NewCaller(TimeProvider time) => new(Id.New(time), "someone", Role.User, AccountType.Standard);

    private static (RouteLimits Limits, RateLimiter Limiter) NewLimits(CosmosClient cosmos, TimeProvider time, int capacity)
    {
        var settings = new Dictionary<string, string?>(StringComparer.Ordinal) { ["RateLimits:Requests"] = $"{capacity}" };
        var limiter = new RateLimiter(new LimitStore(cosmos, new PlatformSecret(Convert.ToBase64String(new byte[32]))), time, NullLogger<RateLimiter>.Instance);
        var table = new RateLimits(new ConfigurationBuilder().AddInMemoryCollection(settings).Build());
        return (new RouteLimits(table, limiter), limiter);
    }
}
