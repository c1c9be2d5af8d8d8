using System.Net;
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
public sealed class AccountDeletion(
    PasswordConfirmation confirmation, AccountStore accounts, PrivacyRequestStore requests, PrivacyQueue queue, TimeProvider time)
{
    /// <param name="address">Where the request came from.</param>
    /// <exception cref="ProblemException">401, 403, 429: see <see cref="PasswordConfirmation"/>.</exception>
    public async Task<DeletionReceipt> DeleteAsync(Caller caller, IPAddress? address, DeletionRequest body, CancellationToken cancellationToken)
    {
        var account = await confirmation.ConfirmAsync(caller, address, body.Password, cancellationToken);
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
