using TikTok.Core;
using TikTok.Core.Documents;
using TikTok.Core.Events;
using TikTok.Ranker.People;
using TikTok.Ranker.Retrieval;
using TikTok.Ranker.Retrieval.Pools;
using TikTok.Ranker.Videos;

namespace TikTok.UnitTests.Ranker.Pools;

public sealed class CoWatchesTests
{
    private readonly RetrievalWorld _world = new(new PoolOptions { TrendingDepth = 0, FreshDepth = 0 }, hasIndex: false);
    private int _people;

    [Fact]
    public void What_the_same_people_watch_well_is_found_from_one_another()
    {
        var cats = _world.AddMany(3);
        var dogs = _world.AddMany(3);
        for (var i = 0; i < 20; i++)
        {
            WatchAll(cats);
            WatchAll(dogs);
        }
        History((cats[0], 1, SwipeSignals.None));
        _world.Watched.Add(_world.Videos[cats[0]].Video);

        _world.Retrieve();

        Assert.Equal(cats[1..], _world.From(CandidatePools.Collaborative).Order());
    }

    [Fact]
    public void What_everybody_watches_is_less_alike_than_what_few_watch_together()
    {
        var rare = _world.AddMany(2);
        var hit = _world.Add();
        for (var i = 0; i < 30; i++) WatchAll([rare[0], rare[1], hit]);
        for (var i = 0; i < 3_000; i++) WatchAll([hit]);

        Assert.Equal([rare[1], hit], NeighboursOf(rare[0]));
    }

    [Fact]
    public void Skips_say_nothing_and_the_same_video_again_is_not_its_own_neighbour()
    {
        var rows = _world.AddMany(3);
        for (var i = 0; i < 10; i++)
        {
            var person = $"person {i}";
            Watch(person, rows[0], 9_000);
            Watch(person, rows[1], 1_000);
            Watch(person, rows[0], 9_000);
        }

        Assert.Empty(NeighboursOf(rows[0]));
        Assert.Empty(NeighboursOf(rows[1]));
    }

    [Fact]
    public void Rarely_watched_videos_have_no_neighbours_yet()
    {
        var rows = _world.AddMany(2);
        for (var i = 0; i < 2; i++) WatchAll(rows);

        Assert.Equal(0, _world.CoWatches.Count);
    }

    [Fact]
    public void Of_many_neighbours_the_frequent_ones_stay_and_passing_ones_are_not_believed()
    {
        var centre = _world.Add();
        var friends = _world.AddMany(6);
        var passing = _world.AddMany(400);
        var random = new Random(5);
        for (var i = 0; i < 400; i++) WatchAll([centre, friends[random.Next(friends.Count)], passing[i]]);

        var found = NeighboursOf(centre);

        Assert.Equal(friends.Order(), found.Take(friends.Count).Order());
        Assert.InRange(found.Count, friends.Count, CoWatches.Neighbours.Capacity);
    }

    [Fact]
    public void What_was_watched_together_lately_counts_more_than_what_was_long_ago()
    {
        var rows = _world.AddMany(3);
        for (var i = 0; i < 40; i++) WatchAll([rows[0], rows[1]]);
        _world.Time.Advance(new CoWatchOptions().HalfLife * 3);
        for (var i = 0; i < 20; i++) WatchAll([rows[0], rows[2]]);

        Assert.Equal([rows[2], rows[1]], NeighboursOf(rows[0]));
    }

    [Fact]
    public void Years_later_counts_are_still_numbers()
    {
        var rows = _world.AddMany(2);
        for (var year = 0; year < 4; year++)
        {
            for (var i = 0; i < 10; i++) WatchAll(rows);
            _world.Time.Advance(TimeSpan.FromDays(700));
        }

        Assert.Equal([rows[1]], NeighboursOf(rows[0]));
    }

    [Fact]
    public void A_liked_video_speaks_louder_than_one_merely_watched()
    {
        var (watched, liked) = (_world.AddMany(2), _world.AddMany(2));
        for (var i = 0; i < 10; i++)
        {
            WatchAll(watched);
            WatchAll(liked);
        }
        History((watched[0], 1, SwipeSignals.None), (liked[0], 0.1f, SwipeSignals.Liked));
        var draw = new Draw(_world.Videos);
        var request = new RetrievalRequest { Person = _world.Person, Seed = 1, Deadline = default };
        draw.Begin(request, _world.Candidates);
        new CollaborativePool(_world.CoWatches, _world.Videos).Propose(request, VideoPools.Empty, 10, draw);
        draw.Take(0..draw.ListCount, CandidatePools.Collaborative, 10);

        Assert.Equal([liked[1], watched[1]], _world.Candidates.Rows.ToArray());
    }

    [Fact]
    public void From_a_snapshot_it_goes_on_as_if_it_had_never_stopped()
    {
        var rows = _world.AddMany(60);
        var random = new Random(1);
        for (var i = 0; i < 300; i++) WatchAll(Some());
        using var stream = new MemoryStream();
        _world.CoWatches.Save(stream);
        stream.Position = 0;
        var restored = new CoWatches(_world.Videos, new CoWatchOptions { People = 64 });
        restored.Load(stream);

        for (var i = 0; i < 300; i++)
        {
            var (person, row) = ($"person {random.Next(100)}", rows[random.Next(rows.Count)]);
            Watch(person, row, 9_000);
            restored.Apply(Logged(person, row, 9_000));
        }

        Assert.All(rows, row => Assert.Equal(NeighboursOf(row), NeighboursOf(row, restored)));
        Assert.Throws<InvalidDataException>(() => restored.Load(new MemoryStream(stream.ToArray(), 0, (int)stream.Length - 1)));
        Assert.Throws<InvalidDataException>(() => new CoWatches(_world.Videos, new CoWatchOptions { People = 32 }).Load(new MemoryStream(stream.ToArray())));

        List<int> Some() => [.. Enumerable.Range(0, 5).Select(_ => rows[random.Next(rows.Count)])];
    }

    private List<int> NeighboursOf(int row, CoWatches? of = null)
    {
        var scores = new RowScores();
        scores.Clear();
        (of ?? _world.CoWatches).AddNeighbours(row, 1, scores);
        var rows = new int[RowScores.Capacity];
        return [.. rows.AsSpan(0, scores.CopyDescending(rows))];
    }

    private void History(params (int Row, float Ratio, SwipeSignals Signals)[] newestFirst) =>
        _world.Person.SetHistory([.. newestFirst.Select(e => new HistoryEntry(_world.Videos[e.Row].Video, e.Ratio, e.Signals, 1))]);

    /// <summary>By somebody new.</summary>
    private void WatchAll(List<int> rows)
    {
        var person = $"new person {_people++}";
        foreach (var row in rows) Watch(person, row, 9_000);
    }

    private void Watch(string person, int row, long watchedMs) => _world.CoWatches.Apply(Logged(person, row, watchedMs));

    private LoggedInteraction Logged(string person, int row, long watchedMs) => new(
        new Interaction
        {
            Id = Id.New(_world.Time),
            Type = InteractionType.Watch,
            VideoId = _world.Videos.IdOf(row),
            UserId = person,
            At = _world.Time.GetUtcNow(),
            Watch = new WatchFacts(watchedMs, 10_000, WatchSource.Fyp),
        },
        "0",
        0,
        _world.Time.GetUtcNow());
}
