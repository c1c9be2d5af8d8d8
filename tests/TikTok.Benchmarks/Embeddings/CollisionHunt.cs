using System.Diagnostics;
using TikTok.Ranker.Embeddings;

namespace TikTok.Benchmarks.Embeddings;

/// <summary>
/// A hundred million different ids through a table that holds a few million: each day of a clock of its own new ones come, all of that day are looked up again and must
/// have the row that was written for them, and those of days ago must be gone. A row's content is its id.
/// </summary>
/// <param name="Wrong">Ids whose row was another's, or missing.</param>
/// <param name="Undead">Ids found after they expired.</param>
internal sealed record CollisionHunt(long Inserted, long Wrong, long Undead, int MostRows, TimeSpan Time)
{
    private const int Days = 100;
    private const int IdsPerDay = 1_000_000;
    private const int Dimensions = 2;
    private const int Batch = 5_000;

    public static CollisionHunt Run(Action<string> log, CancellationToken cancellationToken)
    {
        var clock = new DayClock();
        var table = new EmbeddingTable(new() { Dimensions = Dimensions, ExpireAfterDays = 1, InitialRows = 2 * IdsPerDay, HashSeed = 1 }, clock);
        var (inserted, wrong, undead, most) = (0L, 0L, 0L, 0);
        var start = Stopwatch.GetTimestamp();
        for (var day = 0; day < Days; day++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (var i = 0; i < IdsPerDay; i++)
            {
                var id = IdOf(day, i);
                table.Writer.Put(id, [High(id), Low(id)]);
            }
            inserted += IdsPerDay;
            most = Math.Max(most, table.Size().Rows);
            wrong += CountWrong(table, day);
            clock.Day++;
            table.Writer.Expire();
            wrong += CountWrong(table, day);
            if (day > 0) undead += CountFound(table, day - 1);
            if (day % 20 == 19) log($"{inserted:N0} ids after {Stopwatch.GetElapsedTime(start).TotalSeconds:0} s");
        }
        return new CollisionHunt(inserted, wrong, undead, most, Stopwatch.GetElapsedTime(start));
    }

    private static long CountWrong(EmbeddingTable table, int day)
    {
        var (ids, vectors, wrong) = (new long[Batch], new float[Batch * Dimensions], 0L);
        for (var at = 0; at < IdsPerDay; at += Batch)
        {
            for (var i = 0; i < Batch; i++) ids[i] = IdOf(day, at + i);
            wrong += Batch - table.Lookup(ids, vectors);
            for (var i = 0; i < Batch; i++)
            {
                var same = BitConverter.SingleToInt32Bits(vectors[i * 2]) == BitConverter.SingleToInt32Bits(High(ids[i]))
                    && BitConverter.SingleToInt32Bits(vectors[(i * 2) + 1]) == BitConverter.SingleToInt32Bits(Low(ids[i]));
                if (!same) wrong++;
            }
        }
        return wrong;
    }

    private static long CountFound(EmbeddingTable table, int day)
    {
        var (ids, rows, found) = (new long[Batch], new int[Batch], 0L);
        for (var at = 0; at < IdsPerDay; at += Batch)
        {
            for (var i = 0; i < Batch; i++) ids[i] = IdOf(day, at + i);
            found += table.Find(ids, rows);
        }
        return found;
    }

    /// <summary>Never twice the same: odd multiplication and xor-shift are bijections.</summary>
    private static long IdOf(int day, int number)
    {
        var id = (((ulong)day * IdsPerDay) + (ulong)number) * 0xD6E8FEB86659FD93;
        return (long)(id ^ (id >> 32));
    }

    private static float High(long id) => BitConverter.Int32BitsToSingle((int)(id >> 32));

    private static float Low(long id) => BitConverter.Int32BitsToSingle((int)id);

    private sealed class DayClock : TimeProvider
    {
        public int Day { get; set; }

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddDays(20_000 + Day);
    }
}
