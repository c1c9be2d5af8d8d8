using TikTok.Local.Functions.Queues;

namespace TikTok.UnitTests.Functions.Host;

public sealed class PollingDelayTests
{
    private static readonly TimeSpan Minimum = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Maximum = TimeSpan.FromSeconds(5);

    [Fact]
    public void Next_without_messages_grows_to_the_maximum_and_stays()
    {
        var delay = new PollingDelay(Minimum, Maximum, () => 0.5);

        var delays = Enumerable.Range(0, 10).Select(_ => delay.Next(found: false).TotalMilliseconds).ToList();

        Assert.Equal([100, 200, 300, 500, 900, 1700, 3300, 5000, 5000, 5000], delays);
    }

    [Fact]
    public void Next_after_a_message_begins_anew()
    {
        var delay = new PollingDelay(Minimum, Maximum, () => 0.5);
        for (var i = 0; i < 8; i++)
        {
            delay.Next(found: false);
        }

        Assert.Equal(Minimum, delay.Next(found: true));
        Assert.Equal(Minimum, delay.Next(found: false));
    }

    [Fact]
    public void Next_is_spread_by_a_fifth()
    {
        double Second(double random)
        {
            var delay = new PollingDelay(Minimum, Maximum, () => random);
            delay.Next(found: false);
            return delay.Next(found: false).TotalMilliseconds;
        }

        Assert.Equal((180, 220), (Second(0), Second(1)));
    }

    [Fact]
    public void Next_never_exceeds_a_maximum_below_the_minimum() =>
        Assert.Equal(TimeSpan.FromMilliseconds(20), new PollingDelay(Minimum, TimeSpan.FromMilliseconds(20)).Next(found: true));
}
