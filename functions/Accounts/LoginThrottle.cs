using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using TikTok.Functions.Platform;

namespace TikTok.Functions.Accounts;

/// <summary>An attempt at a password that was let through.</summary>
internal sealed record LoginAttempt(string AccountKey, string KnownAddressKey, string AddressKey, bool IsFromKnownAddress);

/// <summary>
/// Slows down whoever tries passwords: at one account from many addresses, or at many accounts from one. An attempt is counted as failed before the password is
/// looked at, and taken back when it was right, so that a thousand attempts at once are let through no faster than one after the other. An unknown name is
/// counted like any other.
/// </summary>
/// <remarks>
/// Nobody can lock somebody else out for good: a refused attempt is not counted, so each delay ends; and an address from which the account was signed in lately
/// has a count of its own, which attempts from elsewhere do not reach.
/// </remarks>
public sealed class LoginThrottle(LoginFailureStore store, PlatformSecret secret, TimeProvider time)
{
    private const int KeyHashBytes = 16;

    /// <summary>The part of an IPv6 address that one subscriber has.</summary>
    private const int SubscriberBytes = 8;

    private readonly byte[] _key = secret.KeyFor("login.throttle");

    /// <exception cref="ProblemException">429: too many failures lately; <c>Retry-After</c> says how long to wait.</exception>
    internal async Task<LoginAttempt> BeginAsync(string username, IPAddress? address, CancellationToken cancellationToken)
    {
        var name = Username.Parse(username) ?? username;
        var subscriber = SubscriberOf(address);
        var known = KeyOf("known", name, subscriber);
        var attempt = new LoginAttempt(
            KeyOf("account", name), known, KeyOf("address", subscriber), await store.FindAsync(known, cancellationToken) is not null);

        await CountAsync(attempt.AddressKey, LoginThrottlePolicy.Address, cancellationToken);
        try
        {
            if (attempt.IsFromKnownAddress)
                await CountAsync(attempt.KnownAddressKey, LoginThrottlePolicy.KnownAddress, cancellationToken);
            else
                await CountAsync(attempt.AccountKey, LoginThrottlePolicy.Account, cancellationToken);
        }
        catch (ProblemException)
        {
            // No password was tried: people who share an address do not pay for one who is kept waiting.
            await store.TakeBackAsync(attempt.AddressKey, cancellationToken);
            throw;
        }

        return attempt;
    }

    /// <summary>The password was right: the account's count begins anew, and the address is known from here on.</summary>
    internal async Task SucceededAsync(LoginAttempt attempt, CancellationToken cancellationToken)
    {
        await Task.WhenAll(
            KnowAsync(attempt.KnownAddressKey, cancellationToken),
            store.TakeBackAsync(attempt.AddressKey, cancellationToken),
            attempt.IsFromKnownAddress ? Task.CompletedTask : store.DeleteAsync(attempt.AccountKey, cancellationToken));
    }

    /// <summary>The account was made from this address.</summary>
    internal Task RegisteredAsync(string username, IPAddress? address, CancellationToken cancellationToken) =>
        KnowAsync(KeyOf("known", username, SubscriberOf(address)), cancellationToken);

    private Task KnowAsync(string key, CancellationToken cancellationToken)
    {
        var nothing = new LoginFailures
        {
            Id = key,
            Key = key,
            Attempts = 0,
            CountedAt = time.GetUtcNow(),
            Ttl = (int)LoginThrottlePolicy.KnownAddress.Lifetime.TotalSeconds,
        };
        return store.SetAsync(nothing, cancellationToken);
    }

    private async Task CountAsync(string key, LoginThrottlePolicy policy, CancellationToken cancellationToken)
    {
        while (true)
        {
            var failures = await store.FindAsync(key, cancellationToken);
            var now = time.GetUtcNow();
            if (failures?.BlockedUntil > now) throw Problems.TooManyRequests(failures.BlockedUntil - now);
            if (await store.TryWriteAsync(policy.Count(failures, key, now), cancellationToken)) return;
        }
    }

    private static string SubscriberOf(IPAddress? address) => address switch
    {
        null => "",
        { AddressFamily: AddressFamily.InterNetworkV6 } => Convert.ToHexString(address.GetAddressBytes().AsSpan(0, SubscriberBytes)),
        _ => address.ToString(),
    };

    private string KeyOf(string kind, params string[] parts)
    {
        var hash = HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes($"{kind}\n{string.Join('\n', parts)}"));
        return $"login:{kind}:{Base64Url.EncodeToString(hash.AsSpan(0, KeyHashBytes))}";
    }
}
