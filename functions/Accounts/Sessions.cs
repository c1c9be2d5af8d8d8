using Microsoft.AspNetCore.Http;
using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;
using TikTok.Functions.Platform;

namespace TikTok.Functions.Accounts;

/// <summary>What a device gets when it signs in or refreshes.</summary>
/// <param name="AccessToken">ES256 JSON Web Token for <c>Authorization: Bearer</c>.</param>
/// <param name="RefreshToken">Good for one refresh, within 30 days.</param>
/// <param name="ExpiresIn">Seconds that the access token lives.</param>
public sealed record SignedIn(
    string UserId, string Username, AccountType AccountType, string AccessToken, string RefreshToken, long ExpiresIn);

/// <summary>
/// Signed-in devices. Each refresh trades the refresh token for a new one; a token that is used a second time is one that two parties hold, so the
/// session ends for both.
/// </summary>
public sealed class Sessions(SessionStore store, AccountStore accounts, AccessTokens tokens, TimeProvider time)
{
    /// <summary>A session that is not refreshed for so long is over.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(30);

    public async Task<SignedIn> OpenAsync(Account account, CancellationToken cancellationToken)
    {
        var sessionId = Id.New(time);
        var token = RefreshToken.New(account.UserId, sessionId);
        var now = time.GetUtcNow();
        var session = new Session
        {
            Id = Session.IdFor(sessionId),
            UserId = account.UserId,
            TokenHash = token.Hash(),
            CreatedAt = now,
            RefreshedAt = now,
            Ttl = (int)Lifetime.TotalSeconds,
        };
        await store.CreateAsync(session, cancellationToken);
        return Answer(account, token);
    }

    /// <exception cref="ProblemException">401: no such session, or the token was used before, which ends the session.</exception>
    public async Task<SignedIn> RefreshAsync(string refreshToken, CancellationToken cancellationToken)
    {
        if (RefreshToken.Parse(refreshToken) is not { } token) throw InvalidToken();
        if (await store.FindAsync(token.UserId, token.SessionId, cancellationToken) is not { } session) throw InvalidToken();

        var next = RefreshToken.New(token.UserId, token.SessionId);
        var rotated = session with { TokenHash = next.Hash(), RefreshedAt = time.GetUtcNow(), Ttl = (int)Lifetime.TotalSeconds };
        if (!token.HasHash(session.TokenHash) || !await store.TryReplaceAsync(rotated, cancellationToken))
        {
            await store.DeleteAsync(token.UserId, token.SessionId, cancellationToken);
            throw InvalidToken();
        }

        return await accounts.FindAsync(token.UserId, cancellationToken) is { } account ? Answer(account, next) : throw InvalidToken();
    }

    /// <summary>Ends the session of the token, if the token is the caller's and there is such a session.</summary>
    public async Task EndAsync(Caller caller, string refreshToken, CancellationToken cancellationToken)
    {
        if (RefreshToken.Parse(refreshToken) is { } token && string.Equals(token.UserId, caller.UserId, StringComparison.Ordinal))
            await store.DeleteAsync(token.UserId, token.SessionId, cancellationToken);
    }

    private SignedIn Answer(Account account, RefreshToken token)
    {
        var type = account.TypeOn(Age.Today(time));
        var access = tokens.Issue(new Caller(account.UserId, account.Username, account.Role, type) { SessionId = token.SessionId });
        return new SignedIn(account.UserId, account.Username, type, access, token.Text(), (long)AccessTokens.Lifetime.TotalSeconds);
    }

    private static ProblemException InvalidToken() => Problems.Of(
        StatusCodes.Status401Unauthorized, "/problems/invalid-refresh-token", "Invalid refresh token", "The session is over; log in again.");
}
