using System.Net;
using TikTok.Core.Documents;
using TikTok.Functions.Platform;

namespace TikTok.Functions.Accounts;

/// <param name="CurrentPassword">Once more: a device left signed in must not be able to take the account over.</param>
/// <param name="NewPassword">8 to 128 characters, and none of the passwords that are tried first.</param>
public sealed record PasswordChangeRequest(string CurrentPassword, string NewPassword);

/// <summary>Sets another password, which ends all sessions but the one that it is done in: whoever knew the old one is out.</summary>
public sealed class PasswordChange(PasswordConfirmation confirmation, PasswordRules rules, Passwords passwords, Sessions sessions)
{
    /// <exception cref="ProblemException">400: the new password may not be used. 401, 403, 429: see <see cref="PasswordConfirmation"/>.</exception>
    public async Task ChangeAsync(Caller caller, IPAddress? address, PasswordChangeRequest request, CancellationToken cancellationToken)
    {
        rules.Check(new Validation(), "newPassword", request.NewPassword).ThrowIfInvalid();
        var account = await confirmation.ConfirmAsync(caller, address, request.CurrentPassword, cancellationToken);
        var hash = passwords.Hash(request.NewPassword);
        await sessions.EndOthersAsync(caller, Change, cancellationToken);

        // Only over the password that was shown: of two changes at once one is too late.
        Account Change(Account current) => string.Equals(current.PasswordHash, account.PasswordHash, StringComparison.Ordinal)
            ? current with { PasswordHash = hash }
            : throw PasswordConfirmation.WrongPassword();
    }
}
