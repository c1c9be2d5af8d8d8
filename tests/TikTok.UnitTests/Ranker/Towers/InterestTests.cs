using Microsoft.Extensions.Logging.Abstractions;
using TikTok.Ranker.People;
using TikTok.Ranker.Retrieval;
using TikTok.Ranker.Retrieval.Pools;
using TikTok.Ranker.Serving;

namespace TikTok.UnitTests.Ranker.Towers;

public sealed class InterestTests : IDisposable
{
    private readonly TowerWorld _world = new();
    private readonly float[] _vectors;
    private readonly float[] _shares = new float[INearestVideos.MaxInterests];

    public InterestTests()
    {
        for (var i = 0; i < 400; i++) _world.Add($"creator{i}", [$"topic{i % 20}", $"own{i}"]);
        _world.Renew(all: true);
        _vectors = new float[INearestVideos.MaxInterests * _world.Space.Dimensions];
    }

    public void Dispose() => _world.Dispose();

    [Fact]
    public void Of_somebody_of_whom_nothing_is_known_there_is_none() => Assert.Equal(0, Embed(new PersonView()));

    [Fact]
    public void Who_likes_one_thing_has_one_vector_and_it_is_the_persons()
    {
        var person = _world.Watcher(Topic(4).Take(12), Topic(9).Take(5));

        Assert.Equal(1, Embed(person));
        Assert.Equal(_world.Embed(person), Vector(0));
        Assert.Equal(1, _shares[0]);
    }

    [Fact]
    public void Who_likes_several_things_finds_all_of_them_by_their_shares()
    {
        var person = _world.Watcher([.. Topic(1).Take(4), .. Topic(2).Take(8), .. Topic(3).Take(6)], Topic(7).Take(3));

        var count = Embed(person);

        Assert.Equal(3, count);
        Assert.Equal(1, _shares.Sum(), 1e-5);
        var found = Enumerable.Range(0, count).Select(i => _world.Nearest(Vector(i), 20)).ToList();
        foreach (var topic in new[] { 1, 2, 3 })
        {
            var best = found.MaxBy(rows => rows.Count(row => row % 20 == topic))!;
            Assert.InRange(best.Count(row => row % 20 == topic), 18, 20);
        }
    }

    [Fact]
    public void The_nearest_candidates_are_of_all_that_somebody_likes()
    {
        var time = new FakeTime();
        using var renewal = new PoolRenewal(_world.Videos, new PoolOptions(), time, NullLogger<PoolRenewal>.Instance);
        var retriever = new Retriever(_world.Videos, renewal, new CoWatches(_world.Videos, new CoWatchOptions { People = 64 }), _world.Space, new RetrievalOptions { Nearest = 30 });
        renewal.Renew();
        var person = _world.Watcher([.. Topic(1).Take(5), .. Topic(2).Take(10)]);
        person.IsTeen = false;
        var candidates = new Candidates();

        retriever.Retrieve(
            new RetrievalRequest { Person = person, Vector = _world.Embed(person), Seed = 1, Deadline = RequestDeadline.In(time, TimeSpan.FromSeconds(1)) }, candidates);

        var nearest = new List<int>();
        for (var i = 0; i < candidates.Count; i++)
        {
            if (candidates.Pools[i].HasFlag(CandidatePools.Nearest)) nearest.Add(candidates.Rows[i] % 20);
        }
        Assert.InRange(nearest.Count(topic => topic == 1), 5, 20);
        Assert.InRange(nearest.Count(topic => topic == 2), 10, 20);
    }

    [Fact]
    public void A_few_swipes_are_not_parted() => Assert.Equal(1, Embed(_world.Watcher([.. Topic(1).Take(2), .. Topic(2).Take(2)])));

    [Fact]
    public void It_allocates_nothing()
    {
        var person = _world.Watcher([.. Topic(1).Take(10), .. Topic(2).Take(8)], Topic(3).Take(10), "topic5");
        Embed(person);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Embed(person);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private int Embed(PersonView person) => _world.Space.EmbedInterests(person, _vectors, _shares);

    private float[] Vector(int interest) => _vectors[(interest * _world.Space.Dimensions)..((interest + 1) * _world.Space.Dimensions)];

    private static IEnumerable<int> Topic(int topic) => Enumerable.Range(0, 20).Select(i => (20 * i) + topic);
}
