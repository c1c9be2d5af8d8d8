using System.Net;
using System.Security.Cryptography;
using TikTok.Functions.Accounts;
using TikTok.Functions.Platform;

namespace TikTok.LocalTests.Accounts;

/// <summary>The throttle alone over the emulator, with a clock that moves only when told.</summary>
public sealed class LoginThrottleTests : IClassFixture<ProductDatabase>
{
    private static int _lastAddress;

    private readonly SettableTime _time = new();
    private readonly LoginThrottle _throttle;
    private readonly string _name = Api.NewName();

    public LoginThrottleTests(ProductDatabase database) => _throttle = new LoginThrottle(
        new LoginFailureStore(database.Client), new PlatformSecret(Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))), _time);

    [Fact]
    public async Task Five_failures_are_free_then_the_delay_doubles_and_a_success_begins_anew()
    {
        var address = NewAddress();
        for (var i = 0; i < 6; i++) await TryAsync(_name, address);
        Assert.Equal(TimeSpan.FromSeconds(1), await RefusalAsync(_name, address));

        _time.Now += TimeSpan.FromSeconds(1);
        await TryAsync(_name, address);
        Assert.Equal(TimeSpan.FromSeconds(2), await RefusalAsync(_name, address));

        _time.Now += TimeSpan.FromSeconds(2);
        await SucceedAsync(_name, address);
        for (var i = 0; i < 6; i++) await TryAsync(_name, address);
        Assert.Equal(TimeSpan.FromSeconds(1), await RefusalAsync(_name, address));
    }

    [Fact]
    public async Task Attempts_from_many_addresses_at_one_account_are_delayed_together()
    {
        for (var i = 0; i < 6; i++) await TryAsync(_name, NewAddress());
        Assert.NotNull(await RefusalAsync(_name, NewAddress()));
        Assert.Null(await RefusalAsync(Api.NewName(), NewAddress()));
    }

    [Fact]
    public async Task Attempts_from_one_address_at_many_accounts_are_delayed_together()
    {
        var address = NewAddress();
        for (var i = 0; i < 51; i++) await TryAsync(Api.NewName(), address);
        Assert.NotNull(await RefusalAsync(Api.NewName(), address));
        Assert.Null(await RefusalAsync(Api.NewName(), NewAddress()));
    }

    [Fact]
    public async Task One_subscriber_of_IPv6_is_one_address()
    {
        for (var i = 0; i < 51; i++) await TryAsync(Api.NewName(), IPAddress.Parse($"2001:db8:0:7::{i + 1:x}"));
        Assert.NotNull(await RefusalAsync(Api.NewName(), IPAddress.Parse("2001:db8:0:7:ffff::1")));
        Assert.Null(await RefusalAsync(Api.NewName(), IPAddress.Parse("2001:db8:0:8::1")));
    }

    [Fact]
    public async Task Two_hundred_attempts_at_once_are_let_through_no_faster_than_one_after_the_other()
    {
        var refusals = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => RefusalAsync(_name, NewAddress())));
        Assert.Equal(6, refusals.Count(refusal => refusal is null));
        Assert.All(refusals.OfType<TimeSpan>(), refusal => Assert.Equal(TimeSpan.FromSeconds(1), refusal));
    }

    [Fact]
    public async Task Whoever_attacks_an_account_from_elsewhere_does_not_keep_its_owner_from_a_known_address()
    {
        var home = NewAddress();
        await SucceedAsync(_name, home);

        await AttackAsync(NewAddress);

        Assert.Equal(LoginThrottlePolicy.MaxDelay, await RefusalAsync(_name, NewAddress()));
        Assert.Null(await RefusalAsync(_name, home));
    }

    [Fact]
    public async Task A_refused_attempt_is_not_counted_so_that_every_delay_ends()
    {
        var home = NewAddress();
        await AttackAsync(() => home);
        for (var minute = 0; minute < 15; minute++)
        {
            Assert.Equal(TimeSpan.FromMinutes(15 - minute), await RefusalAsync(_name, home));
            _time.Now += TimeSpan.FromMinutes(1);
        }

        Assert.Null(await RefusalAsync(_name, home));
    }

    [Fact]
    public async Task People_behind_one_address_do_not_pay_for_one_who_is_kept_waiting()
    {
        var shared = NewAddress();
        for (var i = 0; i < 6; i++) await TryAsync(_name, shared);
        for (var i = 0; i < 100; i++) Assert.NotNull(await RefusalAsync(_name, shared));
        Assert.Null(await RefusalAsync(Api.NewName(), shared));
    }

    [Fact]
    public async Task Logins_that_succeed_cost_their_address_nothing()
    {
        var shared = NewAddress();
        for (var i = 0; i < 60; i++) await SucceedAsync(Api.NewName(), shared);
        Assert.Null(await RefusalAsync(Api.NewName(), shared));
    }

    [Fact]
    public async Task Names_in_upper_case_are_the_same_account()
    {
        for (var i = 0; i < 6; i++) await TryAsync(i % 2 == 0 ? _name : _name.ToUpperInvariant(), NewAddress());
        Assert.NotNull(await RefusalAsync(_name, NewAddress()));
    }

    /// <summary>Tries as soon as it may, until it has to wait as long as anyone ever has to.</summary>
    private async Task AttackAsync(Func<IPAddress> address)
    {
        for (var attempts = 0; attempts < 100; attempts++)
        {
            if (await RefusalAsync(_name, address()) is not { } wait) continue;
            if (wait == LoginThrottlePolicy.MaxDelay) return;
            _time.Now += wait;
        }

        Assert.Fail("The delay did not grow to its longest.");
    }

    private async Task TryAsync(string name, IPAddress address) => await _throttle.BeginAsync(name, address, CancellationToken.None);

    private async Task SucceedAsync(string name, IPAddress address) =>
        await _throttle.SucceededAsync(await _throttle.BeginAsync(name, address, CancellationToken.None), CancellationToken.None);

    /// <summary>How long an attempt is told to wait; null when it is let through, and counted.</summary>
    private async Task<TimeSpan?> RefusalAsync(string name, IPAddress address)
    {
        try
        {
            await TryAsync(name, address);
            return null;
        }
        catch (ProblemException e)
        {
            Assert.Equal(429, e.Problem.Status);
            return e.Problem.RetryAfter;
        }
    }

    private static IPAddress NewAddress()
    {
        var number = Interlocked.Increment(ref _lastAddress);
        return new IPAddress((byte[])[10, (byte)(number >> 16), (byte)(number >> 8), (byte)number]);
    }

    private sealed class SettableTime : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
