using TikTok.Core.Events;
using TikTok.Ranker.People;

namespace TikTok.UnitTests.Ranker.People;

public sealed class PeopleFoldTests
{
    private readonly Log _log = new();

    [Fact]
    public void Of_somebody_who_did_nothing_nothing_is_known()
    {
        var view = new PersonView { Swipes = 5 };

        Assert.False(_log.People.TryView("anna", view, _log.NowSeconds));
        Assert.Equal((0, true, true), (view.Swipes, view.IsTeen, view.IsStale));
        Assert.NotEqual(0, view.User);
    }

    [Fact]
    public void A_swipe_is_in_the_history_newest_first_and_counts()
    {
        _log.Watch("anna", 1, ms: 10_000);
        _log.Now += TimeSpan.FromSeconds(10);
        _log.Watch("anna", 2, ms: 1_500);

        var view = _log.View("anna");

        Assert.Equal(2, view.Swipes);
        Assert.Equal([Log.Video(2), Log.Video(1)], view.History.ToArray().Select(e => e.Video));
        Assert.Equal((SwipeSignals.Skipped, 0.15f), (view.History[0].Signals, view.History[0].Ratio));
        Assert.Equal((SwipeSignals.Finished, 1f), (view.History[1].Signals, view.History[1].Ratio));
        Assert.True(view.Watched.Contains(Log.Video(1)));
        Assert.False(view.Watched.Contains(Log.Video(3)));
    }

    [Fact]
    public void The_history_is_in_order_of_time_whatever_the_order_of_the_partitions()
    {
        foreach (var minute in new[] { 3, 1, 2, 0 }) _log.Watch("anna", minute, at: Log.Start.AddMinutes(minute));

        Assert.Equal([Log.Video(3), Log.Video(2), Log.Video(1), Log.Video(0)], _log.View("anna").History.ToArray().Select(e => e.Video));
    }

    [Fact]
    public void The_history_keeps_the_newest_swipes_and_the_count_all_of_them()
    {
        for (var i = 0; i < 100; i++) _log.Watch("anna", i, at: Log.Start.AddSeconds(10 * i));

        var view = _log.View("anna");

        Assert.Equal(100, view.Swipes);
        Assert.Equal(Enumerable.Range(36, 64).Reverse().Select(Log.Video), view.History.ToArray().Select(e => e.Video));
    }

    [Fact]
    public void A_swipe_told_twice_counts_once()
    {
        _log.Watch("anna", 1);
        _log.Watch("anna", 1);

        Assert.Equal(1, _log.View("anna").Swipes);
    }

    [Fact]
    public void A_pause_of_half_an_hour_begins_a_new_session()
    {
        _log.Watch("anna", 1);
        _log.Now += TimeSpan.FromMinutes(31);
        Assert.Equal(0, _log.View("anna").SessionSwipes);

        _log.Watch("anna", 2);
        _log.Now += TimeSpan.FromMinutes(29);
        _log.Watch("anna", 3);

        Assert.Equal((3, 2), (_log.View("anna").Swipes, _log.View("anna").SessionSwipes));
    }

    [Fact]
    public void What_is_watched_is_liked_and_what_is_skipped_is_not()
    {
        _log.Publish(1, "cook", "song", "food", "pasta");
        _log.Publish(2, "dancer", null, "dance");
        _log.Watch("anna", 1);
        _log.Watch("anna", 2, ms: 500);

        var view = _log.View("anna");

        Assert.InRange(view.Creators[Log.Creator("cook")], 0.1f, 1);
        Assert.Equal(1, view.Sounds.Count);
        Assert.InRange(view.Hashtags[Log.Hashtag("pasta")], 0.1f, 1);
        Assert.InRange(view.Hashtags[Log.Hashtag("dance")], -1, -0.1f);
    }

    [Fact]
    public void A_taste_stays_within_one_and_turns_within_a_few_swipes()
    {
        for (var i = 0; i < 40; i++) _log.Publish(i, "cook", null, "food");
        for (var i = 0; i < 30; i++) _log.Watch("anna", i, ms: 30_000, at: Log.Start.AddSeconds(i));
        Assert.InRange(_log.View("anna").Hashtags[Log.Hashtag("food")], 0.8f, 1);

        for (var i = 30; i < 35; i++) _log.Watch("anna", i, ms: 500, at: Log.Start.AddSeconds(i));

        Assert.InRange(_log.View("anna").Hashtags[Log.Hashtag("food")], -0.5f, 0);
    }

    [Theory]
    [InlineData(InteractionType.Like, SwipeSignals.Liked)]
    [InlineData(InteractionType.Share, SwipeSignals.Shared)]
    [InlineData(InteractionType.Comment, SwipeSignals.Commented)]
    public void An_action_joins_its_swipe_whichever_is_told_first(InteractionType type, SwipeSignals signal)
    {
        _log.Publish(1, "cook", null, "food");
        _log.Watch("after", 1, ms: 5_000);
        _log.Tell("after", type, 1);
        _log.Tell("before", type, 1);
        _log.Watch("before", 1, ms: 5_000);

        var (after, before) = (_log.View("after"), _log.View("before"));

        Assert.Equal(signal, after.History[0].Signals);
        Assert.Equal(signal, before.History[0].Signals);
        Assert.InRange(after.Hashtags[Log.Hashtag("food")], 0.15f, 1);
    }

    [Fact]
    public void A_like_counts_once_and_can_be_taken_back()
    {
        _log.Publish(1, "cook", null, "food");
        _log.Watch("anna", 1);
        var before = _log.View("anna").Hashtags[Log.Hashtag("food")];

        _log.Tell("anna", InteractionType.Like, 1);
        var once = _log.View("anna").Hashtags[Log.Hashtag("food")];
        _log.Tell("anna", InteractionType.Like, 1);
        var twice = _log.View("anna").Hashtags[Log.Hashtag("food")];
        _log.Tell("anna", InteractionType.Unlike, 1);
        _log.Tell("anna", InteractionType.Unlike, 1);
        var after = _log.View("anna");

        Assert.True(once > before);
        Assert.Equal(once, twice);
        Assert.Equal(before, after.Hashtags[Log.Hashtag("food")], 5);
        Assert.False(after.History[0].Signals.HasFlag(SwipeSignals.Liked));
    }

    [Fact]
    public void A_follow_is_ascribed_to_the_video_that_led_to_it()
    {
        _log.Publish(1, "cook");
        _log.Publish(2, "dancer");
        _log.Watch("anna", 1, at: Log.Start);
        _log.Watch("anna", 2, at: Log.Start.AddSeconds(10));

        _log.Tell("anna", InteractionType.Follow, "cook");

        var view = _log.View("anna");
        Assert.False(view.History[0].Signals.HasFlag(SwipeSignals.Followed));
        Assert.True(view.History[1].Signals.HasFlag(SwipeSignals.Followed));
        Assert.True(view.Creators[Log.Creator("cook")] > view.Creators[Log.Creator("dancer")]);
    }

    [Fact]
    public void A_follow_told_before_its_swipe_waits_for_it()
    {
        _log.Publish(1, "cook");
        _log.Tell("anna", InteractionType.Follow, "cook");
        _log.Watch("anna", 1);

        Assert.True(_log.View("anna").History[0].Signals.HasFlag(SwipeSignals.Followed));
    }

    [Fact]
    public void Follows_and_their_end_change_the_facts_at_once()
    {
        _log.People.SetFacts("anna", Facts(followed: [Log.Creator("cook")]), [], _log.NowSeconds);

        _log.Tell("anna", InteractionType.Follow, "dancer");
        _log.Tell("anna", InteractionType.Unfollow, "cook");

        Assert.Equal([Log.Creator("dancer")], _log.View("anna").Followed);
    }

    [Fact]
    public void Of_somebody_watching_their_own_videos_nothing_is_learnt_of_taste()
    {
        _log.Publish(1, "anna", null, "food");
        _log.Watch("anna", 1);

        var view = _log.View("anna");

        Assert.Equal((1, 0, 0), (view.Swipes, view.Creators.Count, view.Hashtags.Count));
        Assert.Equal(Log.Creator("anna"), view.AsCreator);
    }

    private PersonFacts Facts(params IEnumerable<long> followed) => new()
    {
        BirthDate = new DateOnly(1990, 1, 1),
        Followed = followed.ToHashSet(),
        Rejected = new HashSet<long>(),
        RejectedBy = new HashSet<long>(),
        ReadAt = _log.NowSeconds,
        CheckedAt = _log.NowSeconds,
    };
}
