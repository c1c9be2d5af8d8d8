using TikTok.Transcoder.Jobs;

namespace TikTok.UnitTests.Transcoder;

public sealed class ProgressThrottleTests
{
    private readonly FakeTime _time = new();

    [Fact]
    public void Reports_come_once_a_second_and_every_five_percent_and_never_go_back()
    {
        var throttle = new ProgressThrottle(TimeSpan.FromSeconds(100), _time);

        Assert.Null(throttle.Next(TimeSpan.FromSeconds(4)));
        Assert.Equal(5, throttle.Next(TimeSpan.FromSeconds(5)));
        Assert.Null(throttle.Next(TimeSpan.FromSeconds(50)));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(throttle.Next(TimeSpan.FromSeconds(9)));
        Assert.Equal(51, throttle.Next(TimeSpan.FromSeconds(51)));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(throttle.Next(TimeSpan.FromSeconds(20)));
        Assert.Equal(99, throttle.Next(TimeSpan.FromSeconds(140)));
    }
}
