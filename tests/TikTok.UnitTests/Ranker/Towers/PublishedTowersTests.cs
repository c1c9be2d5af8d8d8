using TikTok.Ranker.Embeddings;
using TikTok.Ranker.Publishing;
using TikTok.Ranker.Retrieval.Towers;

namespace TikTok.UnitTests.Ranker.Towers;

public sealed class PublishedTowersTests : IDisposable
{
    private readonly Taste _taste = new(new TowerWorld());

    public PublishedTowersTests()
    {
        _taste.Swipe(2_500);
        using var file = new MemoryStream();
        _taste.World.Towers.Writer.WriteSnapshot(file, Guid.NewGuid(), () => { });
        file.Position = 0;
        _taste.Published.Published.ReplaceBySnapshot(file);
    }

    public void Dispose() => _taste.World.Dispose();

    [Fact]
    public void A_table_that_learns_on_may_be_published()
    {
        _taste.Swipe(3_000);

        Assert.Null(_taste.Published.Fault());
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(1e6f)]
    public void A_table_with_a_row_that_is_no_vector_may_not(float value)
    {
        var row = new float[_taste.World.Space.Dimensions];
        row[3] = value;
        _taste.World.Towers.Writer.Put(TowerTable.EverybodyId, row);

        Assert.Equal(PublicationFault.NotFinite, _taste.Published.Fault()?.Reason);
    }

    [Fact]
    public void A_table_that_finds_less_well_what_people_like_next_may_not_and_stays_in_until_it_does_again()
    {
        SwipeWhileSpoilt(2_000);

        Assert.Equal(PublicationFault.Retrieval, _taste.Published.Fault()?.Reason);
        Assert.Equal(PublicationFault.Retrieval, _taste.Published.Fault()?.Reason);
    }

    [Fact]
    public void Rolled_back_it_is_what_is_published_and_may_be_published()
    {
        var published = Enumerable.Range(0, 200).Select(row => _taste.RowOf(row)).ToList();
        SwipeWhileSpoilt(500);
        _taste.World.Towers.Writer.Put(TowerTable.EverybodyId, [.. Enumerable.Repeat(float.NaN, _taste.World.Space.Dimensions)]);
        _taste.World.Towers.Writer.Put(TowerWorld.Hashtag("new"), new float[_taste.World.Space.Dimensions]);
        Assert.NotNull(_taste.Published.Fault());

        Assert.True(_taste.Published.TryRollBack());

        Assert.Null(_taste.Published.Fault());
        var state = TowerTable.StateWidth;
        Assert.All(published.Index(), row => Assert.Equal(row.Item[..^state].Select(Rounded), _taste.RowOf(row.Index)[..^state].Select(Rounded)));
        Assert.False(_taste.World.Towers.Writer.TryRead(TowerWorld.Hashtag("new"), new float[_taste.World.Space.Dimensions]));
        _taste.Swipe(3_000);
        Assert.Null(_taste.Published.Fault());
    }

    [Fact]
    public void Before_anything_is_published_there_is_nothing_to_be_worse_than_and_nothing_to_go_back_to()
    {
        var fresh = new Taste(new TowerWorld());
        fresh.Swipe(1_000);

        Assert.Null(fresh.Published.Fault());
        Assert.False(fresh.Published.TryRollBack());
        fresh.World.Dispose();
    }

    /// <summary>As the copies have it that servers read.</summary>
    private static Half Rounded(float value) => (Half)value;

    /// <summary>Again and again what was learned is replaced by chance: once would soon be learned away.</summary>
    private void SwipeWhileSpoilt(int events)
    {
        const int atOnce = 50;
        var random = new Random(3);
        for (var swiped = 0; swiped < events; swiped += atOnce)
        {
            foreach (var id in _taste.World.Towers.Writer.Ids().ToList())
                _taste.World.Towers.Writer.Put(id, [.. Enumerable.Range(0, _taste.World.Space.Dimensions - TowerTable.StateWidth).Select(_ => random.NextSingle() - 0.5f), 0]);
            _taste.Swipe(atOnce);
        }
    }
}
