using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;
using TikTok.Core.Messages;
using TikTok.Functions.Platform;

namespace TikTok.Functions.Accounts;

/// <param name="Password">The account's, again: a device left signed in must not be able to end the account.</param>
public sealed record DeletionRequest(string Password);

/// <param name="RequestId">Good for <c>GET privacy-requests/{id}</c>, for whoever holds it.</param>
/// <param name="StatusUrl">That call's address, below the host.</param>
public sealed record DeletionReceipt(string RequestId, string StatusUrl);

/// <summary>
/// Ends accounts. What decides is the request's document; from then on the erasure goes through whatever happens. The account document goes at once, and with it
/// the profile, the name's way to it, and every session, for a session without an account can neither be refreshed nor write anything.
/// </summary>
public sealed class AccountDeletion(AccountStore accounts, Passwords passwords, PrivacyRequestStore requests, PrivacyQueue queue, TimeProvider time)
{
    /// <exception cref="ProblemException">401: there is no such account any more. 403: the password is wrong.</exception>
    public async Task<DeletionReceipt> DeleteAsync(Caller caller, DeletionRequest body, CancellationToken cancellationToken)
    {
        var account = await accounts.FindAsync(caller.UserId, cancellationToken) ?? throw Problems.Unauthorized("The account is gone.");
        if (body.Password.Length > Passwords.MaxLength * 4 || passwords.Verify(account.PasswordHash, body.Password) == PasswordVerificationResult.Failed)
            throw Problems.Of(StatusCodes.Status403Forbidden, "/problems/wrong-password", "Wrong password", "The password is not the account's.");

        var request = await FindOrBeginAsync(account, cancellationToken);
        await queue.SendAsync(new PrivacyWork(request.UserId, request.Kind, request.RequestId), cancellationToken);
        await accounts.DeleteAsync(account.UserId, cancellationToken);
        return new DeletionReceipt(request.PublicId, $"/api/v1/privacy-requests/{request.PublicId}");
    }

    /// <summary>A call that broke off before the account was gone is repeated, and gets the same request.</summary>
    private async Task<PrivacyRequest> FindOrBeginAsync(Account account, CancellationToken cancellationToken)
    {
        var request = new PrivacyRequest
        {
            Id = PrivacyRequest.IdFor(PrivacyRequestKind.Erasure),
            UserId = account.UserId,
            RequestId = Id.New(time),
            Kind = PrivacyRequestKind.Erasure,
            Username = account.Username,
            RequestedAt = time.GetUtcNow(),
        };
        return await requests.TrySaveAsync(request, cancellationToken)
            ?? await requests.FindAsync(account.UserId, PrivacyRequestKind.Erasure, cancellationToken)
            ?? throw new InvalidOperationException("A request for erasure was there and is not.");
    }
}
