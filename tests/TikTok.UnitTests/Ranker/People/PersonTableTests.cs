using FsCheck;
using FsCheck.Fluent;
using TikTok.Core.Events;
using TikTok.Ranker.People;

namespace TikTok.UnitTests.Ranker.People;

public sealed class PersonTableTests
{
    private readonly Log _log = new();

    [Fact]
    public void Who_was_heard_of_longest_ago_makes_room_for_others()
    {
        var log = new Log(new PersonTableOptions { Capacity = 2 });
        log.Watch("anna", 1);
        log.Watch("ben", 1);
        log.Watch("anna", 2);
        log.Watch("cleo", 1);

        Assert.Equal((2, 0, 1), (log.View("anna").Swipes, log.View("ben").Swipes, log.View("cleo").Swipes));
    }

    [Fact]
    public void Of_whom_nothing_is_heard_for_long_nothing_is_kept()
    {
        var log = new Log(new PersonTableOptions { Capacity = 10, ForgetAfterDays = 90 });
        log.Watch("anna", 1);
        log.Now += TimeSpan.FromDays(60);
        log.Watch("ben", 1);
        log.Now += TimeSpan.FromDays(31);
        log.Watch("ben", 2);

        Assert.Equal(1, log.People.Count);
        Assert.Equal(2, log.View("ben").Swipes);
    }

    [Fact]
    public void A_person_forgotten_stays_so_whatever_the_log_or_a_snapshot_still_tells()
    {
        _log.Watch("anna", 1);
        using var snapshot = new MemoryStream();
        _log.People.Save(snapshot);

        _log.People.Forget("anna");
        _log.Watch("anna", 2);
        snapshot.Position = 0;
        _log.People.Load(snapshot);

        Assert.False(_log.People.TryView("anna", new PersonView(), _log.NowSeconds));
        Assert.Equal(0, _log.People.Count);
    }

    [Fact]
    public void Facts_are_part_of_the_view_and_say_when_they_are_old()
    {
        var facts = Facts(new DateOnly(2010, 11, 2)) with { Country = CountryCode.Of("SE"), Interests = [Log.Hashtag("food")] };
        _log.People.SetFacts("anna", facts, [], _log.NowSeconds);

        var view = _log.View("anna");
        Assert.Equal((CountryCode.Of("SE"), true, false), (view.Country, view.IsTeen, view.IsStale));
        Assert.Equal([Log.Hashtag("food")], view.Interests.ToArray());
        Assert.Equal([2L, 3L], view.Avoided.Order());

        _log.Now += TimeSpan.FromMinutes(61);
        Assert.True(_log.View("anna").IsStale);
    }

    [Fact]
    public void Somebody_is_a_teen_until_their_eighteenth_birthday()
    {
        _log.People.SetFacts("anna", Facts(new DateOnly(2008, 11, 2)), [], _log.NowSeconds);
        Assert.True(_log.View("anna").IsTeen);

        _log.Now += TimeSpan.FromDays(1);
        Assert.False(_log.View("anna").IsTeen);
    }

    [Fact]
    public void What_another_memory_has_is_filled_in_once()
    {
        _log.Publish(7, "cook", null, "food");
        HistoryEntry[] watched = [new(Log.Video(6), 1, SwipeSignals.Finished, 10), new(Log.Video(7), 1, SwipeSignals.Finished, 20)];
        _log.People.SetFacts("ben", Facts(), [], _log.NowSeconds);
        _log.Watch("ben", 1);
        Assert.True(_log.People.NeedsHistory("anna"));

        _log.People.SetFacts("anna", Facts(), watched, _log.NowSeconds);
        _log.People.SetFacts("ben", Facts(), watched, _log.NowSeconds);

        var anna = _log.View("anna");
        Assert.Equal([Log.Video(7), Log.Video(6)], anna.History.ToArray().Select(e => e.Video));
        Assert.True(anna.Watched.Contains(Log.Video(6)));
        Assert.InRange(anna.Hashtags[Log.Hashtag("food")], 0.1f, 1);
        Assert.Equal(1, _log.View("ben").Swipes);
        Assert.False(_log.People.NeedsHistory("anna"));
    }

    [Fact]
    public void A_view_allocates_nothing()
    {
        for (var i = 0; i < 300; i++)
        {
            _log.Publish(i, $"c{i}", $"s{i}", $"h{i}", $"g{i}");
            _log.Watch("anna", i, at: Log.Start.AddSeconds(i));
        }
        _log.People.SetFacts("anna", Facts(), [], _log.NowSeconds);
        var view = new PersonView();
        _log.People.TryView("anna", view, _log.NowSeconds);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++) _log.People.TryView("anna", view, _log.NowSeconds);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void A_snapshot_cut_short_or_of_something_else_is_refused()
    {
        for (var i = 0; i < 50; i++) _log.Watch("anna", i, at: Log.Start.AddSeconds(i));
        using var whole = new MemoryStream();
        _log.People.Save(whole);

        Assert.ThrowsAny<IOException>(() => new Log().People.Load(new MemoryStream(whole.ToArray()[..^20])));
        Assert.Throws<InvalidDataException>(() => new Log().People.Load(new MemoryStream(new byte[100])));
    }

    [Fact]
    public void From_the_same_log_comes_the_same_state_also_by_way_of_a_snapshot() => Prop.ForAll(Events().ArrayOf().ToArbitrary(), events =>
    {
        var (straight, again, restored) = (SmallLog(), SmallLog(), SmallLog());
        foreach (var e in events) Tell(straight, e);

        foreach (var e in events[..(events.Length / 2)]) Tell(again, e);
        restored.People.Load(new MemoryStream(Saved(again)));
        restored.Now = again.Now;
        foreach (var e in events[(events.Length / 2)..])
        {
            Tell(again, e);
            Tell(restored, e);
        }

        Assert.Equal(Saved(straight), Saved(again));
        Assert.Equal(Saved(straight), Saved(restored));
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(60));

    private static Log SmallLog()
    {
        var log = new Log(new PersonTableOptions { Capacity = 5 });
        for (var i = 0; i < 10; i++) log.Publish(i, $"u{i % 3}", $"s{i % 4}", $"h{i % 5}", $"h{i % 7 + 5}");
        return log;
    }

    private static byte[] Saved(Log log)
    {
        using var stream = new MemoryStream();
        log.People.Save(stream);
        return stream.ToArray();
    }

    private static void Tell(Log log, Event e)
    {
        log.Now += TimeSpan.FromSeconds(e.Pause);
        var user = $"u{e.User}";
        if (e.Type == InteractionType.Watch) log.Watch(user, e.Video, e.Ms);
        else if (e.Type is InteractionType.Follow or InteractionType.Unfollow) log.Tell(user, e.Type, $"u{e.Video % 3}");
        else log.Tell(user, e.Type, e.Video);
    }

    private static Gen<Event> Events() =>
        from user in Gen.Choose(0, 7)
        from type in Gen.Frequency(
            (6, Gen.Constant(InteractionType.Watch)),
            (4, Gen.Elements(InteractionType.Like, InteractionType.Unlike, InteractionType.Comment, InteractionType.Share, InteractionType.Follow, InteractionType.Unfollow)))
        from video in Gen.Choose(0, 12)
        from ms in Gen.Choose(0, 25_000)
        from pause in Gen.Frequency((9, Gen.Choose(0, 60)), (1, Gen.Choose(1_000, 4_000)))
        select new Event(user, type, video, ms, pause);

    private PersonFacts Facts(DateOnly? birthDate = null) => new()
    {
        BirthDate = birthDate ?? new DateOnly(1990, 1, 1),
        Followed = new HashSet<long> { 1 },
        Rejected = new HashSet<long> { 2 },
        RejectedBy = new HashSet<long> { 3 },
        ReadAt = _log.NowSeconds,
        CheckedAt = _log.NowSeconds,
    };

    private sealed record Event(int User, InteractionType Type, int Video, int Ms, int Pause);
}
