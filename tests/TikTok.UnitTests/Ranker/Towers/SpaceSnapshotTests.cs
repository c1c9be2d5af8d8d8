using TikTok.Ranker.Embeddings;
using TikTok.Ranker.Retrieval.Towers;

namespace TikTok.UnitTests.Ranker.Towers;

public sealed class SpaceSnapshotTests : IDisposable
{
    private readonly TowerWorld _world = new();
    private readonly MemoryStream _saved = new();

    public SpaceSnapshotTests()
    {
        for (var i = 0; i < 300; i++) _world.Add($"creator{i}", [$"tag{i % 5}"], title: $"title number{i % 3}");
        _world.Renew(all: true);
        new SpaceSnapshot(_world.Videos, _world.Space).Save(_saved);
        _saved.Position = 0;
    }

    public void Dispose() => _world.Dispose();

    [Fact]
    public void What_was_saved_is_found_again_and_not_put_in_anew()
    {
        using var space = Loaded(_world);

        Assert.Equal(300, space.Indexed);
        space.Renew(all: true, CancellationToken.None);
        Assert.Equal(0, space.Index.Deleted);
        Assert.Equal(_world.Space.Words[7].ToArray(), space.Words[7].ToArray());

        var vector = _world.Embed(_world.Watcher([3, 8]));
        var found = new int[20];
        space.Nearest(vector, found, new TowerWorld.Everything());
        Assert.Equal(_world.Nearest(vector, 20), found);
    }

    [Fact]
    public void What_was_saved_is_ready_and_a_table_that_does_not_know_it_yet_moves_nothing()
    {
        var row = new float[_world.Space.Dimensions];
        Array.Fill(row, 0.2f, 0, 40);
        _world.Towers.Writer.Put(TowerWorld.Hashtag("tag1"), row);
        _world.Renew(all: true);
        using var learned = new MemoryStream();
        new SpaceSnapshot(_world.Videos, _world.Space).Save(learned);
        learned.Position = 0;
        var empty = new TowerTable(_world.Towers.Options, RowFormats.Half, TimeProvider.System);
        using var space = new VideoSpace(_world.Videos, empty);

        new SpaceSnapshot(_world.Videos, space).Load(learned);
        space.Renew(all: false, CancellationToken.None);

        Assert.True(space.IsReady);
        Assert.False(space.IsBehind);
        var (saved, restored) = (new float[300], new float[300]);
        var vector = _world.Embed(_world.Watcher([1, 6]));
        _world.Space.Similarities(vector, [.. Enumerable.Range(0, 300)], saved);
        space.Similarities(vector, [.. Enumerable.Range(0, 300)], restored);
        Assert.Equal(saved, restored);

        empty.Changed();
        Assert.True(space.IsBehind);
    }

    [Fact]
    public void What_was_learned_after_it_was_saved_is_put_right_by_the_first_renewal()
    {
        using var space = Loaded(_world);
        var row = new float[_world.Space.Dimensions];
        Array.Fill(row, 0.2f, 0, 40);
        _world.Towers.Writer.Put(TowerWorld.Hashtag("tag1"), row);

        space.Renew(all: true, CancellationToken.None);
        _world.Renew(all: true);

        var vector = _world.Embed(_world.Watcher([1, 6]));
        var found = new int[20];
        space.Nearest(vector, found, new TowerWorld.Everything());
        Assert.All(found, video => Assert.Equal(1, video % 5));
    }

    [Fact]
    public void Where_the_rows_are_others_the_words_find_their_videos_and_the_index_is_built_anew()
    {
        using var swapped = new TowerWorld();
        for (var i = 299; i >= 0; i--) swapped.AddAs(i, $"creator{i}", [$"tag{i % 5}"]);

        new SpaceSnapshot(swapped.Videos, swapped.Space).Load(_saved);

        Assert.Equal(0, swapped.Space.Indexed);
        Assert.Equal(_world.Space.Words[7].ToArray(), swapped.Space.Words[299 - 7].ToArray());
        swapped.Renew(all: true);
        Assert.Equal(300, swapped.Space.Indexed);
    }

    [Fact]
    public void Another_version_is_refused() =>
        Assert.Throws<InvalidDataException>(() => new SpaceSnapshot(_world.Videos, _world.Space).Load(new MemoryStream([9, 0, 0, 0])));

    private VideoSpace Loaded(TowerWorld world)
    {
        var space = new VideoSpace(world.Videos, world.Towers);
        new SpaceSnapshot(world.Videos, space).Load(_saved);
        return space;
    }
}
