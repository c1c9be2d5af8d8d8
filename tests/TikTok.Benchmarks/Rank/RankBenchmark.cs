using System.Buffers;
using System.Globalization;
using TikTok.Benchmarks.Harness;
using TikTok.Ranker.Ranking;
using TikTok.Ranker.Ranking.Onnx;
using TikTok.Ranker.Serving;

namespace TikTok.Benchmarks.Rank;

/// <summary>
/// A request of 5,000 candidates over a large catalogue, through the endpoints that serve: one at a time, with the time of each stage against the product's latency table, then more and
/// more a second. The catalogue, the people and the model's weights are made up; what is done with them is not.
/// </summary>
internal sealed class RankBenchmark : IBenchmark
{
    private const int DefaultVideos = 1_000_000;
    private const int DefaultDimensions = 64;
    private const int People = 500;
    private const int WarmUp = 300;
    private const int Requests = 1_000;
    private const double LargestAllocation = 64;
    private const double WholeShare = 0.99;
    private const string VideosOption = "--videos";
    private const string DimensionsOption = "--dimensions";
    private const string StateOption = "--state";

    /// <summary>The product's latency table, in milliseconds; extraction is a part of ranking and is measured by itself as well.</summary>
    private static readonly (string Stage, double Budget)[] Table =
        [("parse", 1), ("features", 3), ("retrieval", 8), ("ranking", 30), ("reranking", 5), ("response", 3)];

    private static readonly int[] Rates = [5, 10, 15, 20, 25, 30, 40, 50, 60, 80, 100, 120, 150, 200];
    private static readonly TimeSpan RateWarmUp = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan RateWindow = TimeSpan.FromSeconds(8);

    public string Name => "rank";

    public string Summary => "a request of 5,000 candidates over a million videos: time per stage, requests/s, allocations, memory";

    public IReadOnlyList<BenchmarkOption> Options { get; } =
    [
        new(VideosOption, "rank, restart: how many; 1000000 unless given."),
        new(DimensionsOption, "hnsw: of how many components, with commas between; 64,128 unless given. rank: of how many; 64 unless given."),
        new(StateOption, "rank, restart: a directory outside of the repository that keeps what was built; the next run begins with it. rank: and measures how long that takes."),
    ];

    public async Task<IReadOnlyList<BenchmarkRow>> RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        var catalogue = new SyntheticCatalogue(Number(VideosOption, DefaultVideos), People);
        var before = Resident();
        await using var server = new RankServer(Number(DimensionsOption, DefaultDimensions), new ShiftedTime(SyntheticCatalogue.Now));
        var rows = new List<BenchmarkRow>(RankState.Fill(server.Ranker, catalogue, context.Option(StateOption), context.Log, cancellationToken));
        rows.Add(new BenchmarkRow { Name = "resident, per million videos", Value = (Resident() - before) / (double)catalogue.Videos, Unit = "MB" });
        await server.StartAsync(cancellationToken);
        var requests = new RankRequests(catalogue);
        server.Serve(LargeRanker.NewModel(RankingDevice.Cpu));
        rows.AddRange(await MeasureAsync(context, server, requests, "CPU", cancellationToken));
        if (OnnxRankingModel.IsCudaAvailable)
        {
            server.Serve(LargeRanker.NewModel(RankingDevice.Cuda));
            rows.AddRange(await MeasureAsync(context, server, requests, "CUDA", cancellationToken));
        }
        else
        {
            context.Log("no CUDA device on this machine: no rows for it");
        }
        return rows;

        int Number(string option, int otherwise) => context.Option(option) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
    }

    private static async Task<IReadOnlyList<BenchmarkRow>> MeasureAsync(
        BenchmarkContext context, RankServer server, RankRequests requests, string device, CancellationToken cancellationToken)
    {
        using var stages = new StageTimes();
        context.Log($"{device}: {Requests} requests one after the other");
        for (var i = 0; i < WarmUp; i++) await server.RankAsync(requests.Body(i), cancellationToken);
        stages.Clear();
        var times = new double[Requests];
        for (var i = 0; i < Requests; i++)
        {
            var began = context.Time.GetTimestamp();
            await server.RankAsync(requests.Body(i), cancellationToken);
            times[i] = context.Time.GetElapsedTime(began).TotalMilliseconds;
        }

        var whole = new Latencies(times);
        var rows = new List<BenchmarkRow>
        {
            Milliseconds("one request at a time, p50", whole.At(0.5), 30),
            Milliseconds("one request at a time, p99", whole.At(0.99), 50),
            new() { Name = $"{device}: candidates of a request", Value = stages.Candidates, Unit = "" },
            new() { Name = $"{device}: ranked whole, of {Requests}", Value = stages.Outcomes.GetValueOrDefault("whole"), Unit = "", Target = Target.Min(WholeShare * Requests) },
        };
        foreach (var (stage, budget) in Table)
        {
            rows.Add(Milliseconds($"{stage}, p50", stages.Of(stage).At(0.5), budget));
            rows.Add(Milliseconds($"{stage}, p99", stages.Of(stage).At(0.99), budget));
        }
        var extraction = MeasureExtraction(server, requests, context.Time);
        rows.Add(Milliseconds("feature extraction alone, p50", extraction.At(0.5), 5));
        rows.Add(Milliseconds("feature extraction alone, p99", extraction.At(0.99), 5));
        rows.Add(new BenchmarkRow
        {
            Name = $"{device}: allocated per request",
            Value = await MeasureAllocationAsync(server, requests) / 1024,
            Unit = "KiB",
            Target = Target.Max(LargestAllocation),
        });
        rows.AddRange(await MeasureRatesAsync(context, server, requests, stages, device, cancellationToken));
        return rows;

        BenchmarkRow Milliseconds(string name, double value, double bound) =>
            new() { Name = $"{device}: {name}", Value = value, Unit = "ms", Target = Target.Max(bound) };
    }

    private static Latencies MeasureExtraction(RankServer server, RankRequests requests, TimeProvider time)
    {
        var (ranker, buffers) = (server.Ranker, server.Service.Rent());
        var times = new List<double>();
        var now = (uint)ranker.Time.GetUtcNow().ToUnixTimeSeconds();
        for (var i = 0; i < Requests / 2; i++)
        {
            ranker.People.TryView(requests.Query(i).UserId, buffers.Person, now);
            buffers.Candidates.Clear();
            for (var c = 0; c < Ranker.Retrieval.Candidates.Capacity; c++)
                buffers.Candidates.Add((int)((((long)i * 7_919) + ((long)c * 104_729)) % ranker.Videos.Count), Ranker.Retrieval.CandidatePools.Nearest);
            var began = time.GetTimestamp();
            ranker.Space.Affinities(buffers.Person, buffers.Candidates.Rows, buffers.Candidates.Affinities);
            ranker.Extractor.Extract(buffers.Person, buffers.Candidates.Rows, buffers.Candidates.Similarities, buffers.Candidates.Affinities, now, buffers.Inputs);
            times.Add(time.GetElapsedTime(began).TotalMilliseconds);
        }
        buffers.Release();
        return new Latencies(times);
    }

    /// <summary>Bytes that this process allocates for a request from the query read to the answer written: all but HTTP itself, whose server and client cannot be told apart here.</summary>
    private static async Task<double> MeasureAllocationAsync(RankServer server, RankRequests requests)
    {
        var into = new ArrayBufferWriter<byte>(64 * 1024);
        for (var i = 0; i < 50; i++) await OneAsync(i);
        var before = GC.GetTotalAllocatedBytes(precise: true);
        for (var i = 0; i < 500; i++) await OneAsync(i);
        return (GC.GetTotalAllocatedBytes(precise: true) - before) / 500.0;

        async Task OneAsync(int i)
        {
            var buffers = server.Service.Rent();
            if (buffers.Query.Read(new ReadOnlySequence<byte>(requests.Body(i))) is { } error) throw new InvalidOperationException(error);
            await server.Service.RankAsync(buffers, RequestDeadline.In(server.Ranker.Time, TimeSpan.FromSeconds(1)));
            into.ResetWrittenCount();
            RankAnswerWriter.Write(into, buffers, server.Ranker.Videos);
            buffers.Release();
        }
    }

    /// <summary>Rising rates until, twice in a row, the answers come late or without all that belongs to them.</summary>
    private static async Task<IReadOnlyList<BenchmarkRow>> MeasureRatesAsync(
        BenchmarkContext context, RankServer server, RankRequests requests, StageTimes stages, string device, CancellationToken cancellationToken)
    {
        (double Rate, double P50, double P99) best = default;
        var misses = 0;
        foreach (var rate in Rates)
        {
            var measuring = false;
            var latencies = await new OpenLoop(rate, RateWarmUp, RateWindow, context.Time).RunAsync(
                (i, _) => server.RankAsync(requests.Body(i), cancellationToken),
                () =>
                {
                    if (!measuring) stages.Clear();
                    measuring = true;
                },
                cancellationToken);
            var whole = stages.Outcomes.GetValueOrDefault("whole") / (double)stages.Outcomes.Values.Sum();
            context.Log(FormattableString.Invariant(
                $"{device}: {rate} requests/s: p50 {latencies.At(0.5):0.0} ms, p99 {latencies.At(0.99):0.0} ms, ranked whole {100 * whole:0.0} %"));
            if (latencies.At(0.99) <= RankRequests.DeadlineMs && whole >= WholeShare) (best, misses) = ((rate, latencies.At(0.5), latencies.At(0.99)), 0);
            else if (++misses == 2) break;
        }
        return
        [
            new() { Name = $"{device}: sustained within p99 ≤ 50 ms, 99 % ranked whole", Value = best.Rate, Unit = "requests/s" },
            new() { Name = $"{device}: at that rate, p50", Value = best.P50, Unit = "ms" },
            new() { Name = $"{device}: at that rate, p99", Value = best.P99, Unit = "ms" },
        ];
    }

    /// <summary>Bytes, when all is collected that can be.</summary>
    private static long Resident()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        return process.WorkingSet64;
    }
}
