using TikTok.Ranker.Embeddings;

namespace TikTok.UnitTests.Ranker.Embeddings;

public sealed class EmbeddingTableTests
{
    private const int Dimensions = 8;

    private readonly FakeTime _time = new();

    [Fact]
    public void Lookup_gives_each_id_its_own_row_and_zeros_to_one_without()
    {
        var table = Table();
        table.Writer.Put(7, Row(1.5f));
        table.Writer.Put(8, Row(2.5f));
        var vectors = new float[3 * Dimensions];

        var found = table.Lookup([8, 9, 7], vectors);

        Assert.Equal(2, found);
        Assert.Equal([.. Row(2.5f), .. Row(0), .. Row(1.5f)], vectors);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue)]
    public void No_id_is_special(long id)
    {
        var table = Table();
        Assert.Equal([-1], Find(table, id));

        table.Writer.Put(id, Row(3));
        Assert.Equal(3, table.Vector(id)![0]);

        Assert.True(table.Writer.Remove(id));
        Assert.Equal([-1], Find(table, id));
    }

    [Fact]
    public void Ids_that_differ_in_any_one_bit_never_share_a_row()
    {
        var table = Table();
        long[] ids = [0, .. Enumerable.Range(0, 64).Select(bit => 1L << bit)];
        foreach (var id in ids) table.Writer.Put(id, Row(ValueOf(id)));

        Assert.Equal(ids.Length, Find(table, ids).Distinct().Count());
        Assert.All(ids, id => Assert.Equal(ValueOf(id), table.Vector(id)![0]));
    }

    [Fact]
    public void It_grows_from_nothing_finds_every_id_and_stays_full()
    {
        var table = Table(new() { Dimensions = Dimensions, HashSeed = 1 });
        var ids = Ids(50_000);
        foreach (var id in ids) table.Writer.Put(id, Row((float)(id % 1000)));

        var vectors = new float[ids.Length * Dimensions];
        Assert.Equal(ids.Length, table.Lookup(ids, vectors));
        for (var i = 0; i < ids.Length; i++) Assert.Equal(ids[i] % 1000, vectors[i * Dimensions]);
        var size = table.Size();
        Assert.Equal(ids.Length, size.Rows);
        Assert.True(size.LoadFactor >= 0.9, $"The load factor is {size.LoadFactor:0.000}.");
        Assert.True((double)size.IndexBytes / size.Rows <= 14.5, $"{(double)size.IndexBytes / size.Rows:0.0} bytes a row.");
    }

    [Fact]
    public void A_shard_takes_ids_until_it_is_full_without_failing()
    {
        var shard = CuckooShard.WithRoomFor(10_000, seed: 5);
        var ids = Ids(20_000);
        var taken = 0;

        while (!shard.IsFull)
        {
            Assert.True(shard.TryInsert(ids[taken], IdHash.Of(ids[taken], 5), Place.Of(taken, 0)));
            taken++;
        }

        Assert.InRange((double)taken / shard.Slots, 0.955, 0.96);
        for (var i = 0; i < ids.Length; i++) Assert.Equal(i < taken, Holds(shard, ids[i], i));
    }

    [Fact]
    public void Rows_are_reused_a_table_of_constant_size_stays_as_large_as_it_is()
    {
        var table = Table();
        var ids = Ids(4_000);
        foreach (var id in ids.AsSpan(0, 2_000)) table.Writer.Put(id, Row(1));
        var before = table.Size();

        for (var i = 2_000; i < ids.Length; i++)
        {
            table.Writer.Remove(ids[i - 2_000]);
            table.Writer.Put(ids[i], Row(2));
        }

        var after = table.Size();
        Assert.Equal(2_000, after.Rows);
        Assert.Equal(before.RowBytes, after.RowBytes);
    }

    [Fact]
    public void A_lookup_allocates_nothing()
    {
        var table = Table();
        var ids = Ids(5_000);
        foreach (var id in ids) table.Writer.Put(id, Row(1));
        var vectors = new float[ids.Length * Dimensions];
        table.Lookup(ids, vectors);

        var before = GC.GetAllocatedBytesForCurrentThread();
        table.Lookup(ids, vectors);

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void A_new_row_is_small_is_its_ids_own_and_is_the_same_in_every_table()
    {
        var (one, other) = (Table(), Table(new() { Dimensions = Dimensions, HashSeed = 99 }));
        foreach (var id in (long[])[1, 2])
        {
            one.Writer.Observe(id);
            other.Writer.Observe(id);
        }

        Assert.Equal(one.Vector(1), other.Vector(1));
        Assert.NotEqual(one.Vector(1), one.Vector(2));
        Assert.All(one.Vector(1)!, component => Assert.InRange(component, -0.05f, 0.05f));
    }

    [Fact]
    public void Update_changes_vector_and_state_of_an_id_that_has_a_row()
    {
        var table = Table(new() { Dimensions = 2, StateWidth = 1 });
        table.Writer.Put(5, [1, 2, 3]);

        Assert.True(table.Writer.Update(5, 10f, static (row, factor) =>
        {
            foreach (ref var value in row) value *= factor;
        }));
        Assert.False(table.Writer.Update(6, 0, static (_, _) => throw new InvalidOperationException("Nobody is here.")));

        Span<float> row = stackalloc float[3];
        Assert.True(table.Writer.TryRead(5, row));
        Assert.Equal([10, 20, 30], row.ToArray());
        Assert.Equal([10, 20], table.Vector(5)!);
    }

    [Fact]
    public void An_update_that_throws_changes_nothing()
    {
        var table = Table();
        table.Writer.Put(5, Row(1));

        Assert.Throws<InvalidOperationException>(() => table.Writer.Update(5, 0, static (row, _) =>
        {
            row.Fill(9);
            throw new InvalidOperationException();
        }));

        Assert.Equal(Row(1), table.Vector(5));
    }

    [Theory]
    [InlineData(30)]
    [InlineData(60)]
    [InlineData(90)]
    public void A_row_is_kept_as_long_as_promised_and_goes_soon_after(int days)
    {
        var table = Table(new() { Dimensions = Dimensions, ExpireAfterDays = days });
        table.Writer.Observe(1);
        table.Writer.Observe(2);

        for (var day = 0; day < days; day++)
        {
            _time.Advance(TimeSpan.FromDays(1));
            table.Writer.Observe(2);
            Assert.Equal(0, table.Writer.Expire());
        }
        _time.Advance(TimeSpan.FromDays(1 + (days / 60)));

        Assert.Equal(1, table.Writer.Expire());
        Assert.Null(table.Vector(1));
        Assert.NotNull(table.Vector(2));
    }

    [Fact]
    public void Years_in_which_nobody_asked_for_expiry_do_not_make_an_old_row_young()
    {
        var table = Table(new() { Dimensions = Dimensions, ExpireAfterDays = 3 });
        table.Writer.Observe(1);
        for (var month = 0; month < 30; month++)
        {
            _time.Advance(TimeSpan.FromDays(30));
            table.Writer.Observe(2);
        }

        table.Writer.Expire();

        Assert.Null(table.Vector(1));
        Assert.NotNull(table.Vector(2));
    }

    [Fact]
    public void Serving_copies_say_the_same_as_the_master_within_their_precision()
    {
        var table = Table(new() { Dimensions = 40, Formats = RowFormats.Single | RowFormats.Half | RowFormats.Int8 });
        var random = new Random(3);
        var row = Enumerable.Range(0, 40).Select(_ => (float)((random.NextDouble() * 4) - 2)).ToArray();
        table.Writer.Put(1, row);
        var halves = new Half[40];
        var bytes = new sbyte[40];
        var scales = new float[1];

        Assert.Equal(1, table.Lookup([1], halves));
        Assert.Equal(1, table.Lookup([1], bytes, scales));

        Assert.Equal(row, table.Vector(1));
        Assert.Equal(row.Select(v => (Half)v), halves);
        Assert.Equal(row.Max(MathF.Abs) / 127, scales[0], 1e-6f);
        for (var i = 0; i < row.Length; i++) Assert.InRange(row[i] - (bytes[i] * scales[0]), -0.501f * scales[0], 0.501f * scales[0]);
    }

    [Theory]
    [InlineData(RowFormats.Half, 0.001)]
    [InlineData(RowFormats.Int8, 0.01)]
    public void A_table_without_a_master_answers_in_floats_too(RowFormats formats, double precision)
    {
        var table = Table(new() { Dimensions = 37, Formats = formats });
        var row = Enumerable.Range(0, 37).Select(i => (i - 18) / 18f).ToArray();
        table.Writer.Put(1, row);

        var vector = table.Vector(1)!;

        for (var i = 0; i < row.Length; i++) Assert.Equal(row[i], vector[i], precision);
        Assert.Throws<InvalidOperationException>(() => table.Writer.Update(1, 0, static (_, _) => { }));
    }

    [Fact]
    public void A_vector_of_zeros_has_scale_zero()
    {
        var bytes = new sbyte[4];

        Assert.Equal(0, RowScale.Quantise([0, 0, 0, 0], bytes));
        Assert.Equal([0, 0, 0, 0], bytes);
    }

    [Fact]
    public void Spans_of_the_wrong_length_are_refused()
    {
        var table = Table();

        Assert.Throws<ArgumentException>(() => table.Lookup([1, 2], new float[Dimensions]));
        Assert.Throws<ArgumentException>(() => table.Find([1], new int[2]));
        Assert.Throws<ArgumentException>(() => table.Writer.Put(1, new float[Dimensions + 1]));
        Assert.Throws<InvalidOperationException>(() => table.Lookup([1], new Half[Dimensions]));
    }

    private static float ValueOf(long id) => id == 0 ? 65 : System.Numerics.BitOperations.TrailingZeroCount(id);

    private static unsafe bool Holds(CuckooShard shard, long id, int row) =>
        shard.TryFind(id, IdHash.Of(id, 5), out var bucket, out var slot) && Place.Row(bucket->Places[slot]) == row;

    private static long[] Ids(int count)
    {
        var random = new Random(11);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextInt64()).Distinct()];
    }

    private static int[] Find(EmbeddingTable table, params long[] ids)
    {
        var rows = new int[ids.Length];
        table.Find(ids, rows);
        return rows;
    }

    private static float[] Row(float value) => [.. Enumerable.Repeat(value, Dimensions)];

    private EmbeddingTable Table(EmbeddingTableOptions? options = null) => new(options ?? new() { Dimensions = Dimensions, HashSeed = 1 }, _time);
}

internal static class EmbeddingTableVectors
{
    /// <summary>null: the id has no row.</summary>
    public static float[]? Vector(this EmbeddingTable table, long id)
    {
        var vector = new float[table.Dimensions];
        return table.Lookup([id], vector) == 1 ? vector : null;
    }
}
