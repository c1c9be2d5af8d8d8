using FsCheck;
using FsCheck.Fluent;
using TikTok.Ranker.People;
using TikTok.Ranker.Reranking;
using TikTok.Ranker.Retrieval;
using TikTok.Ranker.Videos;

namespace TikTok.UnitTests.Ranker.Reranking;

public sealed class RerankerTests
{
    [Fact]
    public void Whatever_the_candidates_nothing_unsafe_is_shown_and_nothing_twice() => ForAnyScene((scene, count) =>
    {
        var picks = scene.Rerank(count);

        Assert.Equal(picks.Length, picks.Select(p => p.Candidate).Distinct().Count());
        foreach (var pick in picks)
        {
            ref readonly var video = ref scene.VideoOf(pick.Candidate);
            var expected = (pick.Relaxed & (RelaxedRules.Quality | RelaxedRules.Watched)) switch
            {
                RelaxedRules.None => Exclusion.None,
                RelaxedRules.Quality => Exclusion.Skipped,
                _ => Exclusion.Watched,
            };
            Assert.Equal(expected, Reranker.Judge(scene.Person, video, scene.Options));
            Assert.True(video.IsListed);
            Assert.DoesNotContain(video.Video, scene.Session);
            Assert.DoesNotContain(video.Creator, scene.Person.Avoided);
            Assert.False(scene.Person.IsTeen && (video.Flags & VideoFlags.NotForTeens) != 0);
        }
    });

    [Fact]
    public void A_page_is_as_long_as_was_asked_for_while_there_is_anything_to_show() => ForAnyScene((scene, count) =>
        Assert.Equal(Math.Min(count, Left(scene, []).Count), scene.Rerank(count).Length));

    [Fact]
    public void No_creator_has_more_than_two_videos_in_any_ten_unless_nobody_else_has_one() => ForAnyScene((scene, count) =>
    {
        var last = scene.Session.Select(video => scene.Videos.Find(video)).Select(row => row < 0 ? 0 : scene.Videos[row].Creator).ToList();
        var taken = new List<int>();
        foreach (var pick in scene.Rerank(count))
        {
            var crowded = last.TakeLast(9).Where(c => c != 0).GroupBy(c => c).Where(g => g.Count() >= 2).Select(g => g.Key).ToHashSet();
            if (pick.Relaxed.HasFlag(RelaxedRules.Creator))
                Assert.DoesNotContain(Left(scene, taken), i => IsGood(scene, i) && !crowded.Contains(scene.VideoOf(i).Creator));
            else
                Assert.DoesNotContain(scene.VideoOf(pick.Candidate).Creator, crowded);
            last.Add(scene.VideoOf(pick.Candidate).Creator);
            taken.Add(pick.Candidate);
        }
    });

    [Fact]
    public void What_nearly_everybody_skips_and_what_was_watched_come_only_when_nothing_else_is_left() => ForAnyScene((scene, count) =>
    {
        var taken = new List<int>();
        foreach (var pick in scene.Rerank(count))
        {
            if ((pick.Relaxed & (RelaxedRules.Quality | RelaxedRules.Watched)) != 0) Assert.DoesNotContain(Left(scene, taken), i => IsGood(scene, i));
            taken.Add(pick.Candidate);
        }
    });

    [Fact]
    public void A_page_is_the_same_for_a_seed_and_the_places_by_value_are_right() => ForAnyScene((scene, count) =>
    {
        var picks = scene.Rerank(count, seed: 5);

        Assert.Equal(picks, scene.Rerank(count, seed: 5));
        var good = Left(scene, []).Where(i => IsGood(scene, i)).ToList();
        Assert.All(picks.Where(p => IsGood(scene, p.Candidate)), p => Assert.Equal(1 + good.Count(i => scene.Candidates.Values[i] > p.Value), p.Place));
    });

    [Theory]
    [InlineData(0, 0.7, 0.3)]
    [InlineData(4, 0.45, 0.3)]
    [InlineData(8, 0.2, 0.3)]
    [InlineData(29, 0.175, 0.225)]
    [InlineData(500, 0.15, 0.15)]
    public void The_popular_and_the_unknown_have_their_shares_of_the_feed(int swipes, double popular, double exploration)
    {
        var scene = new Scene { Person = { Swipes = swipes } };
        for (var i = 0; i < 600; i++)
            scene.Add(i * 0.001f, i, i % 3 == 0 ? CandidatePools.Trending | CandidatePools.Nearest : i % 3 == 1 ? CandidatePools.Fresh : CandidatePools.Nearest);

        var picks = Enumerable.Range(0, 50).SelectMany(seed => scene.Rerank(20, seed)).ToList();

        Assert.Equal(popular, picks.Count(p => p.Reason == PickReason.Popular) / 1_000.0, 0.02);
        Assert.Equal(exploration, picks.Count(p => p.Reason == PickReason.Exploration) / 1_000.0, 0.02);
        Assert.All(picks, p => Assert.Equal(RelaxedRules.None, p.Relaxed));
        Assert.All(picks.Where(p => p.Reason == PickReason.Popular), p => Assert.Equal(0, p.Candidate % 3));
        Assert.All(picks.Where(p => p.Reason == PickReason.Exploration), p => Assert.Equal(1, p.Candidate % 3));
    }

    [Fact]
    public void Exploration_is_what_no_pool_of_the_persons_own_brought_and_they_have_no_taste_for()
    {
        var scene = new Scene { Options = new RerankingOptions { ExplorationShareKnown = 1, PopularShareKnown = 0 }, Person = { Swipes = 100 } };
        scene.Person.Hashtags.Add(Scene.Hashtag(1), 0.5f);
        scene.Person.Creators.Add(Scene.Creator(2), 0.5f);
        scene.Add(1, creator: 1, CandidatePools.Trending, 1);
        scene.Add(1, creator: 2, CandidatePools.Trending, 2);
        scene.Add(1, creator: 3, CandidatePools.Trending | CandidatePools.Collaborative, 3);
        scene.Add(0, creator: 4, CandidatePools.Trending, 4);

        Assert.Equal((3, PickReason.Exploration), (scene.Rerank(1)[0].Candidate, scene.Rerank(1)[0].Reason));
    }

    [Fact]
    public void Exploration_draws_by_chance_and_not_the_same_best_for_everybody()
    {
        var scene = new Scene { Options = new RerankingOptions { ExplorationShareKnown = 1, PopularShareKnown = 0 }, Person = { Swipes = 100 } };
        for (var i = 0; i < 100; i++) scene.Add(i, i, CandidatePools.Fresh);

        var first = Enumerable.Range(0, 200).Select(seed => scene.Rerank(1, seed)[0].Candidate).ToList();

        Assert.InRange(first.Distinct().Count(), 20, 100);
        Assert.True(first.Average() > 65);
    }

    [Fact]
    public void Exploration_prefers_what_is_new_until_it_is_old_or_was_shown_often()
    {
        const uint Day = 24 * 60 * 60;
        var scene = new Scene { Options = new RerankingOptions { ExplorationShareKnown = 1, PopularShareKnown = 0 }, Person = { Swipes = 100 } };
        for (var i = 0; i < 80; i++)
        {
            ref var video = ref scene.Add(value: 1, i, CandidatePools.Fresh);
            video.PublishedAt = Scene.Now - ((uint)(79 - i) / 20 * Day);
            video.Statistics.Impressions = i % 2 == 0 ? 0 : 1_000;
        }

        scene.Add(value: 0, creator: 80, CandidatePools.Fresh);

        var drawn = Enumerable.Range(0, 400).Select(seed => scene.Rerank(1, seed)[0].Candidate).ToList();

        Assert.True(drawn.Count(i => i % 2 == 0) > 2 * drawn.Count(i => i % 2 == 1));
        Assert.True(drawn.Count(i => i >= 60) > drawn.Count(i => i is >= 20 and < 40));
    }

    [Fact]
    public void Somebody_new_gets_the_popular_of_their_interests_and_country_first()
    {
        var scene = new Scene { Options = new RerankingOptions { PopularShareNew = 1, PopularShareBegun = 1, ExplorationShareNew = 0 }, Person = { Country = CountryCode.Of("SE") } };
        scene.Person.SetInterests([Scene.Hashtag(7)]);
        for (var i = 0; i < 30; i++) scene.Add(0.5f + (i * 0.001f), i, CandidatePools.Trending);
        scene.Add(0.51f, 40, CandidatePools.Trending, 7);
        scene.Add(0.525f, 41, CandidatePools.Trending).Country = CountryCode.Of("SE");

        Assert.Equal([30, 31], scene.Rerank(2).Select(p => p.Candidate));
    }

    [Fact]
    public void What_is_alike_is_spread_over_the_page()
    {
        var scene = new Scene { Options = Own, Person = { Swipes = 100 } };
        for (var i = 0; i < 200; i++) scene.Add(i < 100 ? 0.9f - (i * 0.0001f) : 0.897f - ((i - 100) * 0.0001f), i, CandidatePools.Nearest, i < 100 ? 1 : i);

        var picks = scene.Rerank(20);
        scene.Options = scene.Options with { Relevance = 1 };
        var byValue = scene.Rerank(20);

        Assert.Equal(20, byValue.Count(p => p.Candidate < 100));
        Assert.InRange(picks.Count(p => p.Candidate < 100), 3, 14);
        Assert.True(picks.Average(p => p.Likeness) < byValue.Average(p => p.Likeness));
    }

    [Fact]
    public void What_was_in_the_session_before_counts_across_the_border_of_pages()
    {
        var scene = new Scene { Options = Own, Person = { Swipes = 100 } };
        for (var i = 0; i < 2; i++) scene.Session.Add(scene.Publish(creator: 1).Video);
        scene.Add(1, creator: 1);
        for (var i = 0; i < 7; i++) scene.Add(0.5f, creator: 10 + i);

        var picks = scene.Rerank(8);

        Assert.Equal(0, picks[7].Candidate);
        Assert.Equal(1, picks[7].Place);
        Assert.Equal(RelaxedRules.Creator, picks[7].Relaxed);
        Assert.All(picks[..7], p => Assert.Equal(RelaxedRules.None, p.Relaxed));
    }

    [Fact]
    public void A_value_that_is_no_number_hides_nothing()
    {
        var scene = new Scene { Options = Own, Person = { Swipes = 100 } };
        scene.Add(float.NaN, 1);
        scene.Add(float.PositiveInfinity, 2);
        scene.Add(1, 3);

        Assert.Equal(2, scene.Rerank(3)[0].Candidate);
        Assert.Equal(3, scene.Rerank(3).Length);
    }

    [Fact]
    public void A_full_page_of_5_000_candidates_allocates_nothing()
    {
        var scene = new Scene { Person = { Swipes = 20 } };
        for (var i = 0; i < Candidates.Capacity; i++) scene.Add((i * 7919 % 5_000) / 5_000f, i % 900, (CandidatePools)(1 << (i % 8)), i % 50, 50 + (i % 30));
        var (picks, session) = (new Pick[Reranker.MaxPicks], Enumerable.Range(0, 500).Select(i => (long)i + 1).ToArray());
        for (var i = 0; i < 3; i++) Reranker.Rerank(scene.Person, scene.Candidates, scene.Videos, scene.Options, session, Scene.Now, i, picks);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 5; i++) Reranker.Rerank(scene.Person, scene.Candidates, scene.Videos, scene.Options, session, Scene.Now, i, picks);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Options_out_of_range_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new RerankingOptions { Relevance = 1.1f }.Validated());
        Assert.Throws<ArgumentOutOfRangeException>(() => new RerankingOptions { PerCreator = 0 }.Validated());
        Assert.NotNull(new RerankingOptions().Validated());
    }

    private static readonly RerankingOptions Own = new() { PopularShareKnown = 0, ExplorationShareKnown = 0 };

    private static void ForAnyScene(Action<Scene, int> holds) =>
        Prop.ForAll(Gen.Choose(0, 100_000).Two().ToArbitrary(), choice => holds(Scene.Of(choice.Item1), choice.Item2 % 61)).Check(Config.QuickThrowOnFailure.WithMaxTest(60));

    /// <summary>What may be shown, at a pinch.</summary>
    private static List<int> Left(Scene scene, IReadOnlyCollection<int> taken) =>
        [.. Enumerable.Range(0, scene.Candidates.Count).Where(i => !taken.Contains(i) && !scene.Session.Contains(scene.VideoOf(i).Video)
            && Reranker.Judge(scene.Person, scene.VideoOf(i), scene.Options) is Exclusion.None or Exclusion.Skipped or Exclusion.Watched)];

    private static bool IsGood(Scene scene, int candidate) => Reranker.Judge(scene.Person, scene.VideoOf(candidate), scene.Options) == Exclusion.None;
}
