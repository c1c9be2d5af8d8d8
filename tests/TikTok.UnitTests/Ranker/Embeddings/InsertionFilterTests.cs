using TikTok.Ranker.Embeddings;

namespace TikTok.UnitTests.Ranker.Embeddings;

public sealed class InsertionFilterTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(15)]
    public void An_id_alone_is_admitted_at_exactly_the_sighting_asked_for(int sightings)
    {
        var filter = new InsertionFilter(sightings, 1000);

        for (var i = 1; i < sightings; i++) Assert.False(filter.Count(42));

        Assert.True(filter.Count(42));
        Assert.True(filter.Count(42));
    }

    [Fact]
    public void It_errs_early_and_seldom()
    {
        const int Ids = 10_000;
        var filter = new InsertionFilter(3, Ids);
        var random = new Random(5);
        var early = 0;

        for (var i = 0; i < Ids; i++)
        {
            var hash = (ulong)random.NextInt64(long.MinValue, long.MaxValue);
            if (filter.Count(hash) | filter.Count(hash)) early++;
            if (i % 10 == 0) Assert.True(filter.Count(hash));
        }

        Assert.InRange(early, 0, Ids / 100);
    }

    [Fact]
    public void It_never_admits_late_what_was_seen_among_the_last_ids_it_has_room_for()
    {
        const int Capacity = 500;
        var filter = new InsertionFilter(2, Capacity);
        var random = new Random(6);
        for (var i = 0; i < 20_000; i++)
        {
            var watched = (ulong)random.NextInt64();
            var early = filter.Count(watched);
            for (var other = i % 40; other > 0; other--) filter.Count((ulong)random.NextInt64());

            Assert.True(early || filter.Count(watched));
        }
    }

    [Fact]
    public void Sightings_long_ago_are_forgotten()
    {
        var filter = new InsertionFilter(2, 100);
        filter.Count(7UL << 40 | 7);
        var random = new Random(7);
        for (var i = 0; i < 1000; i++) filter.Count((ulong)random.NextInt64());

        Assert.False(filter.Count(7UL << 40 | 7));
    }

    [Fact]
    public void Cells_take_any_number_of_sightings()
    {
        var filter = new InsertionFilter(15, 10);

        for (var i = 1; i <= 100; i++) Assert.Equal(i >= 15, filter.Count(1));
    }

    [Fact]
    public void A_table_gives_a_row_at_the_sighting_asked_for()
    {
        var table = new EmbeddingTable(new() { Dimensions = 4, Sightings = 3, HashSeed = 1 }, new FakeTime());

        Assert.Equal([false, false, true, true], Enumerable.Range(0, 4).Select(_ => table.Writer.Observe(9)));
        Assert.NotNull(table.Vector(9));
        Assert.Null(table.Vector(10));
    }
}
