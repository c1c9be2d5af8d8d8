using Microsoft.Extensions.DependencyInjection;
using TikTok.Ranker.Features;
using TikTok.Ranker.People;
using TikTok.Ranker.Ranking;
using TikTok.Ranker.Retrieval;
using TikTok.Ranker.Retrieval.Hnsw;
using TikTok.Ranker.Retrieval.Towers;
using TikTok.Ranker.Serving;
using TikTok.Ranker.Videos;
using TikTok.Tests.Shared;

namespace TikTok.UnitTests.Ranker.Serving;

public sealed class RankServiceTests
{
    [Fact]
    public async Task A_page_is_as_long_as_asked_and_of_distinct_videos()
    {
        using var ranker = new TestRanker(videos: 300);
        ranker.Get<RankingModelSlot>().Replace(new TestModel(() => { }));
        var buffers = ranker.Ask();

        var without = await ranker.Service.RankAsync(buffers, ranker.Deadline());

        Assert.Null(without);
        Assert.Equal((Degradations.None, 3), (buffers.Answer.Degradations & ~Degradations.StalePerson, buffers.Answer.ModelVersion));
        Assert.Equal(20, ranker.Page(buffers).Distinct().Count());
    }

    [Fact]
    public async Task Pages_of_a_session_never_repeat_until_all_is_shown()
    {
        using var ranker = new TestRanker(videos: 90);
        var session = new List<long>();
        for (var page = 0; page < 4; page++)
        {
            var buffers = ranker.Ask("me", 25, session);
            await ranker.Service.RankAsync(buffers, ranker.Deadline());
            session.AddRange(ranker.Page(buffers));
            buffers.Release();
        }

        Assert.Equal(90, session.Count);
        Assert.Equal(90, session.Distinct().Count());
    }

    [Fact]
    public async Task Nobody_is_shown_their_own_videos()
    {
        using var ranker = new TestRanker(videos: 100);
        var buffers = ranker.Ask("creator-3", 100);

        await ranker.Service.RankAsync(buffers, ranker.Deadline());

        var videos = ranker.Get<VideoTable>();
        Assert.Equal(98, buffers.Answer.Picks.Length);
        Assert.All(ranker.Page(buffers), video => Assert.NotEqual(FeatureId.Of(Field.Creator, "creator-3"), videos[videos.Find(video)].Creator));
    }

    [Fact]
    public async Task Without_a_model_engagement_and_recency_order_the_page()
    {
        using var ranker = new TestRanker(videos: 300);
        var buffers = ranker.Ask();

        var without = await ranker.Service.RankAsync(buffers, ranker.Deadline());

        Assert.Null(without);
        Assert.Equal(Degradations.Heuristic, buffers.Answer.Degradations & Degradations.Heuristic);
        Assert.Equal(20, buffers.Answer.Picks.Length);
    }

    [Fact]
    public async Task A_model_that_throws_costs_its_predictions_and_nothing_else()
    {
        using var ranker = new TestRanker(videos: 300);
        ranker.Get<RankingModelSlot>().Replace(new TestModel(() => throw new InvalidOperationException("no")));
        var buffers = ranker.Ask();

        var without = await ranker.Service.RankAsync(buffers, ranker.Deadline());

        Assert.Null(without);
        Assert.Equal(Degradations.Heuristic, buffers.Answer.Degradations & Degradations.Heuristic);
        Assert.Equal(20, buffers.Answer.Picks.Length);
    }

    [Fact]
    public async Task A_model_that_hangs_is_given_up_in_time_for_the_rest()
    {
        using var ranker = new TestRanker(videos: 300);
        using var entered = new SemaphoreSlim(0);
        using var hanging = new ManualResetEventSlim();
        ranker.Get<RankingModelSlot>().Replace(new TestModel(() =>
        {
            entered.Release();
            hanging.Wait();
        }));
        var buffers = ranker.Ask();

        var ranking = ranker.Service.RankAsync(buffers, ranker.Deadline()).AsTask();
        await entered.WaitAsync();
        ranker.Time.Advance(TimeSpan.FromMilliseconds(TestRanker.DeadlineMs - 8));
        var without = await ranking;

        Assert.Null(without);
        Assert.Equal(Degradations.Heuristic, buffers.Answer.Degradations & Degradations.Heuristic);
        Assert.Equal(20, buffers.Answer.Picks.Length);
        hanging.Set();
    }

    [Fact]
    public async Task An_index_that_hangs_is_given_up_in_time_for_the_rest_and_left_alone_after_the_third_time()
    {
        // Neither is disposed of: a search that was given up still reads them.
        var index = new HangingIndex();
        var ranker = new TestRanker(videos: 300, services => services.AddSingleton<INearestVideos>(all => index.Over(all.GetRequiredService<VideoSpace>())));
        ranker.Get<RankingModelSlot>().Replace(new TestModel(() => { }));
        Swipe(ranker, "me");
        for (var request = 0; request < StageGuard.Tolerated; request++)
        {
            var late = ranker.Ask();
            var ranking = ranker.Service.RankAsync(late, ranker.Deadline()).AsTask();
            await index.Entered.WaitAsync();
            ranker.Time.Advance(TimeSpan.FromMilliseconds(12));
            AssertWithoutIndex(await ranking, late);
        }

        // The clock stands still: had the index been asked, there would be no answer.
        var next = ranker.Ask();
        AssertWithoutIndex(await ranker.Service.RankAsync(next, ranker.Deadline()), next);

        index.Recover();
        ranker.Time.Advance(StageGuard.RestFor);
        var well = ranker.Ask();
        Assert.Null(await ranker.Service.RankAsync(well, ranker.Deadline()));
        Assert.Equal(Degradations.None, well.Answer.Degradations & Degradations.NoIndex);

        void AssertWithoutIndex(Degradations? without, RequestBuffers buffers)
        {
            Assert.Null(without);
            Assert.Equal(Degradations.NoIndex, buffers.Answer.Degradations & ~Degradations.StalePerson);
            Assert.Equal((20, 3), (ranker.Page(buffers).Distinct().Count(), buffers.Answer.ModelVersion));
        }
    }

    [Fact]
    public async Task What_nobody_expected_to_fail_is_answered_with_what_trends()
    {
        using var ranker = new TestRanker(videos: 300, services => services.AddSingleton<IPersonSource>(new BrokenSource()));
        var buffers = ranker.Ask();

        var without = await ranker.Service.RankAsync(buffers, ranker.Deadline());

        Assert.Equal(Degradations.Static, without);
        Assert.Equal(20, WhatTrends(ranker, buffers).Distinct().Count());
    }

    [Fact]
    public async Task Who_finds_no_place_in_time_is_answered_with_what_trends_and_the_session_has_not_had()
    {
        using var ranker = new TestRanker(videos: 300, services => services.AddSingleton(new Admission(places: 1)));
        await ranker.Get<Admission>().EnterAsync(ranker.Deadline());
        var seen = ranker.Ask(count: 100);
        var session = WhatTrends(ranker, seen);
        var buffers = ranker.Ask("me", 20, session);

        ranker.Time.Advance(TimeSpan.Zero);
        var without = await ranker.Service.RankAsync(buffers, RequestDeadline.In(ranker.Time, ranker.Get<Admission>().Typical));

        Assert.Equal(Degradations.Overload | Degradations.Static, without);
        Assert.Empty(WhatTrends(ranker, buffers).Intersect(session));
    }

    private static List<long> WhatTrends(TestRanker ranker, RequestBuffers buffers)
    {
        Span<int> rows = stackalloc int[100];
        var videos = ranker.Get<VideoTable>();
        var found = new List<long>();
        foreach (var row in rows[..ranker.Service.WhatTrends(buffers.Query, rows)]) found.Add(videos[row].Video);
        return found;
    }

    private static void Swipe(TestRanker ranker, string userId)
    {
        var log = new WrittenLog("0", ranker.Time.GetUtcNow());
        var videos = ranker.Get<VideoTable>();
        for (var i = 0; i < 10; i++) log.Watch(videos.IdOf(i), userId, 8_000, 8_000);
        foreach (var logged in log.Events) ranker.Get<PeopleFold>().Apply(logged);
    }

    /// <summary>Does not answer before it is well again.</summary>
    private sealed class HangingIndex : INearestVideos
    {
        private readonly ManualResetEventSlim _well = new();
        private INearestVideos _space = null!;

        public SemaphoreSlim Entered { get; } = new(0);

        public int Dimensions => _space.Dimensions;

        public bool IsReady => true;

        public HangingIndex Over(INearestVideos space)
        {
            _space = space;
            return this;
        }

        public void Recover() => _well.Set();

        public bool Embed(PersonView person, Span<float> vector) => _space.Embed(person, vector);

        public int Nearest<TFilter>(ReadOnlySpan<float> vector, Span<int> rows, TFilter filter)
            where TFilter : struct, IHnswFilter
        {
            Entered.Release();
            _well.Wait();
            return _space.Nearest(vector, rows, filter);
        }

        public void Affinities(PersonView person, ReadOnlySpan<int> rows, Span<float> affinities) => affinities.Clear();

        public void Similarities(ReadOnlySpan<float> vector, ReadOnlySpan<int> rows, Span<float> similarities) => _space.Similarities(vector, rows, similarities);

        public int Similar<TFilter>(int row, Span<int> rows, TFilter filter)
            where TFilter : struct, IHnswFilter => _space.Similar(row, rows, filter);
    }

    private sealed class BrokenSource : IPersonSource
    {
        public ValueTask ReadAsync(string userId, uint now, TimeSpan budget, PersonView into) => throw new InvalidOperationException("broken");
    }
}
