using FsCheck;
using FsCheck.Fluent;
using TikTok.Ranker.Ranking;
using TikTok.Ranker.Retrieval;
using TikTok.Ranker.Videos;
using TikTok.UnitTests.Ranker.People;

namespace TikTok.UnitTests.Ranker.Ranking;

public sealed class ValueFunctionTests
{
    [Fact]
    public void The_value_is_the_sum_of_what_each_outcome_is_worth() => Prop.ForAll(Gen.Choose(0, 1_000).Select(n => n / 1_000f).ArrayOf(3 * Heads.Count).ToArbitrary(), predictions =>
    {
        var candidates = new Candidates();
        for (var i = 0; i < 3; i++) candidates.Add(i, CandidatePools.Nearest);
        predictions.CopyTo(candidates.Predictions);
        var weights = new ValueWeights { Finish = 1, WatchRatio = 2, Like = 3, Share = 4, Comment = 5, Follow = 6, Skip = 7 };

        ValueFunction.Apply(candidates, weights);

        for (var i = 0; i < 3; i++)
        {
            float Of(Head head) => predictions[(i * Heads.Count) + (int)head];
            var expected = Of(Head.Finish) + (2 * 2 * Of(Head.WatchRatio)) + (3 * Of(Head.Like)) + (4 * Of(Head.Share)) + (5 * Of(Head.Comment)) + (6 * Of(Head.Follow)) - (7 * Of(Head.Skip));
            Assert.Equal(expected, candidates.Values[i], 3);
        }
    }).Check(Config.QuickThrowOnFailure);

    [Fact]
    public void Without_a_model_what_people_watch_goes_before_what_they_skip_and_the_new_before_the_old()
    {
        var log = new Log();
        for (var i = 0; i < 4; i++) log.Publish(i, $"c{i}");
        var now = log.NowSeconds;
        Set(0, now - 1_000_000, new VideoStatistics { Impressions = 100, WatchRatio = 90, Likes = 10 });
        Set(1, now - 1_000_000, new VideoStatistics { Impressions = 100, WatchRatio = 20, Skips = 80 });
        Set(2, now - 1_000_000, default);
        Set(3, now, default);
        var candidates = new Candidates();
        for (var i = 0; i < 4; i++) candidates.Add(i, CandidatePools.Trending);

        ValueFunction.ApplyHeuristic(candidates, log.Videos, now);

        Assert.Equal([1, 2, 0, 3], candidates.Rows.ToArray().OrderBy(i => candidates.Values[i]).ToArray());

        void Set(int row, uint publishedAt, VideoStatistics statistics)
        {
            ref var video = ref log.Videos.Write(row);
            (video.PublishedAt, video.Statistics) = (publishedAt, statistics);
        }
    }
}
