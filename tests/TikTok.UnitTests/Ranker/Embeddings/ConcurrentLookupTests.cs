using TikTok.Ranker.Embeddings;

namespace TikTok.UnitTests.Ranker.Embeddings;

public sealed class ConcurrentLookupTests
{
    private const int Dimensions = 48;
    private const int Kept = 400;
    private const int Passing = 2_000;
    private const int Rounds = 60;

    /// <summary>
    /// The writer updates some ids, and meanwhile lets others come and go in such numbers that the index moves ids about and grows, and that rows change
    /// hands. Whatever a reader gets is one value in all components, and a value that was written for that id.
    /// </summary>
    [Theory]
    [InlineData(RowFormats.Single)]
    [InlineData(RowFormats.Single | RowFormats.Int8)]
    public async Task Readers_see_whole_rows_of_the_right_id_and_never_miss_one_that_is_there(RowFormats formats)
    {
        var table = new EmbeddingTable(new() { Dimensions = Dimensions, Formats = formats, HashSeed = 2 }, new FakeTime());
        for (var id = 0; id < Kept; id++) table.Writer.Put(id, Row(id, 0));
        using var done = new CancellationTokenSource();

        var readers = Enumerable.Range(0, 2).Select(_ => Task.Run(() => ReadUntil(table, formats, done.Token), CancellationToken.None)).ToList();
        await Task.Run(() => Write(table), CancellationToken.None);
        await done.CancelAsync();
        var mistakes = await Task.WhenAll(readers);

        Assert.All(mistakes, Assert.Null);
    }

    private static void Write(EmbeddingTable table)
    {
        for (var round = 1; round <= Rounds; round++)
        {
            for (var id = 0; id < Kept; id++)
            {
                table.Writer.Update(id, ValueOf(id, round % 100), static (row, value) => row.Fill(value));
            }

            // Each round leaves more behind than the one before, so that the index also grows.
            for (var id = Kept; id < Kept + Passing; id++) table.Writer.Put(id, Row(id, round % 100));
            for (var id = Kept + (round * Passing / Rounds); id < Kept + Passing; id++) table.Writer.Remove(id);
        }
    }

    /// <returns>The first mistake, or null.</returns>
    private static string? ReadUntil(EmbeddingTable table, RowFormats formats, CancellationToken done)
    {
        long[] ids = [.. Enumerable.Range(0, Kept + Passing).Select(i => (long)i)];
        var vectors = new float[ids.Length * Dimensions];
        var bytes = new sbyte[ids.Length * Dimensions];
        var scales = new float[ids.Length];
        do
        {
            table.Lookup(ids, vectors);
            for (var i = 0; i < ids.Length; i++)
            {
                var row = vectors.AsSpan(i * Dimensions, Dimensions);
                if (row.ContainsAnyExcept(row[0])) return $"{ids[i]} has {string.Join(' ', row.ToArray())}";
                if (row[0] == 0 ? i < Kept : (int)row[0] / 100 != ids[i] + 1) return $"{ids[i]} has the value {row[0]}";
            }
            if (!formats.HasFlag(RowFormats.Int8)) continue;

            table.Lookup(ids, bytes, scales);
            for (var i = 0; i < ids.Length; i++)
            {
                if (scales[i] != 0 && (int)MathF.Round(127 * scales[i]) / 100 != ids[i] + 1) return $"{ids[i]} has the scale {scales[i]}";
                if (bytes.AsSpan(i * Dimensions, Dimensions).ContainsAnyExcept((sbyte)(scales[i] == 0 ? 0 : 127))) return $"{ids[i]} has other bytes than its scale's";
            }
        }
        while (!done.IsCancellationRequested);
        return null;
    }

    private static float ValueOf(long id, int round) => ((id + 1) * 100) + round;

    private static float[] Row(long id, int round) => [.. Enumerable.Repeat(ValueOf(id, round), Dimensions)];
}
