using System.Numerics.Tensors;
using TikTok.Ranker.People;
using TikTok.Ranker.Retrieval.Hnsw;
using TikTok.Ranker.Retrieval.Towers;

namespace TikTok.UnitTests.Ranker.Towers;

public sealed class VideoSpaceTests : IDisposable
{
    private readonly TowerWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public void Nothing_is_found_while_there_is_nothing()
    {
        Assert.False(_world.Space.IsReady);
        Assert.Empty(_world.Nearest(_world.Embed(new PersonView()), 10));
    }

    [Fact]
    public void A_new_video_is_found_by_what_it_has_in_common_before_anybody_watched_it()
    {
        var cats = Enumerable.Range(0, 20).Select(i => _world.Add($"creator{i}", ["cats", $"own{i}"])).ToArray();
        var cars = Enumerable.Range(0, 20).Select(i => _world.Add($"driver{i}", ["cars", $"other{i}"])).ToArray();
        _world.Renew(all: true);

        var fresh = _world.Add("newcomer", ["cats", "first"]);
        _world.Renew();

        var similar = new int[20];
        var found = _world.Space.Similar(fresh, similar, new TowerWorld.Everything());
        Assert.Equal(20, found);
        Assert.DoesNotContain(fresh, similar);
        Assert.Equal(cats, similar.Order());
        Assert.Contains(fresh, _world.Nearest(_world.Embed(_world.Watcher(cats.Take(3))), 21));
        Assert.True(_world.Space.IsReady);
        Assert.Equal(cars.Length + cats.Length + 1, _world.Space.Indexed);
    }

    [Fact]
    public void A_video_no_longer_listed_leaves_the_index_and_still_says_what_its_watchers_like()
    {
        var seen = _world.Add("a", ["cats"]);
        var other = _world.Add("b", ["cats"]);
        _world.Renew();
        var before = _world.Embed(_world.Watcher([seen]));

        _world.Unlist(seen);
        _world.Renew();

        Assert.Equal([other], _world.Nearest(before, 10));
        Assert.Equal(before, _world.Embed(_world.Watcher([seen])));
    }

    [Fact]
    public void A_video_renewed_without_change_is_not_put_in_again()
    {
        for (var i = 0; i < 100; i++) _world.Add($"creator{i}", ["cats"]);
        _world.Renew(all: true);

        _world.Renew(all: true);

        Assert.Equal(0, _world.Space.Index.Deleted);
    }

    [Fact]
    public void What_was_learned_of_a_hashtag_moves_all_its_videos()
    {
        var cat = _world.Add("a", ["cats"]);
        var car = _world.Add("b", ["cars"]);
        _world.Renew(all: true);
        var catsPlace = _world.Embed(_world.Watcher([cat]));
        var before = _world.Similarity(catsPlace, car);

        var row = new float[_world.Space.Dimensions];
        TensorPrimitives.Multiply(catsPlace.AsSpan(..^2), 2, row);
        _world.Towers.Writer.Put(TowerWorld.Hashtag("cars"), row);
        _world.Towers.Changed();

        Assert.True(_world.Space.IsBehind);
        _world.Renew(all: true);
        Assert.False(_world.Space.IsBehind);
        Assert.True(_world.Similarity(catsPlace, car) > before + 1);
    }

    [Fact]
    public void The_nearest_are_those_of_the_largest_inner_products_biases_included()
    {
        var random = new Random(1);
        for (var i = 0; i < 2_000; i++)
        {
            var row = _world.Add($"creator{random.Next(50)}", [$"tag{random.Next(40)}", $"tag{random.Next(40)}"], sound: $"sound{random.Next(30)}");
            var own = new float[_world.Space.Dimensions];
            foreach (ref var value in own.AsSpan(..^2)) value = 0.1f * (random.NextSingle() - 0.5f);
            own[^2] = 2 * (random.NextSingle() - 0.5f);
            _world.Towers.Writer.Put(_world.Videos[row].Video, own);
        }
        _world.Renew(all: true);
        var everything = Enumerable.Range(0, 2_000).ToArray();
        var similarities = new float[2_000];

        var hits = 0;
        for (var person = 0; person < 20; person++)
        {
            var vector = _world.Embed(_world.Watcher(Enumerable.Range(0, 5).Select(_ => random.Next(2_000))));
            _world.Space.Similarities(vector, everything, similarities);
            var best = everything.OrderByDescending(row => similarities[row]).Take(100).ToHashSet();
            hits += _world.Nearest(vector, 100).Count(best.Contains);
        }

        Assert.InRange(hits / 2_000.0, 0.95, 1);
    }

    [Fact]
    public void The_filter_decides_who_may_be_found()
    {
        var rows = Enumerable.Range(0, 200).Select(i => _world.Add($"creator{i}", ["cats"])).ToArray();
        _world.Renew();
        var vector = _world.Embed(_world.Watcher(rows.Take(3)));
        var found = new int[50];

        Assert.Equal(50, _world.Space.Nearest(vector, found, new Odd()));
        Assert.All(found, row => Assert.Equal(1, row % 2));
    }

    [Fact]
    public void Somebody_of_whom_nothing_is_known_lies_where_everybody_does()
    {
        var vector = new float[_world.Space.Dimensions];

        Assert.False(_world.Space.Embed(new PersonView(), vector));

        Assert.All(vector[..^2], component => Assert.Equal(0, component));
        Assert.Equal(1, vector[^2]);
    }

    [Fact]
    public void Interests_lead_until_there_are_swipes_enough()
    {
        var cats = Enumerable.Range(0, 12).Select(i => _world.Add($"a{i}", ["cats"])).ToArray();
        var cars = Enumerable.Range(0, 12).Select(i => _world.Add($"b{i}", ["cars"])).ToArray();
        _world.Renew();

        Assert.Equal(cars, _world.Nearest(_world.Embed(_world.Watcher([], null, "cars")), 12).Order());
        Assert.Equal(cats, _world.Nearest(_world.Embed(_world.Watcher(cats.Take(8), null, "cars")), 12).Order());
        Assert.Equal(_world.Embed(_world.Watcher(cats.Take(10))), _world.Embed(_world.Watcher(cats.Take(10), null, "cars")));
    }

    [Fact]
    public void What_was_skipped_pushes_away()
    {
        var cat = _world.Add("a", ["cats"]);
        var car = _world.Add("b", ["cars"]);
        _world.Renew();

        Assert.True(_world.Similarity(_world.Embed(_world.Watcher([cat], [car])), car) < _world.Similarity(_world.Embed(_world.Watcher([cat])), car));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void A_table_that_is_no_good_moves_no_video_and_stops_no_request(float bad)
    {
        var cats = Enumerable.Range(0, 10).Select(i => _world.Add($"a{i}", ["cats"])).ToArray();
        _world.Renew(all: true);
        var before = _world.Nearest(_world.Embed(_world.Watcher(cats.Take(3))), 10);
        var row = new float[_world.Space.Dimensions];
        row[5] = bad;
        _world.Towers.Writer.Put(TowerWorld.Hashtag("cats"), row);
        var fresh = _world.Add("b", ["cats"]);

        _world.Renew(all: true);

        Assert.Equal(before, _world.Nearest(_world.Embed(_world.Watcher(cats.Take(3))), 10));
        Assert.Equal(0, _world.Similarity(_world.Embed(_world.Watcher(cats.Take(3))), fresh));
        _world.Towers.Writer.Put(TowerTable.EverybodyId, row);
        var vector = _world.Embed(_world.Watcher(cats.Take(3)));
        Assert.All(vector, component => Assert.True(float.IsFinite(component)));
        Assert.Equal(0, _world.Space.EmbedInterests(_world.Watcher(cats), new float[3 * vector.Length], new float[3]));
    }

    [Fact]
    public void A_request_allocates_nothing()
    {
        var rows = Enumerable.Range(0, 300).Select(i => _world.Add($"creator{i}", [$"tag{i % 7}"])).ToArray();
        _world.Renew();
        var person = _world.Watcher(rows.Take(30), rows.Skip(30).Take(30), "tag1");
        var vector = new float[_world.Space.Dimensions];
        var found = new int[100];
        var similarities = new float[100];
        Ask();

        var before = GC.GetAllocatedBytesForCurrentThread();
        Ask();

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Ask()
        {
            _world.Space.Embed(person, vector);
            _world.Space.Similarities(vector, found.AsSpan(0, _world.Space.Nearest(vector, found, new TowerWorld.Everything())), similarities);
        }
    }

    private readonly struct Odd : IHnswFilter
    {
        public bool Allows(ulong label) => label % 2 == 1;
    }
}
