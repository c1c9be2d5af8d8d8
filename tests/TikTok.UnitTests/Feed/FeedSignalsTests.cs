using FsCheck;
using FsCheck.Fluent;
using TikTok.Core.Documents;
using TikTok.Core.Events;
using TikTok.Functions.Feed;

namespace TikTok.UnitTests.Feed;

public sealed class FeedSignalsTests
{
    private static readonly DateTimeOffset Given = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(InteractionType.Like, true)]
    [InlineData(InteractionType.Comment, true)]
    [InlineData(InteractionType.Share, true)]
    [InlineData(InteractionType.Follow, true)]
    [InlineData(InteractionType.Unlike, false)]
    [InlineData(InteractionType.Unfollow, false)]
    [InlineData(InteractionType.Published, false)]
    [InlineData(InteractionType.Removed, false)]
    public void What_says_that_somebody_likes_something_is_strong(InteractionType type, bool strong) =>
        Assert.Equal(strong, FeedSignals.IsStrong(new Interaction { Id = "1", Type = type, VideoId = "v", UserId = "me", At = Given }));

    [Theory]
    [InlineData(20_000, true)]
    [InlineData(45_000, true)]
    [InlineData(19_700, true)]
    [InlineData(19_000, false)]
    [InlineData(100, false)]
    public void A_watch_is_strong_when_it_came_to_the_end(long watchedMs, bool strong) => Assert.Equal(strong, FeedSignals.IsStrong(Watch("v", 1, watchedMs)));

    [Fact]
    public void Three_different_videos_skipped_one_after_the_other_are_enough()
    {
        Assert.False(FeedSignals.IsSkipped(After(Page, Skip("a", 1), Skip("b", 2))));
        Assert.True(FeedSignals.IsSkipped(After(Page, Skip("a", 1), Skip("b", 2), Skip("c", 3))));
        Assert.True(FeedSignals.IsSkipped(After(After(Page, Skip("a", 1), Skip("c", 3)), Skip("b", 2))));
    }

    [Fact]
    public void A_video_that_was_watched_for_a_while_breaks_the_row_wherever_it_comes_to_be_known() =>
        Assert.False(FeedSignals.IsSkipped(After(After(Page, Skip("a", 1), Watch("b", 2, 5_000)), Skip("c", 3), Skip("d", 4))));

    [Fact]
    public void What_was_skipped_before_the_page_was_given_does_not_count() =>
        Assert.Same(Page, After(Page, Skip("a", -3), Skip("b", -2), Skip("c", 0)));

    [Fact]
    public void One_video_skipped_again_and_again_is_one() =>
        Assert.Single(After(Page, Skip("a", 1), Skip("a", 2), Skip("a", 3)).Skipped);

    [Fact]
    public void The_page_lives_no_longer_for_being_written_again() =>
        Assert.Equal(40, FeedSignals.After(Page, [Skip("a", 1)], Given.AddSeconds(20)).Ttl);

    [Fact]
    public void In_whatever_order_and_however_often_watches_come_the_page_ends_the_same()
    {
        var watches = from video in Gen.Elements("a", "b", "c", "d")
                      from second in Gen.Choose(-2, 9)
                      from isSkip in Gen.Elements(true, false)
                      select isSkip ? Skip(video, second) : Watch(video, second, 5_000);
        var runs = from some in watches.ListOf()
                   from again in Gen.Shuffle(some.Concat(some))
                   select (some, again);
        Prop.ForAll(runs.ToArbitrary(), run =>
        {
            var (all, oneByOne) = (After(Page, [.. run.some]), run.again.Aggregate(Page, (page, watch) => After(page, watch)));
            return all.WatchedAt == oneByOne.WatchedAt && all.Skipped.SequenceEqual(oneByOne.Skipped) && ReferenceEquals(oneByOne, After(oneByOne, [.. run.some]));
        }).QuickCheckThrowOnFailure();
    }

    private static LatestPage Page { get; } = new()
    {
        UserId = "me",
        SessionId = "s",
        Count = 20,
        Page = new FeedPage(["a", "b"]),
        GivenAt = Given,
        WatchedAt = Given,
        Ttl = 60,
    };

    private static LatestPage After(LatestPage page, params Interaction[] watches) => FeedSignals.After(page, watches, Given);

    private static Interaction Skip(string videoId, int second) => Watch(videoId, second, 500);

    private static Interaction Watch(string videoId, int second, long watchedMs) => new()
    {
        Id = $"{videoId}{second}",
        Type = InteractionType.Watch,
        VideoId = videoId,
        UserId = "me",
        At = Given.AddSeconds(second),
        Watch = new WatchFacts(watchedMs, 20_000, WatchSource.Fyp),
    };
}
