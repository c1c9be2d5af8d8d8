namespace TikTok.Functions.Accounts;

/// <summary>How failed attempts delay the next: some are free, then one second, doubled with each, up to 15 minutes. One is forgotten after each quiet interval.</summary>
/// <param name="Free">Failures that cost nothing.</param>
/// <param name="ForgetsOneIn">The interval after which one failure is forgotten.</param>
/// <param name="Lifetime">How long the document is kept; at least until all is forgotten.</param>
internal sealed record LoginThrottlePolicy(int Free, TimeSpan ForgetsOneIn, TimeSpan Lifetime)
{
    public static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(1);
    public static readonly TimeSpan MaxDelay = TimeSpan.FromMinutes(15);

    /// <summary>Of one account, from anywhere but the addresses that it is known to be used from.</summary>
    public static readonly LoginThrottlePolicy Account = new(Free: 5, ForgetsOneIn: TimeSpan.FromMinutes(15), Lifetime: TimeSpan.FromHours(6));

    /// <summary>Of one account from one address that it was signed in from within the last 90 days.</summary>
    public static readonly LoginThrottlePolicy KnownAddress = Account with { Lifetime = TimeSpan.FromDays(90) };

    /// <summary>Of one address, whichever accounts it tries. Many honest people may stand behind it.</summary>
    public static readonly LoginThrottlePolicy Address = new(Free: 50, ForgetsOneIn: TimeSpan.FromMinutes(1), Lifetime: TimeSpan.FromHours(2));

    // The 11th delay would be longer than the longest; counting further would only make the forgetting longer.
    private const int Doublings = 10;

    /// <summary>The failures with one more.</summary>
    public LoginFailures Count(LoginFailures? failures, string key, DateTimeOffset now)
    {
        var (remembered, since) = Remember(failures, now);
        var count = Math.Min(remembered + 1, Free + Doublings + 1);
        return new LoginFailures
        {
            Id = key,
            Key = key,
            Attempts = count,
            CountedAt = since,
            BlockedUntil = now + DelayAfter(count),
            Ttl = (int)Lifetime.TotalSeconds,
            ETag = failures?.ETag,
        };
    }

    /// <summary>How long whoever has failed so often waits before the next attempt.</summary>
    public TimeSpan DelayAfter(int failures)
    {
        var beyond = failures - Free;
        if (beyond <= 0) return TimeSpan.Zero;
        return beyond > Doublings ? MaxDelay : FirstDelay * (1 << (beyond - 1));
    }

    /// <summary>What is left of the failures, and the moment from which the next interval of forgetting runs: what is left of one is not lost.</summary>
    private (int Count, DateTimeOffset Since) Remember(LoginFailures? failures, DateTimeOffset now)
    {
        if (failures is null || now < failures.CountedAt) return (failures?.Attempts ?? 0, now);
        var intervals = (now - failures.CountedAt).Ticks / ForgetsOneIn.Ticks;
        return intervals >= failures.Attempts ? (0, now) : (failures.Attempts - (int)intervals, failures.CountedAt + (intervals * ForgetsOneIn));
    }
}
