using FsCheck;
using FsCheck.Fluent;
using TikTok.Functions.Accounts;

namespace TikTok.UnitTests.Accounts;

public sealed class LoginThrottlePolicyTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly LoginThrottlePolicy Policy = LoginThrottlePolicy.Account;

    [Theory]
    [InlineData(0, 0)]
    [InlineData(5, 0)]
    [InlineData(6, 1)]
    [InlineData(7, 2)]
    [InlineData(8, 4)]
    [InlineData(15, 512)]
    [InlineData(16, 900)]
    [InlineData(1000, 900)]
    public void Five_failures_are_free_and_then_each_doubles_the_delay_up_to_15_minutes(int failures, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Policy.DelayAfter(failures));

    [Fact]
    public void One_failure_is_forgotten_in_each_quiet_interval()
    {
        var failures = After(8, Start);
        Assert.Equal(9, Policy.Count(failures, "k", Start + TimeSpan.FromMinutes(14)).Attempts);
        Assert.Equal(8, Policy.Count(failures, "k", Start + TimeSpan.FromMinutes(15)).Attempts);
        Assert.Equal(5, Policy.Count(failures, "k", Start + TimeSpan.FromMinutes(60)).Attempts);
        Assert.Equal(1, Policy.Count(failures, "k", Start + TimeSpan.FromHours(3)).Attempts);
    }

    [Fact]
    public void Failures_that_come_just_before_an_interval_ends_do_not_put_it_off_for_ever()
    {
        // One every 14 minutes: without what is left over of each interval, nothing would ever be forgotten.
        var failures = After(1, Start);
        for (var i = 1; i <= 200; i++) failures = Policy.Count(failures, "k", Start + (i * TimeSpan.FromMinutes(14)));
        Assert.InRange(failures.Attempts, 1, 16);
        Assert.True(Start + (200 * TimeSpan.FromMinutes(14)) - failures.CountedAt < TimeSpan.FromMinutes(15));
    }

    [Fact]
    public void Long_attack_is_forgotten_as_soon_as_a_short_one_and_before_the_document_expires()
    {
        foreach (var policy in (LoginThrottlePolicy[])[LoginThrottlePolicy.Account, LoginThrottlePolicy.KnownAddress, LoginThrottlePolicy.Address])
        {
            var failures = policy.Count(null, "k", Start);
            for (var i = 0; i < 10_000; i++) failures = policy.Count(failures, "k", Start);
            Assert.True(failures.Attempts * policy.ForgetsOneIn <= policy.Lifetime);
            Assert.Equal(1, policy.Count(failures, "k", Start + policy.Lifetime).Attempts);
        }
    }

    [Fact]
    public void Clock_that_goes_back_forgets_nothing() =>
        Assert.Equal(9, Policy.Count(After(8, Start), "k", Start - TimeSpan.FromHours(5)).Attempts);

    [Fact]
    public void Whatever_the_times_the_count_is_of_at_least_one_and_blocks_for_at_most_15_minutes() =>
        Prop.ForAll<PositiveInt[]>(gaps =>
        {
            var now = Start;
            LoginFailures? failures = null;
            foreach (var gap in gaps)
            {
                now += TimeSpan.FromSeconds(gap.Get);
                failures = Policy.Count(failures, "k", now);
                if (failures.Attempts is < 1 or > 16 || failures.BlockedUntil - now > LoginThrottlePolicy.MaxDelay || failures.CountedAt > now) return false;
            }

            return true;
        }).QuickCheckThrowOnFailure();

    private static LoginFailures After(int attempts, DateTimeOffset now) =>
        Enumerable.Range(0, attempts).Aggregate((LoginFailures?)null, (failures, _) => Policy.Count(failures, "k", now))!;
}
