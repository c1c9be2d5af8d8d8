using FsCheck;
using FsCheck.Fluent;
using TikTok.Ranker.Retrieval;
using TikTok.Ranker.Retrieval.Pools;

namespace TikTok.UnitTests.Ranker.Pools;

public sealed class DrawTests
{
    [Fact]
    public void A_pool_brings_as_many_as_its_quota_and_the_lists_allow_and_no_more() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            var world = new RetrievalWorld();
            var rows = world.AddMany(200);
            foreach (var row in rows.Where(_ => random.Next(4) == 0)) world.Watched.Add(world.Videos[row].Video);
            var draw = new Draw(world.Videos);
            draw.Begin(Request(world), world.Candidates);

            // Of another pool before: what it has drawn counts for the second as well.
            draw.Offer([.. rows], 0, random.Next(100));
            draw.Take(0..draw.ListCount, CandidatePools.Trending, 50);

            var start = draw.ListCount;
            var lists = Enumerable.Range(0, random.Next(6)).Select(_ => Enumerable.Range(0, random.Next(60)).Select(_ => rows[random.Next(rows.Count)]).ToArray()).ToList();
            foreach (var list in lists) draw.Offer(list, 0, list.Length, random.NextSingle());
            var quota = random.Next(120);
            draw.Take(start..draw.ListCount, CandidatePools.Hashtags, quota);

            var allowed = lists.SelectMany(list => list).Distinct().Count(row => !world.Watched.Contains(world.Videos[row].Video));
            Assert.Equal(Math.Min(quota, allowed), world.From(CandidatePools.Hashtags).Count());
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Lists_share_a_quota_by_their_weights_and_what_one_lacks_the_others_bring()
    {
        var world = new RetrievalWorld();
        var (first, second, third) = (world.AddMany(100), world.AddMany(100), world.AddMany(5));
        var draw = new Draw(world.Videos);
        draw.Begin(Request(world), world.Candidates);
        draw.Offer([.. first], 0, 100, 1);
        draw.Offer([.. second], 0, 100, 2);
        draw.Offer([.. third], 0, 5, 1);

        draw.Take(0..3, CandidatePools.Sounds, 80);

        var drawn = world.Candidates.Rows.ToArray();
        Assert.Equal(35, drawn.Count(first.Contains));
        Assert.Equal(40, drawn.Count(second.Contains));
        Assert.Equal(5, drawn.Count(third.Contains));
    }

    [Fact]
    public void More_excluded_than_a_request_may_name_are_refused()
    {
        var world = new RetrievalWorld();
        world.Excluded.AddRange(Enumerable.Range(0, RetrievalRequest.MaxExcluded + 1).Select(i => (long)i));

        Assert.Throws<ArgumentOutOfRangeException>(() => world.Retrieve());
    }

    [Fact]
    public void As_many_excluded_as_may_be_still_leave_room_for_all_candidates()
    {
        var world = new RetrievalWorld(new PoolOptions { TrendingDepth = 12_000 });
        var rows = world.AddMany(12_000);
        world.Excluded.AddRange(rows.Take(RetrievalRequest.MaxExcluded).Select(row => world.Videos[row].Video));

        world.Retrieve();

        Assert.True(world.Candidates.IsFull);
        Assert.Empty(world.Candidates.Rows.ToArray().Intersect(rows.Take(RetrievalRequest.MaxExcluded)));
    }

    private static RetrievalRequest Request(RetrievalWorld world) => new() { Person = world.Person, Seed = 1, Deadline = default };
}
