using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;
using TikTok.Functions.Platform;

namespace TikTok.Functions.Accounts;

/// <param name="Username">In any case.</param>
/// <param name="Password">The account's.</param>
public sealed record LoginRequest(string Username, string Password);

/// <summary>Signs in by name and password. Whether the name or the password was wrong cannot be told from the answer, nor from the time it takes.</summary>
public sealed class SignIn(
    UsernameStore usernames, AccountStore accounts, Passwords passwords, Sessions sessions, LoginThrottle throttle, FirstAdmin firstAdmin)
{
    // No username has a hyphen.
    private const string Nobody = "-";

    /// <param name="address">Where the request came from.</param>
    /// <param name="device">See <see cref="DeviceName"/>.</param>
    /// <exception cref="ProblemException">401: no such pair of name and password. 429: too many wrong ones lately, of this name or from this address.</exception>
    public async Task<SignedIn> LoginAsync(LoginRequest request, IPAddress? address, string device, CancellationToken cancellationToken)
    {
        var attempt = await throttle.BeginAsync(request.Username, address, cancellationToken);
        var account = await FindAsync(request.Username, cancellationToken);
        var result = passwords.Verify(account?.PasswordHash, request.Password);
        if (account is null || result == PasswordVerificationResult.Failed)
        {
            throw Problems.Of(
                StatusCodes.Status401Unauthorized, "/problems/invalid-credentials", "Invalid credentials", "The username or the password is wrong.");
        }

        await throttle.SucceededAsync(attempt, cancellationToken);
        return await sessions.OpenAsync(await RenewAsync(account, request.Password, result, cancellationToken), device, cancellationToken);
    }

    private async Task<Account?> FindAsync(string name, CancellationToken cancellationToken)
    {
        var reservation = await usernames.FindAsync(Username.Parse(name) ?? Nobody, cancellationToken);
        return await accounts.FindAsync(reservation?.UserId ?? Nobody, cancellationToken);
    }

    /// <summary>Brings up to date what only a login can: the strength of the hash, and the role of the first admin.</summary>
    private async Task<Account> RenewAsync(Account account, string password, PasswordVerificationResult result, CancellationToken cancellationToken)
    {
        var hash = result == PasswordVerificationResult.SuccessRehashNeeded ? passwords.Hash(password) : account.PasswordHash;
        if (firstAdmin.RoleOf(account) == account.Role && string.Equals(hash, account.PasswordHash, StringComparison.Ordinal)) return account;

        // Only over the hash that was verified: a password changed meanwhile stays changed.
        return await accounts.ChangeAsync(
            account.UserId,
            current => string.Equals(current.PasswordHash, account.PasswordHash, StringComparison.Ordinal)
                ? current with { PasswordHash = hash, Role = firstAdmin.RoleOf(current) }
                : current,
            cancellationToken) ?? account;
    }
}
