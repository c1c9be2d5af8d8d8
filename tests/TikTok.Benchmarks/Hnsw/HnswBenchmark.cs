using System.Globalization;
using System.Runtime.InteropServices;
using TikTok.Benchmarks.Harness;
using TikTok.Ranker.Retrieval.Hnsw;

namespace TikTok.Benchmarks.Hnsw;

/// <summary>
/// The HNSW index against nmslib/hnswlib, and its int8 form against the same: same vectors, M, efConstruction and ef, one thread each, passes over the same queries in
/// turns. All times are processor time, so that what else runs on the machine counts as little as can be; figures are medians over the turns.
/// </summary>
internal sealed class HnswBenchmark : IBenchmark
{
    private const int M = 16;
    private const int EfConstruction = 200;
    private const int Queries = 2_000;
    private const int Turns = 7;
    private const int DefaultVectors = 100_000;

    private static readonly (int K, int Ef)[] Asked = [(10, 64), (100, 200)];

    public string Name => "hnsw";

    public string Summary => "HNSW index against hnswlib: recall, queries/s, build, memory, int8";

    public IReadOnlyList<BenchmarkOption> Options { get; } =
    [
        new("--hnswlib", "hnsw: the directory of nmslib/hnswlib 0.9 (with its folder hnswlib of headers); without it the peer's columns stay empty."),
        new("--vectors", "hnsw: how many vectors; 100000 unless given."),
        new("--dimensions", "hnsw: of how many components, with commas between; 64,128 unless given."),
    ];

    public async Task<IReadOnlyList<BenchmarkRow>> RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        var vectors = context.Option("--vectors") is { } count ? int.Parse(count, CultureInfo.InvariantCulture) : DefaultVectors;
        var dimensions = (context.Option("--dimensions") ?? "64,128").Split(',').Select(text => int.Parse(text, CultureInfo.InvariantCulture));
        string? program = null;
        if (context.Option("--hnswlib") is { } header) program = await HnswlibPeer.CompileAsync(context.RepositoryRoot, header, context.WorkDirectory, cancellationToken);
        else context.Log("hnswlib is not given (--hnswlib DIR), so that there is nothing to compare with: the peer's columns stay empty and their targets are not judged");

        WarmUp();
        var rows = new List<BenchmarkRow>();
        foreach (var dimension in dimensions) rows.AddRange(await CompareAsync(context, program, vectors, dimension, cancellationToken));
        return rows;
    }

    private static async Task<IReadOnlyList<BenchmarkRow>> CompareAsync(
        BenchmarkContext context, string? program, int count, int dimension, CancellationToken cancellationToken)
    {
        context.Log($"{count} vectors of {dimension} components, and the true neighbours of {Queries} queries");
        var data = new ClusteredVectors(count, dimension, seed: 1);
        var queries = new ClusteredVectors(Queries, dimension, seed: 2);
        var truth = data.Nearest(queries, Asked.Max(asked => asked.K));

        HnswlibPeer? peer = null;
        if (program is not null)
        {
            context.Log("hnswlib builds");
            var (basePath, queryPath) = (Path.Combine(context.WorkDirectory, "base"), Path.Combine(context.WorkDirectory, "queries"));
            await WriteAsync(basePath, data, cancellationToken);
            await WriteAsync(queryPath, queries, cancellationToken);
            peer = await HnswlibPeer.BuildAsync(program, basePath, queryPath, dimension, M, EfConstruction, cancellationToken);
        }

        using (peer)
        {
            context.Log("fp32 builds");
            using var fp32 = BuiltIndex.Build(data, HnswQuantization.None, M, EfConstruction);
            context.Log("int8 builds");
            using var int8 = BuiltIndex.Build(data, HnswQuantization.Int8, M, EfConstruction);
            var rows = new List<BenchmarkRow>
            {
                Against(peer?.BuildSeconds, $"{dimension}: build", fp32.BuildSeconds, "s", Target.MaxRatio(1.2)),
                Against(peer?.Bytes / 1e6, $"{dimension}: memory", fp32.Bytes / 1e6, "MB", Target.MaxRatio(1.1)),
            };
            foreach (var (k, ef) in Asked)
            {
                context.Log($"nearest {k} with ef {ef}, {Turns} turns");
                var (ours, bytes, theirs) = (new List<Pass>(), new List<Pass>(), new List<Pass>());
                for (var turn = 0; turn < Turns; turn++)
                {
                    if (peer is not null) theirs.Add(new Pass(await peer.SearchAsync(k, ef, cancellationToken)));
                    ours.Add(new Pass(fp32.Search(queries, k, ef)));
                    bytes.Add(new Pass(int8.Search(queries, k, ef)));
                }

                double? peerRecall = peer is null ? null : Recall(theirs[0].Found, truth, k);
                double? peerSpeed = peer is null ? null : Speed(theirs);
                var (recall, int8Recall) = (Recall(ours[0].Found, truth, k), Recall(bytes[0].Found, truth, k));
                rows.Add(Against(peerRecall, $"{dimension}: recall@{k}, ef {ef}", recall, "%", null));
                rows.Add(Difference($"{dimension}: recall@{k} − peer's", recall - peerRecall, 0.5));
                rows.Add(Against(peerSpeed, $"{dimension}: nearest {k}", Speed(ours), "queries/s", Target.MinRatio(1.0)));
                rows.Add(Against(peerRecall, $"{dimension}: int8 recall@{k}, ef {ef}", int8Recall, "%", null));
                rows.Add(Difference($"{dimension}: int8 recall@{k} − peer's", int8Recall - peerRecall, 1));
                rows.Add(Against(peerSpeed, $"{dimension}: int8 nearest {k}", Speed(bytes), "queries/s", Target.MinRatio(1.8)));
            }

            rows.Add(Against(peer?.BuildSeconds, $"{dimension}: int8 build", int8.BuildSeconds, "s", null));
            rows.Add(Against(peer?.Bytes / 1e6, $"{dimension}: int8 memory", int8.Bytes / 1e6, "MB", null));
            rows.Add(new BenchmarkRow { Name = $"{dimension}: allocated per query", Value = fp32.AllocatedPerQuery(queries), Unit = "B", Target = Target.Max(0) });
            return rows;
        }
    }

    // A small index first, so that the compiler has done its work before anything is measured.
    private static void WarmUp()
    {
        var data = new ClusteredVectors(5_000, 64, seed: 3);
        foreach (var quantization in Enum.GetValues<HnswQuantization>())
        {
            using var index = BuiltIndex.Build(data, quantization, M, EfConstruction);
            for (var i = 0; i < 5; i++) index.Search(data, 10, 64);
        }
    }

    private static BenchmarkRow Against(double? peer, string name, double value, string unit, Target? target) => new()
    {
        Name = name,
        Value = value,
        Unit = unit,
        Peer = peer is null ? null : "hnswlib",
        PeerValue = peer,
        Target = peer is null ? null : target,
    };

    // Better is never too far off.
    private static BenchmarkRow Difference(string name, double? difference, double within) => new()
    {
        Name = name,
        Value = difference ?? double.NaN,
        Unit = "points",
        Target = difference is null ? null : Target.Min(-within),
    };

    private static double Speed(List<Pass> passes)
    {
        var seconds = passes.Select(pass => pass.Seconds).Order().ToArray();
        return Queries / seconds[seconds.Length / 2];
    }

    // In percent.
    private static double Recall(int[] found, int[][] truth, int k)
    {
        var right = 0;
        for (var q = 0; q < truth.Length; q++) right += truth[q].AsSpan(0, k).ToArray().Intersect(found.AsSpan(q * k, k).ToArray()).Count();
        return 100.0 * right / (truth.Length * k);
    }

    private static async Task WriteAsync(string path, ClusteredVectors vectors, CancellationToken cancellationToken)
    {
        await using var file = File.Create(path);
        for (var i = 0; i < vectors.Count; i++) file.Write(MemoryMarshal.AsBytes(vectors[i]));
        await file.FlushAsync(cancellationToken);
    }

    private readonly record struct Pass(double Seconds, int[] Found)
    {
        public Pass((double Seconds, int[] Found) pass)
            : this(pass.Seconds, pass.Found)
        {
        }
    }
}
