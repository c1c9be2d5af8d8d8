using System.Diagnostics;
using System.Globalization;
using TikTok.Benchmarks.Harness;

namespace TikTok.Benchmarks.Rank;

/// <summary>The state that a run begins with: built, or read from where an earlier run left it, as a server reads its snapshot.</summary>
internal static class RankState
{
    private const double LongestRestart = 10;

    /// <param name="directory">Where it is kept; null: nowhere.</param>
    public static IReadOnlyList<BenchmarkRow> Fill(
        LargeRanker ranker, SyntheticCatalogue catalogue, string? directory, Action<string> log, CancellationToken cancellationToken)
    {
        var kept = directory is null ? null : Path.Combine(directory, string.Create(CultureInfo.InvariantCulture, $"{catalogue.Videos}x{ranker.Space.Dimensions}"));
        var rows = new List<BenchmarkRow>();
        var watch = Stopwatch.StartNew();
        if (kept is not null && Directory.Exists(kept))
        {
            Load(ranker, kept, log);
            ranker.Space.Renew(all: true, cancellationToken);
            log($"vectors after {watch.Elapsed.TotalSeconds:0.0} s");
            ranker.Pools.Renew();
            rows.Add(new BenchmarkRow { Name = "restart: state on the disk to ready", Value = watch.Elapsed.TotalSeconds, Unit = "s", Target = Target.Max(LongestRestart) });
        }
        else
        {
            ranker.Fill(catalogue, log);
            watch.Restart();
            ranker.Space.Renew(all: true, cancellationToken);
            rows.Add(new BenchmarkRow { Name = "vectors and index built", Value = watch.Elapsed.TotalSeconds, Unit = "s" });
            ranker.Pools.Renew();
            if (kept is not null) Save(ranker, kept);
        }
        watch.Restart();
        ranker.Pools.Renew();
        rows.Add(new BenchmarkRow { Name = "pools renewed", Value = watch.Elapsed.TotalMilliseconds, Unit = "ms" });
        rows.Add(new BenchmarkRow { Name = "index and vectors, per million videos", Value = ranker.Space.Bytes / (double)catalogue.Videos, Unit = "MB" });
        return rows;
    }

    private static void Load(LargeRanker ranker, string directory, Action<string> log)
    {
        foreach (var part in ranker.Parts)
        {
            var watch = Stopwatch.StartNew();
            using var stream = new FileStream(Path.Combine(directory, part.Name), FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 20);
            part.Load(stream);
            log($"{part.Name} read in {watch.Elapsed.TotalSeconds:0.0} s");
        }
        var inserting = Stopwatch.StartNew();
        ranker.FillEmbeddings();
        log($"{ranker.Embeddings.Size().Rows:#,0} embeddings in {inserting.Elapsed.TotalSeconds:0.0} s");
    }

    private static void Save(LargeRanker ranker, string directory)
    {
        var unfinished = Directory.CreateDirectory(directory + ".unfinished");
        foreach (var part in ranker.Parts)
        {
            using var stream = new FileStream(Path.Combine(unfinished.FullName, part.Name), FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20);
            part.Save(stream);
        }
        unfinished.MoveTo(directory);
    }
}
