using FsCheck;
using FsCheck.Fluent;
using TikTok.Ranker.Features;
using TikTok.Ranker.People;
using TikTok.Ranker.Retrieval;
using TikTok.Ranker.Retrieval.Pools;
using TikTok.Ranker.Serving;
using TikTok.Ranker.Videos;

namespace TikTok.UnitTests.Ranker.Pools;

public sealed class RetrieverTests
{
    [Fact]
    public void Whatever_the_world_candidates_are_distinct_and_all_of_them_allowed() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            var world = Random(seed);

            var outcome = world.Retrieve(seed);

            var rows = world.Candidates.Rows.ToArray();
            Assert.Equal(rows.Length, rows.Distinct().Count());
            Assert.All(rows, row => Assert.Null(Objection(world, row, outcome.IsLastResort)));
            for (var i = 0; i < rows.Length; i++) Assert.NotEqual(CandidatePools.None, world.Candidates.Pools[i]);

            // So few videos that nothing is cut off: all that are allowed have come, to everybody for whom there is one.
            var allowed = Enumerable.Range(0, world.Videos.Count).Where(row => Objection(world, row, outcome.IsLastResort) is null).ToHashSet();
            var ofFollowedAlone = allowed.Where(row => (world.Videos[row].Flags & VideoFlags.ShadowBanned) != 0);
            Assert.Equal(allowed.Except(ofFollowedAlone).Order(), rows.Except(ofFollowedAlone).Order());
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_same_seed_and_state_give_the_same_candidates_and_another_seed_others()
    {
        var world = new RetrievalWorld(new PoolOptions { TrendingDepth = 10 }, new RetrievalOptions { Trending = 5, Fresh = 20 });
        world.AddMany(6_000);
        world.AddMany(6_000, impressions: 200);

        world.Retrieve(seed: 1);
        var first = world.Candidates.Rows.ToArray();
        world.Retrieve(seed: 1);
        Assert.Equal(first, world.Candidates.Rows.ToArray());

        world.Retrieve(seed: 2);
        Assert.NotEqual(first, world.Candidates.Rows.ToArray());
    }

    [Fact]
    public void Every_pool_brings_its_quota_when_it_has_as_many()
    {
        var options = new RetrievalOptions();
        var world = new RetrievalWorld(new PoolOptions { PerCreator = 1_000, PerHashtag = 1_000, PerSound = 1_000 }, options);
        var song = FeatureId.Of(Field.Sound, "song");
        world.AddMany(700, "trendy", 5_000, change: (ref VideoRow video) => video.Statistics.Trend = 9);
        world.AddMany(700, "followed", 5_000);
        world.AddMany(700, "liked", 5_000);
        world.AddMany(700, "tagged", 5_000, change: (ref VideoRow video) => video.Hashtags[0] = RetrievalWorld.Hashtag("cats"));
        world.AddMany(700, "sung", 5_000, change: (ref VideoRow video) => video.Sound = song);
        world.AddMany(700, "fresh");
        world.IndexRows.AddRange(world.AddMany(3_000, "near", 5_000));
        world.Person.Followed = new HashSet<long> { RetrievalWorld.Creator("followed") };
        world.Person.Creators.Add(RetrievalWorld.Creator("liked"), 1);
        world.Person.Hashtags.Add(RetrievalWorld.Hashtag("cats"), 1);
        world.Person.Sounds.Add(song, 1);
        world.AddMany(5_000, "elsewhere", 5_000);

        var outcome = world.Retrieve();

        Assert.Equal(default, outcome);
        Assert.True(world.Candidates.IsFull);
        Assert.Equal(options.Nearest, world.From(CandidatePools.Nearest).Count());
        Assert.InRange(world.From(CandidatePools.Trending).Count(), options.Trending, 5_000);
        Assert.InRange(world.From(CandidatePools.Followed).Count(), options.Followed, 700);
        Assert.InRange(world.From(CandidatePools.Creators).Count(), options.Creators, 700);
        Assert.InRange(world.From(CandidatePools.Hashtags).Count(), options.Hashtags, 700);
        Assert.InRange(world.From(CandidatePools.Sounds).Count(), options.Sounds, 700);
        Assert.InRange(world.From(CandidatePools.Fresh).Count(), options.Fresh, 700);
    }

    [Fact]
    public void Without_an_index_the_other_pools_fill_up_and_it_is_said()
    {
        var world = new RetrievalWorld(hasIndex: false);
        world.AddMany(6_000);

        var outcome = world.Retrieve();

        Assert.True(world.Candidates.IsFull);
        Assert.Equal(CandidatePools.Nearest, outcome.Skipped);
    }

    [Fact]
    public void Of_whom_nothing_is_known_the_nearest_are_not_asked_for()
    {
        var world = new RetrievalWorld();
        world.IndexRows.AddRange(world.AddMany(10));

        var outcome = world.Retrieve(hasVector: false);

        Assert.Equal(default, outcome);
        Assert.Empty(world.From(CandidatePools.Nearest));
        Assert.Equal(10, world.Candidates.Count);
    }

    [Fact]
    public void When_time_is_up_what_trends_comes_and_the_rest_is_said_to_be_skipped()
    {
        var world = new RetrievalWorld();
        world.IndexRows.AddRange(world.AddMany(6_000));

        var outcome = world.Retrieve(milliseconds: 0);

        Assert.Equal(new RetrievalOptions().Trending, world.Candidates.Count);
        Assert.True(outcome.Skipped.HasFlag(CandidatePools.Nearest | CandidatePools.Fresh | CandidatePools.Followed));
        Assert.False(outcome.Skipped.HasFlag(CandidatePools.Trending));
    }

    [Fact]
    public void A_candidate_of_several_pools_is_one_and_of_all_of_them()
    {
        var world = new RetrievalWorld();
        var row = world.Add("ann");
        world.IndexRows.Add(row);
        world.Person.Followed = new HashSet<long> { RetrievalWorld.Creator("ann") };

        world.Retrieve();

        Assert.Equal([row], world.Candidates.Rows.ToArray());
        Assert.Equal(CandidatePools.Nearest | CandidatePools.Followed | CandidatePools.Trending | CandidatePools.Fresh, world.Candidates.Pools[0]);
    }

    [Fact]
    public void Who_has_seen_everything_sees_it_again_but_never_twice_in_a_session()
    {
        var world = new RetrievalWorld();
        var rows = world.AddMany(3);
        foreach (var row in rows) world.Watched.Add(world.Videos[row].Video);
        world.Excluded.Add(world.Videos[rows[0]].Video);

        var outcome = world.Retrieve();

        Assert.True(outcome.IsLastResort);
        Assert.Equal([rows[1], rows[2]], world.Candidates.Rows.ToArray().Order());
    }

    [Fact]
    public void While_anything_is_unseen_nothing_seen_comes()
    {
        var world = new RetrievalWorld();
        var rows = world.AddMany(3);
        foreach (var row in rows[1..]) world.Watched.Add(world.Videos[row].Video);

        var outcome = world.Retrieve();

        Assert.False(outcome.IsLastResort);
        Assert.Equal([rows[0]], world.Candidates.Rows.ToArray());
    }

    [Fact]
    public void A_video_that_loses_its_flag_is_gone_before_the_pools_are_renewed()
    {
        var world = new RetrievalWorld();
        var row = world.Add();
        world.Retrieve();
        Assert.Equal(1, world.Candidates.Count);

        lock (world.Videos.Writing) world.Videos.Write(row).Flags = 0;
        world.Retriever.Retrieve(new RetrievalRequest { Person = world.Person, Seed = 1, Deadline = RequestDeadline.In(world.Time, TimeSpan.FromSeconds(1)) }, world.Candidates);

        Assert.Equal(0, world.Candidates.Count);
    }

    [Fact]
    public void A_taste_gets_its_part_of_the_quota()
    {
        var world = new RetrievalWorld(new PoolOptions { TrendingDepth = 1, FreshDepth = 1 }, new RetrievalOptions { Hashtags = 100, Fresh = 0, Trending = 0 });
        void Tag(string tag) => world.AddMany(200, impressions: 5_000, change: (ref VideoRow video) => video.Hashtags[0] = RetrievalWorld.Hashtag(tag));
        Tag("cats");
        Tag("dogs");
        world.Person.Hashtags.Add(RetrievalWorld.Hashtag("cats"), 0.75f);
        world.Person.Hashtags.Add(RetrievalWorld.Hashtag("dogs"), 0.25f);
        world.Renewal.Renew();
        var draw = new Draw(world.Videos);
        draw.Begin(new RetrievalRequest { Person = world.Person, Seed = 1, Deadline = default }, world.Candidates);

        new HashtagPool().Propose(new RetrievalRequest { Person = world.Person, Seed = 1, Deadline = default }, world.Renewal.Current, 100, draw);
        draw.Take(0..draw.ListCount, CandidatePools.Hashtags, 100);

        Assert.Equal(100, world.Candidates.Count);
        Assert.Equal(75, world.Candidates.Rows.ToArray().Count(row => world.Videos[row].Hashtags[0] == RetrievalWorld.Hashtag("cats")));
    }

    [Fact]
    public void What_trends_in_the_persons_country_has_half_of_the_trending_quota()
    {
        var world = new RetrievalWorld(retrieval: new RetrievalOptions { Trending = 100 });
        world.AddMany(1_000, impressions: 5_000, change: (ref VideoRow video) => video.Statistics.Trend = 100);
        world.AddMany(1_000, impressions: 5_000, change: (ref VideoRow video) => (video.Country, video.Statistics.Trend) = (CountryCode.Of("JP"), 1));
        world.Person.Country = CountryCode.Of("JP");

        world.Retrieve(milliseconds: 0);

        Assert.Equal(100, world.Candidates.Count);
        Assert.Equal(50, world.Candidates.Rows.ToArray().Count(row => world.Videos[row].Country != 0));
    }

    [Fact]
    public void For_anybody_is_what_trends_for_all_ages_and_not_one_creators()
    {
        var world = new RetrievalWorld();
        world.AddMany(5, "one", change: (ref VideoRow video) => video.Statistics.Trend = 10);
        world.AddMany(5, "two", change: (ref VideoRow video) => (video.Statistics.Trend, video.Flags) = (20, VideoFlags.Listed | VideoFlags.NotForTeens));
        world.AddMany(5, "three", change: (ref VideoRow video) => (video.Statistics.Trend, video.Flags) = (30, VideoFlags.Listed | VideoFlags.ShadowBanned));
        var least = world.Add("four");

        world.Renewal.Renew();

        Assert.Equal([0, 1, least], world.Retriever.ForAnybody.ToArray());
    }

    [Fact]
    public async Task Requests_go_on_while_videos_come_and_go_and_pools_are_renewed()
    {
        var world = new RetrievalWorld();
        world.AddMany(500);
        world.Renewal.Renew();
        var writing = Task.Run(() =>
        {
            for (var round = 0; round < 12; round++)
            {
                foreach (var row in world.AddMany(500, impressions: round * 60))
                {
                    if (row % 3 == 0) lock (world.Videos.Writing) world.Videos.Write(row).Flags = 0;
                }
                world.Renewal.Renew();
            }
        });

        await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(() =>
        {
            var candidates = new Candidates();
            for (var seed = 0; seed < 20 || !writing.IsCompleted; seed++)
            {
                world.Retriever.Retrieve(new RetrievalRequest { Person = world.Person, Seed = seed, Deadline = RequestDeadline.In(world.Time, TimeSpan.FromSeconds(1)) }, candidates);
                Assert.NotEqual(0, candidates.Count);
                Assert.Equal(candidates.Count, candidates.Rows.ToArray().Distinct().Count());
            }
        })));
        await writing;
    }

    [Fact]
    public void Options_that_ask_for_more_than_there_is_room_for_are_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new RetrievalWorld(retrieval: new RetrievalOptions { Nearest = 4_000 }));

    [Fact]
    public void A_request_allocates_nothing_to_speak_of()
    {
        var world = new RetrievalWorld();
        world.AddMany(3_000, impressions: 200);
        world.AddMany(3_000);
        world.IndexRows.AddRange(Enumerable.Range(0, 3_000));
        world.Person.Followed = new HashSet<long> { RetrievalWorld.Creator("ann") };
        world.Retrieve();
        var request = new RetrievalRequest
        {
            Person = world.Person,
            Vector = [1f],
            Seed = 1,
            Deadline = RequestDeadline.In(world.Time, TimeSpan.FromSeconds(1)),
        };
        world.Retriever.Retrieve(request, world.Candidates);

        var before = GC.GetAllocatedBytesForCurrentThread();
        world.Retriever.Retrieve(request, world.Candidates);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 256);
    }

    /// <summary>Why a video must not be a candidate; null when it may.</summary>
    private static string? Objection(RetrievalWorld world, int row, bool mayRepeat)
    {
        var video = world.Videos[row];
        if ((video.Flags & VideoFlags.Listed) == 0) return "unlisted";
        if (video.Creator == world.Person.AsCreator) return "own";
        if (world.Person.IsTeen && (video.Flags & VideoFlags.NotForTeens) != 0) return "not for teens";
        if ((video.Flags & VideoFlags.ShadowBanned) != 0 && !world.Person.Followed.Contains(video.Creator)) return "shadow-banned";
        if (world.Person.Avoided.Contains(video.Creator)) return "avoided";
        if (world.Excluded.Contains(video.Video)) return "excluded";
        return !mayRepeat && world.Watched.Contains(video.Video) ? "watched" : null;
    }

    private static RetrievalWorld Random(int seed)
    {
        var random = new Random(seed);
        var world = new RetrievalWorld();
        var videos = random.Next(0, 120);
        string[] creators = ["self", "a", "b", "c", "d", "e"];
        for (var i = 0; i < videos; i++)
        {
            var (listed, teens, banned) = (random.Next(5) > 0, random.Next(4) == 0, random.Next(6) == 0);
            var row = world.Add(creators[random.Next(creators.Length)], random.Next(4) * 400, random.NextSingle(), (ref VideoRow video) =>
            {
                video.Flags = (listed ? VideoFlags.Listed : 0) | (teens ? VideoFlags.NotForTeens : 0) | (banned ? VideoFlags.ShadowBanned : 0);
                video.Country = CountryCode.Of(random.Next(2) == 0 ? "JP" : "FR");
                video.Sound = FeatureId.Of(Field.Sound, $"{random.Next(3)}");
                video.Statistics.Trend = random.Next(10);
                for (var h = 0; h < random.Next(5); h++) video.Hashtags[h] = RetrievalWorld.Hashtag($"{random.Next(6)}");
            });
            if (random.Next(3) == 0) world.Watched.Add(world.Videos[row].Video);
            if (random.Next(8) == 0) world.Excluded.Add(world.Videos[row].Video);
            if (random.Next(2) == 0) world.IndexRows.Add(row);
        }

        // Now and then a person who has seen it all.
        if (random.Next(5) == 0) world.Watched.UnionWith(Enumerable.Range(0, videos).Select(row => world.Videos[row].Video));
        world.Person.IsTeen = random.Next(2) == 0;
        world.Person.Country = CountryCode.Of("JP");
        world.Person.Followed = Some("a", "b", "self");
        world.Person.Avoided = Some("a", "c");
        foreach (var creator in creators) world.Person.Creators.Add(RetrievalWorld.Creator(creator), random.NextSingle() - 0.3f);
        for (var i = 0; i < 6; i++) world.Person.Hashtags.Add(RetrievalWorld.Hashtag($"{i}"), random.NextSingle() - 0.3f);
        world.Person.SetInterests([RetrievalWorld.Hashtag("5"), RetrievalWorld.Hashtag("unknown")]);
        return world;

        HashSet<long> Some(params string[] names) => [.. names.Where(_ => random.Next(2) == 0).Select(RetrievalWorld.Creator)];
    }
}
