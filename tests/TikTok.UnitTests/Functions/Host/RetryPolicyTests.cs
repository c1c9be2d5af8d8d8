using Microsoft.Azure.Functions.Worker;
using TikTok.Local.Functions.Hosting;

namespace TikTok.UnitTests.Functions.Host;

public sealed class RetryPolicyTests
{
    [Fact]
    public void A_fixed_delay_is_always_the_same()
    {
        var policy = RetryPolicy.From(new FixedDelayRetryAttribute(3, "00:00:10"))!;

        Assert.All([1, 2, 3], failures => Assert.Equal(TimeSpan.FromSeconds(10), policy.Delay(failures, 1)));
        Assert.True(policy.Allows(3));
        Assert.False(policy.Allows(4));
    }

    [Fact]
    public void An_exponential_delay_doubles_between_its_bounds()
    {
        var policy = RetryPolicy.From(new ExponentialBackoffRetryAttribute(-1, "00:00:01", "00:00:30"))!;

        Assert.Equal([1, 2, 4, 8, 16, 30, 30], Enumerable.Range(1, 7).Select(failures => policy.Delay(failures, 0.5).TotalSeconds));
        Assert.Equal(30, policy.Delay(1000, 0.5).TotalSeconds);
        Assert.True(policy.Allows(1_000_000));
    }

    [Theory]
    [InlineData("soon", "00:00:01")]
    [InlineData("-00:00:01", "00:00:01")]
    [InlineData("00:00:02", "00:00:01")]
    public void Intervals_that_make_no_sense_are_refused(string minimum, string maximum) =>
        Assert.ThrowsAny<ArgumentException>(() => new ExponentialBackoffRetryAttribute(1, minimum, maximum));
}
