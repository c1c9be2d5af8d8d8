using System.Diagnostics;
using TikTok.Benchmarks.Harness;

namespace TikTok.Benchmarks.Embeddings;

/// <summary>How long a batch takes with a writer beside it and without, in turns. Microseconds; the median of the turns' percentiles.</summary>
/// <param name="Updates">What the writer did per second of its turns.</param>
internal sealed record WriterInterference(double P50Without, double P99Without, double P50With, double P99With, double Updates)
{
    public const int UpdatesPerSecond = 100_000;

    private const int Turns = 7;
    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);

    public static async Task<WriterInterference> MeasureAsync(LookupRace race, CancellationToken cancellationToken)
    {
        var ids = race.RandomIds(1000);
        var vectors = new float[LookupRace.Batch * race.Table.Dimensions];
        List<Latencies> without = [];
        List<Latencies> with = [];
        List<double> updates = [];
        Read(race, ids, vectors);
        for (var turn = 0; turn < Turns; turn++)
        {
            without.Add(Read(race, ids, vectors));
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var writing = Task.Run(() => WriteAsync(race, turn, stop.Token), cancellationToken);
            with.Add(Read(race, ids, vectors));
            await stop.CancelAsync();
            updates.Add(await writing);
        }
        return new WriterInterference(Median(without, 0.5), Median(without, 0.99), Median(with, 0.5), Median(with, 0.99), updates.Average());
    }

    private static double Median(IEnumerable<Latencies> turns, double share) => new Latencies(turns.Select(turn => turn.At(share))).At(0.5);

    private static Latencies Read(LookupRace race, long[] ids, float[] vectors)
    {
        List<double> times = new(100_000);
        var start = Stopwatch.GetTimestamp();
        for (var at = 0; Stopwatch.GetElapsedTime(start) < Turn; at = (at + LookupRace.Batch) % ids.Length)
        {
            var began = Stopwatch.GetTimestamp();
            race.Table.Lookup(ids.AsSpan(at, LookupRace.Batch), vectors);
            times.Add(Stopwatch.GetElapsedTime(began).TotalMicroseconds);
        }
        return new Latencies(times);
    }

    /// <summary>A gradient step on random rows: every millisecond, as many as are due.</summary>
    private static async Task<double> WriteAsync(LookupRace race, int seed, CancellationToken stop)
    {
        var random = new Random(seed);
        var start = Stopwatch.GetTimestamp();
        var done = 0L;
        using var timer = new PeriodicTimer(Tick);
        while (!stop.IsCancellationRequested)
        {
            var due = (long)(Stopwatch.GetElapsedTime(start).TotalSeconds * UpdatesPerSecond);
            for (; done < due; done++)
            {
                race.Table.Writer.Update(race.Ids[random.Next(race.Count)], 0.999f, static (row, factor) =>
                {
                    foreach (ref var value in row) value *= factor;
                });
            }
            await timer.WaitForNextTickAsync(CancellationToken.None);
        }
        return done / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
