using FsCheck;
using FsCheck.Fluent;
using TikTok.Core;
using TikTok.Core.Documents;
using TikTok.Core.Ranking;
using TikTok.Ranker.Ranking;
using TikTok.Ranker.Retrieval;

namespace TikTok.UnitTests.Ranker;

public sealed class TrendingAndRecentRankerTests
{
    private readonly FakeTime _time = new();
    private readonly Catalogue _catalogue;
    private readonly TrendingAndRecentRanker _ranker;

    public TrendingAndRecentRankerTests()
    {
        _catalogue = new Catalogue(_time);
        _ranker = new TrendingAndRecentRanker(_catalogue);
    }

    [Fact]
    public void Rank_puts_what_trends_before_what_is_merely_new()
    {
        var viewed = Video("a", views: 100);
        _catalogue.Apply([viewed, Video("b"), Video("c")]);

        var ranked = Rank(count: 3);

        Assert.Equal(viewed.VideoId, ranked[0].VideoId);
        Assert.Equal("trending", ranked[0].Pool);
        Assert.Equal(3, ranked.Count);
    }

    [Fact]
    public void Rank_leaves_out_the_persons_own_videos_and_those_excluded()
    {
        var own = Video("me");
        var seen = Video("a");
        var left = Video("b");
        _catalogue.Apply([own, seen, left]);

        var ranked = _ranker.Rank(new RankRequest { UserId = "me", Count = 10, Exclude = [seen.VideoId], DeadlineMs = 50 });

        Assert.Equal([left.VideoId], ranked.Items.Select(i => i.VideoId));
    }

    [Theory]
    [InlineData(VideoStatus.Deleted, Visibility.Public)]
    [InlineData(VideoStatus.Failed, Visibility.Public)]
    [InlineData(VideoStatus.Ready, Visibility.Private)]
    [InlineData(VideoStatus.Ready, Visibility.Followers)]
    public void A_video_that_may_no_longer_be_shown_leaves_the_pools(VideoStatus status, Visibility visibility)
    {
        var video = Video("a", views: 5);
        _catalogue.Apply([video]);

        _catalogue.Apply([video with { Status = status, Visibility = visibility }]);

        Assert.Empty(Rank(count: 10));
    }

    [Fact]
    public void A_video_leaves_when_its_creator_becomes_private_and_returns()
    {
        var video = Video("a");
        _catalogue.Apply([video]);
        _catalogue.Apply([video with { OwnerPrivate = true }]);
        Assert.Empty(Rank(count: 10));

        _catalogue.Apply([video]);
        Assert.Equal(video.VideoId, Assert.Single(Rank(count: 10)).VideoId);
    }

    [Fact]
    public void Todays_views_outweigh_as_many_of_yesterday()
    {
        var yesterday = Video("a");
        _catalogue.Apply([yesterday]);
        _catalogue.Apply([yesterday with { Counters = new VideoCounters { Views = 100 } }]);
        _time.Advance(TimeSpan.FromDays(1));
        var today = Video("b");
        _catalogue.Apply([today]);
        _catalogue.Apply([today with { Counters = new VideoCounters { Views = 90 } }]);

        Assert.Equal(today.VideoId, Rank(count: 1)[0].VideoId);
    }

    [Fact]
    public void Applying_the_same_state_twice_counts_its_engagement_once()
    {
        var twice = Video("a", views: 10);
        var more = Video("b", views: 15);

        _catalogue.Apply([twice, more]);
        _catalogue.Apply([twice]);

        Assert.Equal(more.VideoId, Rank(count: 1)[0].VideoId);
    }

    [Fact]
    public void Any_answer_is_distinct_and_holds_at_most_two_of_a_creator_in_ten_while_there_is_choice()
    {
        var videos = from creator in Gen.Choose(0, 30) from views in Gen.Choose(0, 50) select (creator, views);
        Prop.ForAll(videos.ListOf(80).ToArbitrary(), drawn =>
        {
            var catalogue = new Catalogue(_time);
            catalogue.Apply([.. drawn.Select(v => Video($"c{v.creator}", v.views))]);

            var items = new TrendingAndRecentRanker(catalogue).Rank(new RankRequest { UserId = "me", Count = 20, DeadlineMs = 50 }).Items;

            var creatorOf = catalogue.Pools.Recent.ToDictionary(c => c.VideoId, c => c.CreatorId);
            var distinctCreators = creatorOf.Values.Distinct().Count();
            var distinct = items.Select(i => i.VideoId).Distinct().Count() == items.Count;
            var full = items.Count == Math.Min(20, drawn.Count);
            // With eleven creators of plenty each there is always another choice for the first ten.
            var spread = distinctCreators < 11 || items.Take(10).GroupBy(i => creatorOf[i.VideoId]).All(g => g.Count() <= TrendingAndRecentRanker.PerCreator);
            return distinct && full && spread;
        }).QuickCheckThrowOnFailure();
    }

    private IReadOnlyList<RankedVideo> Rank(int count) =>
        _ranker.Rank(new RankRequest { UserId = "me", Count = count, DeadlineMs = 50 }).Items;

    private Video Video(string creatorId, long views = 0)
    {
        var id = Id.New(_time);
        return new Video
        {
            Id = id,
            VideoId = id,
            UserId = creatorId,
            Username = creatorId,
            Status = VideoStatus.Ready,
            Upload = new Upload { Filename = "a.mp4", FileSize = 1, DurationMs = 15_000 },
            Counters = new VideoCounters { Views = views },
            CreatedAt = _time.GetUtcNow(),
            PublishedAt = _time.GetUtcNow(),
        };
    }
}
