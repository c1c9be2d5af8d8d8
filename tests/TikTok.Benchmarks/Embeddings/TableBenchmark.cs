using System.Diagnostics;
using TikTok.Benchmarks.Harness;
using TikTok.Ranker.Embeddings;

namespace TikTok.Benchmarks.Embeddings;

/// <summary>The embedding table against the collections of .NET with one large array of vectors, its memory, its promise of no collisions, and its readers beside a writer.</summary>
internal sealed class TableBenchmark : IBenchmark
{
    private const int Dimensions = 64;
    private const double MaxBytesBeyondVector = 14;
    private const double MinLoadFactor = 0.9;
    private const double MinSpeedUp = 2;
    private const double MaxSlowDown = 1.5;
    private const double MaxRestoreSeconds = 10;

    public string Name => "table";

    public string Summary => "the embedding table: batch lookups against Dictionary and ConcurrentDictionary, memory, collisions, readers beside a writer";

    public async Task<IReadOnlyList<BenchmarkRow>> RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        List<BenchmarkRow> rows = [];
        foreach (var count in (int[])[1_000_000, 4_000_000])
        {
            context.Log($"{count:N0} rows of {Dimensions} floats");
            var race = LookupRace.Fill(count, Dimensions, context.Time);
            rows.AddRange(Memory(race));
            rows.AddRange(Lookups(race, context.Log));
            if (count == 1_000_000) rows.AddRange(Checkpoints(race, context));
            else rows.AddRange(await BesideWriterAsync(race, context.Log, cancellationToken));
        }
        GC.Collect();
        rows.AddRange(Collisions(context.Log, cancellationToken));
        return rows;
    }

    private static IEnumerable<BenchmarkRow> Memory(LookupRace race)
    {
        var size = race.Table.Size();
        var beyond = (double)size.IndexBytes / race.Count;
        yield return new() { Name = $"{race.Millions}: load factor", Value = size.LoadFactor, Unit = "", Target = Target.Min(MinLoadFactor) };
        yield return new()
        {
            Name = $"{race.Millions}: memory beyond the vector",
            Value = beyond,
            Unit = "B/row",
            Peer = "Dictionary",
            PeerValue = race.DictionaryBytes,
            Target = Target.Max(MaxBytesBeyondVector),
        };
        yield return new() { Name = $"{race.Millions}: memory beyond the vector", Value = beyond, Unit = "B/row", Peer = "ConcurrentDictionary", PeerValue = race.ConcurrentBytes };
        yield return new() { Name = $"{race.Millions}: the same by what became resident", Value = race.ResidentBytes - (Dimensions * sizeof(float)), Unit = "B/row" };
        yield return new() { Name = $"{race.Millions}: inserted", Value = race.Count / race.FillTime.TotalSeconds, Unit = "rows/s" };
    }

    private static IEnumerable<BenchmarkRow> Lookups(LookupRace race, Action<string> log)
    {
        log("lookups in turns");
        var rates = race.Run();
        foreach (var (kind, ours, dictionary, concurrent) in ((string, Contender, Contender, Contender)[])
        [
            ("with the vectors", Contender.Table, Contender.Dictionary, Contender.Concurrent),
            ("rows alone", Contender.TableRows, Contender.DictionaryRows, Contender.ConcurrentRows),
        ])
        {
            foreach (var (peer, name) in ((Contender, string)[])[(dictionary, "Dictionary"), (concurrent, "ConcurrentDictionary")])
            {
                yield return new()
                {
                    Name = $"{race.Millions}: lookups {kind}",
                    Value = rates[ours],
                    Unit = "ids/s",
                    Peer = name,
                    PeerValue = rates[peer],
                    Target = Target.MinRatio(MinSpeedUp),
                };
            }
        }
        yield return new() { Name = $"{race.Millions}: lookups in fp16", Value = rates[Contender.TableHalf], Unit = "ids/s", Peer = "in fp32", PeerValue = rates[Contender.Table] };
        yield return new() { Name = $"{race.Millions}: lookups in int8", Value = rates[Contender.TableInt8], Unit = "ids/s", Peer = "in fp32", PeerValue = rates[Contender.Table] };
        yield return new() { Name = $"{race.Millions}: lookups with the vectors, allocated", Value = race.AllocatedPerBatch, Unit = "B/batch", Target = Target.Max(0) };
    }

    private static IEnumerable<BenchmarkRow> Checkpoints(LookupRace race, BenchmarkContext context)
    {
        context.Log("snapshot, delta and restore");
        var directory = new CheckpointDirectory(Path.Combine(context.WorkDirectory, "checkpoints"), context.Time);
        var writer = race.Table.Writer;

        var start = Stopwatch.GetTimestamp();
        var file = directory.SaveSnapshot(writer);
        var snapshot = Stopwatch.GetElapsedTime(start);
        for (var i = 0; i < race.Count; i += 100) writer.Update(race.Ids[i], 1f, static (row, by) => row[0] += by);
        start = Stopwatch.GetTimestamp();
        directory.SaveDelta(writer);
        var delta = Stopwatch.GetElapsedTime(start);

        start = Stopwatch.GetTimestamp();
        var restored = new EmbeddingTable(new() { Dimensions = Dimensions }, context.Time);
        var outcome = directory.Restore(restored.Writer);
        var restore = Stopwatch.GetElapsedTime(start);
        if (outcome.Faults.Count > 0 || restored.Size().Rows != race.Count) throw new InvalidOperationException("The table was not restored.");

        yield return new() { Name = $"{race.Millions}: snapshot to disk", Value = snapshot.TotalSeconds, Unit = "s" };
        yield return new() { Name = $"{race.Millions}: snapshot", Value = new FileInfo(file).Length / 1e6, Unit = "MB" };
        yield return new() { Name = $"{race.Millions}: delta with 1 % of the rows", Value = delta.TotalSeconds, Unit = "s" };
        yield return new() { Name = $"{race.Millions}: restored from both", Value = restore.TotalSeconds, Unit = "s", Target = Target.Max(MaxRestoreSeconds) };
    }

    private static async Task<IEnumerable<BenchmarkRow>> BesideWriterAsync(LookupRace race, Action<string> log, CancellationToken cancellationToken)
    {
        log("readers with and without a writer in turns");
        var beside = await WriterInterference.MeasureAsync(race, cancellationToken);
        return
        [
            new()
            {
                Name = "batch of 5,000 with a writer, p99", Value = beside.P99With, Unit = "µs",
                Peer = "without the writer", PeerValue = beside.P99Without, Target = Target.MaxRatio(MaxSlowDown),
            },
            new() { Name = "batch of 5,000 with a writer, p50", Value = beside.P50With, Unit = "µs", Peer = "without the writer", PeerValue = beside.P50Without },
            new() { Name = "updates beside the reader", Value = beside.Updates, Unit = "rows/s", Target = Target.Min(WriterInterference.UpdatesPerSecond * 0.98) },
        ];
    }

    private static IEnumerable<BenchmarkRow> Collisions(Action<string> log, CancellationToken cancellationToken)
    {
        log("ids streamed through a table that forgets them after two days of a clock of its own");
        var hunt = CollisionHunt.Run(log, cancellationToken);
        return
        [
            new() { Name = "ids inserted", Value = hunt.Inserted, Unit = "ids", Target = Target.Min(100_000_000) },
            new() { Name = "ids that got another one's row, or none", Value = hunt.Wrong, Unit = "ids", Target = Target.Max(0) },
            new() { Name = "ids found after their row expired", Value = hunt.Undead, Unit = "ids", Target = Target.Max(0) },
            new() { Name = "rows at once", Value = hunt.MostRows, Unit = "rows" },
            new() { Name = "time for inserting, finding again and expiring all", Value = hunt.Time.TotalSeconds, Unit = "s", Target = Target.Max(240) },
        ];
    }
}
