using TikTok.Ranker.Features;
using TikTok.Ranker.Retrieval;
using TikTok.Ranker.Retrieval.Pools;
using TikTok.Ranker.Videos;

namespace TikTok.UnitTests.Ranker.Pools;

public sealed class FreshPoolTests
{
    private readonly RetrievalWorld _world = new(new PoolOptions { TrendingDepth = 0 }, new RetrievalOptions { Fresh = 200, Trending = 0 }, hasIndex: false);
    private readonly Draw _draw;

    public FreshPoolTests() => _draw = new Draw(_world.Videos);

    [Fact]
    public void Every_video_is_fresh_until_it_has_had_its_impressions_however_it_does()
    {
        _world.AddMany(100, impressions: 5_000, ratio: 0.9f);
        var bad = _world.Add(impressions: 99, ratio: 0.01f);

        _world.Retrieve();

        Assert.Equal([bad], _world.From(CandidatePools.Fresh));
    }

    [Fact]
    public void Then_a_bad_one_leaves_and_a_good_one_stays_until_it_is_certain()
    {
        _world.AddMany(100, impressions: 5_000, ratio: 0.6f);
        _world.Add(impressions: 300, ratio: 0.1f);
        var average = _world.Add(impressions: 300, ratio: 0.58f);
        var good = _world.Add(impressions: 300, ratio: 1.2f);
        _world.Add(impressions: 1_000, ratio: 1.2f);

        _world.Retrieve();

        Assert.Equal([average, good], _world.From(CandidatePools.Fresh).Order());
    }

    [Fact]
    public void The_better_a_video_is_watched_the_more_often_it_is_tried()
    {
        _world.AddMany(3_000, impressions: 5_000, ratio: 0.5f);
        var poor = _world.AddMany(600, impressions: 150, ratio: 0.45f).ToHashSet();
        var good = _world.AddMany(600, impressions: 150, ratio: 0.65f).ToHashSet();
        _world.Renewal.Renew();

        var (ofPoor, ofGood) = (0, 0);
        for (var seed = 0; seed < 20; seed++)
        {
            Take(200, seed);
            ofPoor += _world.From(CandidatePools.Fresh).Count(poor.Contains);
            ofGood += _world.From(CandidatePools.Fresh).Count(good.Contains);
        }

        Assert.InRange(ofPoor, 1, ofGood / 3);
    }

    [Fact]
    public void Half_is_for_those_that_wait_for_their_impressions_and_over_time_all_of_them_come()
    {
        var waiting = _world.AddMany(2_000).ToHashSet();
        _world.AddMany(2_000, impressions: 150);
        _world.Renewal.Renew();

        var seen = new HashSet<int>();
        for (var seed = 0; seed < 2_000; seed++)
        {
            Take(200, seed);
            Assert.Equal(200, _world.Candidates.Count);
            var drawn = _world.From(CandidatePools.Fresh).Where(waiting.Contains).ToList();
            Assert.Equal(100, drawn.Count);
            seen.UnionWith(drawn);
        }
        Assert.Equal(waiting.Count, seen.Count);
    }

    [Fact]
    public void Of_those_that_wait_the_newest_come_the_most_often()
    {
        var older = _world.AddMany(900).ToHashSet();
        _world.Time.Advance(TimeSpan.FromHours(1));
        var newest = _world.AddMany(100).ToHashSet();
        _world.Renewal.Renew();

        var (ofOlder, ofNewest) = (0, 0);
        for (var seed = 0; seed < 500; seed++)
        {
            Take(50, seed);
            ofOlder += _world.From(CandidatePools.Fresh).Count(older.Contains);
            ofNewest += _world.From(CandidatePools.Fresh).Count(newest.Contains);
        }

        Assert.InRange(ofNewest, ofOlder, 4 * ofOlder);
    }

    [Fact]
    public void A_quota_beyond_what_lies_behind_the_first_goes_round_to_the_beginning()
    {
        _world.AddMany(500);
        _world.Renewal.Renew();

        Take(500, seed: 3);

        Assert.Equal(500, _world.Candidates.Count);
    }

    [Fact]
    public void The_pool_is_of_the_newest_when_there_are_too_many()
    {
        var world = new RetrievalWorld(new PoolOptions { FreshDepth = 10 });
        world.AddMany(20);
        world.Time.Advance(TimeSpan.FromHours(1));
        var newest = world.AddMany(10);

        world.Renewal.Renew();

        Assert.Equal(newest, world.Renewal.Current.Unproven.Order());
    }

    [Fact]
    public void Beta_variates_have_the_distributions_mean_and_variance()
    {
        foreach (var (alpha, beta) in new[] { (1f, 1f), (2f, 8f), (75f, 225f) })
        {
            var sampler = new BetaSampler(new SplitMix64(7));
            var draws = Enumerable.Range(0, 50_000).Select(_ => (double)sampler.Next(alpha, beta)).ToList();

            var mean = draws.Average();
            var variance = draws.Average(draw => (draw - mean) * (draw - mean));
            var expected = alpha / (alpha + beta);
            Assert.Equal(expected, mean, 0.01 * expected + 0.001);
            Assert.Equal(expected * (1 - expected) / (alpha + beta + 1), variance, 0.03 * variance);
            Assert.All(draws, draw => Assert.InRange(draw, 0, 1));
        }
    }

    /// <summary>Of the fresh pool alone, without filling up.</summary>
    private void Take(int quota, int seed)
    {
        var request = new RetrievalRequest { Person = _world.Person, Seed = seed, Deadline = default };
        _draw.Begin(request, _world.Candidates);
        new FreshPool().Propose(request, _world.Renewal.Current, quota, _draw);
        _draw.Take(0.._draw.ListCount, CandidatePools.Fresh, quota);
    }
}
