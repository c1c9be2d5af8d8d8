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

    /// <param name="account">As it was when its owner showed the password: if all sessions are ended meanwhile, this one is too.</param>
    /// <param name="device">See <see cref="DeviceName"/>.</param>
    public async Task<SignedIn> OpenAsync(Account account, string device, CancellationToken cancellationToken)
    {
        var sessionId = Id.New(time);
        var token = RefreshToken.New(account.UserId, sessionId);
        var now = time.GetUtcNow();
        var session = new Session
        {
            Id = Session.IdFor(sessionId),
            UserId = account.UserId,
            Device = device,
            Generation = account.SessionGeneration,
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
        while (true)
        {
            var (account, session) = await FindAsync(token.UserId, token.SessionId, cancellationToken);
            if (account is null || session is null) throw InvalidToken();
            if (!token.HasHash(session.TokenHash) || session.Generation != account.SessionGeneration)
            {
                await store.DeleteAsync(token.UserId, token.SessionId, cancellationToken);
                throw InvalidToken();
            }

            var next = RefreshToken.New(token.UserId, token.SessionId);
            var rotated = session with { TokenHash = next.Hash(), RefreshedAt = time.GetUtcNow(), Ttl = (int)Lifetime.TotalSeconds };
            if (await store.TryReplaceAsync(rotated, cancellationToken)) return Answer(account, next);

            // Someone else wrote: if it was another refresh with this token, the hash is no longer its own, and that is decided above.
        }
    }

    /// <summary>Ends the session of the token, if the token is the caller's and there is such a session.</summary>
    public async Task EndAsync(Caller caller, string refreshToken, CancellationToken cancellationToken)
    {
        if (RefreshToken.Parse(refreshToken) is { } token && string.Equals(token.UserId, caller.UserId, StringComparison.Ordinal))
            await store.DeleteAsync(token.UserId, token.SessionId, cancellationToken);
    }

    /// <summary>
    /// Ends every session of the caller's account but the caller's own, together with a change of the account: one transaction, so that nothing can be left
    /// half done, and a session that is being opened or refreshed at this moment ends with the others.
    /// </summary>
    /// <param name="change">Free of side effects; asked again when somebody else wrote meanwhile.</param>
    /// <exception cref="ProblemException">401: the caller's session is over.</exception>
    public async Task EndOthersAsync(Caller caller, Func<Account, Account> change, CancellationToken cancellationToken)
    {
        Account account;
        do
        {
            account = await RequireSessionAsync(caller, cancellationToken);
            account = change(account) with { SessionGeneration = account.SessionGeneration + 1 };
        }
        while (!await store.TryOutliveAsync(account, caller.SessionId, cancellationToken));
    }

    /// <summary>The caller's account, for what is not done on the word of a token alone, which outlives its session by up to 15 minutes.</summary>
    /// <exception cref="ProblemException">401: the caller's session is over.</exception>
    public async Task<Account> RequireSessionAsync(Caller caller, CancellationToken cancellationToken)
    {
        var (account, session) = await FindAsync(caller.UserId, caller.SessionId, cancellationToken);
        return account is not null && session?.Generation == account.SessionGeneration
            ? account
            : throw Problems.Unauthorized("The session is over; log in again.");
    }

    /// <summary>
    /// The account before the session: read the other way round, or at once, a session that outlives the others at this moment would be seen without its account's new
    /// generation, and be taken for one that is over. One that is ahead of its account shows that this was such a moment.
    /// </summary>
    private async Task<(Account? Account, Session? Session)> FindAsync(string userId, string sessionId, CancellationToken cancellationToken)
    {
        while (true)
        {
            var account = await accounts.FindAsync(userId, cancellationToken);
            var session = account is null ? null : await store.FindAsync(userId, sessionId, cancellationToken);
            if (account is null || session is null || session.Generation <= account.SessionGeneration) return (account, session);
        }
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
