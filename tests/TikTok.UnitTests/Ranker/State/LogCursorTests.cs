using TikTok.Ranker.State;
using TikTok.Tests.Shared;

namespace TikTok.UnitTests.Ranker.State;

public sealed class LogCursorTests
{
    private readonly LogCursor _cursor = new();

    [Fact]
    public void An_event_is_taken_once_however_often_it_is_delivered()
    {
        var log = new WrittenLog("3").Watch("a").Watch("b");

        Assert.True(_cursor.TryTake(log.Events[0]));
        Assert.True(_cursor.TryTake(log.Events[1]));
        Assert.False(_cursor.TryTake(log.Events[0]));
        Assert.False(_cursor.TryTake(log.Events[1]));
        Assert.Equal(2, _cursor.NextOf("3"));
        Assert.Null(_cursor.NextOf("4"));
    }

    [Fact]
    public void A_second_copy_of_a_producer_is_passed_over_within_ten_minutes()
    {
        var log = new WrittenLog().Watch("a").Wait(TimeSpan.FromMinutes(9)).Repeat(0).Wait(TimeSpan.FromMinutes(11)).Repeat(0);

        Assert.Equal([true, false, true], log.Events.Select(_cursor.TryTake));
        Assert.Equal(3, _cursor.NextOf("0"));
    }

    [Fact]
    public void A_restored_cursor_takes_what_the_other_would_have()
    {
        var log = new WrittenLog("7").Watch("a").Watch("b").Repeat(1).Watch("c");
        foreach (var logged in log.Events.Take(2)) _cursor.TryTake(logged);
        var saved = new MemoryStream();
        _cursor.Save(saved);
        saved.Position = 0;

        var restored = new LogCursor();
        restored.Load(saved);

        Assert.Equal(2, restored.NextOf("7"));
        Assert.Equal([false, false, false, true], log.Events.Select(restored.TryTake));
    }
}
