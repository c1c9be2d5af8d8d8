using TikTok.Core;
using TikTok.Core.Documents;
using TikTok.Core.Events;
using TikTok.Ranker.Features;
using TikTok.Ranker.Videos;

namespace TikTok.UnitTests.Ranker.Videos;

public sealed class StatisticsFoldTests
{
    private readonly FakeTime _time = new();
    private readonly VideoTable _videos = new();
    private readonly StatisticsFold _fold;
    private readonly string _first;
    private readonly string _second;

    public StatisticsFoldTests()
    {
        _fold = new StatisticsFold(_videos);
        (_first, _second) = (AddVideo("ann"), AddVideo("bob"));
    }

    [Fact]
    public void Watching_counts_impressions_ratio_finishes_and_skips()
    {
        Watch("me", _first, 500);
        Watch("me", _first, 9_600);
        Watch("you", _first, 40_000);
        Watch("you", _first, 5_000);

        var statistics = Of(_first);
        Assert.Equal((4f, 2f, 1f), (statistics.Impressions, statistics.Finishes, statistics.Skips));
        Assert.Equal(0.05f + 0.96f + 2 + 0.5f, statistics.WatchRatio, 1e-5f);
        Assert.Equal(statistics.WatchRatio, statistics.Trend, 1e-5f);
        Assert.Equal(0, Of(_second).Impressions);
    }

    [Fact]
    public void Acts_are_counted_and_an_unlike_takes_its_like_back()
    {
        Apply(InteractionType.Like, "me", _first);
        Apply(InteractionType.Like, "you", _first);
        Apply(InteractionType.Unlike, "me", _first);
        Apply(InteractionType.Comment, "me", _first);
        Apply(InteractionType.Share, "me", _first);

        var statistics = Of(_first);
        Assert.Equal((1f, 1f, 1f), (statistics.Likes, statistics.Comments, statistics.Shares));
        Assert.Equal(Engagement.Like + Engagement.Comment + Engagement.Share, statistics.Trend, 1e-4f);
    }

    [Fact]
    public void An_unlike_of_a_like_that_was_never_seen_leaves_nothing_below_zero()
    {
        Apply(InteractionType.Unlike, "me", _first);

        Assert.Equal((0f, 0f), (Of(_first).Likes, Of(_first).Trend));
    }

    [Fact]
    public void Events_of_unknown_videos_are_passed_over()
    {
        Watch("me", Id.New(_time), 5_000);
        Apply(InteractionType.Like, "me", Id.New(_time));
        Apply(InteractionType.Follow, "me", null, "nobody known");

        Assert.Equal(2, _videos.Count);
        Assert.Equal(0, Of(_first).Trend + Of(_second).Trend);
    }

    [Fact]
    public void A_follow_is_credited_to_the_creators_video_that_was_watched_last()
    {
        var later = AddVideo("ann");
        Watch("me", _first, 5_000);
        Watch("me", later, 5_000);
        Watch("me", _second, 5_000);

        Apply(InteractionType.Follow, "me", null, "ann");

        Assert.Equal((0f, 1f, 0f), (Of(_first).Follows, Of(later).Follows, Of(_second).Follows));
    }

    [Fact]
    public void A_follow_told_before_the_watch_it_came_of_is_credited_to_that()
    {
        Apply(InteractionType.Follow, "me", null, "ann");
        Watch("you", _first, 5_000);
        Assert.Equal(0, Of(_first).Follows);

        Watch("me", _first, 5_000);
        Watch("me", _first, 5_000);
        Assert.Equal(1, Of(_first).Follows);
    }

    [Fact]
    public void A_follow_long_before_or_taken_back_is_credited_to_nothing()
    {
        Apply(InteractionType.Follow, "me", null, "ann");
        Apply(InteractionType.Follow, "you", null, "ann");
        Apply(InteractionType.Unfollow, "you", null, "ann");
        Watch("you", _first, 5_000);

        _time.Advance(TimeSpan.FromSeconds(StatisticsFold.FollowWindow + 1));
        Watch("me", _first, 5_000);

        Assert.Equal(0, Of(_first).Follows);
    }

    [Fact]
    public void Engagement_halves_with_time()
    {
        Apply(InteractionType.Share, "me", _first);
        _time.Advance(VideoTable.TrendHalfLife);
        Apply(InteractionType.Share, "me", _first);

        Assert.Equal(1.5f * Engagement.Share, VideoTable.TrendOf(Of(_first), UnixTime.Of(_time.GetUtcNow())), 1e-3f);
    }

    [Fact]
    public void What_is_remembered_of_people_comes_back_from_a_snapshot()
    {
        Watch("me", _first, 5_000);
        Apply(InteractionType.Follow, "you", null, "bob");
        using var stream = new MemoryStream();
        _fold.Save(stream);
        stream.Position = 0;
        var restored = new StatisticsFold(_videos);
        restored.Load(stream);

        restored.Apply(Logged(InteractionType.Follow, "me", null, "ann"));
        restored.Apply(Logged(InteractionType.Watch, "you", _second, watchedMs: 1_000));

        Assert.Equal((1f, 1f), (Of(_first).Follows, Of(_second).Follows));
        Assert.Throws<InvalidDataException>(() => restored.Load(new MemoryStream(stream.ToArray(), 0, 1_000)));
    }

    [Fact]
    public void Of_a_person_whose_account_is_gone_nothing_is_remembered()
    {
        Watch("me", _first, 5_000);
        Watch("you", _first, 5_000);

        _fold.Forget("me");
        Apply(InteractionType.Follow, "me", null, "ann");
        Assert.Equal(0, Of(_first).Follows);

        Apply(InteractionType.Follow, "you", null, "ann");
        Assert.Equal((2f, 1f), (Of(_first).Impressions, Of(_first).Follows));
    }

    private string AddVideo(string creator)
    {
        var id = Id.New(_time);
        lock (_videos.Writing) _videos.Add(id, FeatureId.Of(Field.Creator, creator), out _).Flags = VideoFlags.Listed;
        return id;
    }

    private int RowOf(string video) => _videos.Find(FeatureId.Of(Field.Video, video));

    private VideoStatistics Of(string video) => _videos[RowOf(video)].Statistics;

    private void Watch(string user, string video, long watchedMs) => _fold.Apply(Logged(InteractionType.Watch, user, video, watchedMs: watchedMs));

    private void Apply(InteractionType type, string user, string? video, string? target = null) => _fold.Apply(Logged(type, user, video, target));

    private LoggedInteraction Logged(InteractionType type, string user, string? video, string? target = null, long watchedMs = 0) => new(
        new Interaction
        {
            Id = Id.New(_time),
            Type = type,
            VideoId = video,
            TargetUserId = target,
            UserId = user,
            At = _time.GetUtcNow(),
            Watch = type == InteractionType.Watch ? new WatchFacts(watchedMs, 10_000, WatchSource.Fyp) : null,
        },
        "0",
        0,
        _time.GetUtcNow());
}
