using System.Net;
using Microsoft.AspNetCore.Identity;
using TikTok.Core.Documents;
using TikTok.Functions.Platform;

namespace TikTok.Functions.Accounts;

public sealed record PasswordChangeRequest(string CurrentPassword, string NewPassword);

/// <summary>Sets another password, which ends all sessions but the one that it is done in: whoever knew the old one is out.</summary>
public sealed class PasswordChange(Passwords passwords, PasswordRules rules, Sessions sessions, LoginThrottle throttle)
{
    /// <exception cref="ProblemException">
    /// 400: the current password is wrong, or the new one may not be used. 401: the session is over. 429: too many wrong ones, here or at login.
    /// </exception>
    public async Task ChangeAsync(Caller caller, IPAddress? address, PasswordChangeRequest request, CancellationToken cancellationToken)
    {
        rules.Check(new Validation(), "newPassword", request.NewPassword).ThrowIfInvalid();
        var account = await sessions.RequireSessionAsync(caller, cancellationToken);
        var attempt = await throttle.BeginAsync(account.Username, address, cancellationToken);
        if (passwords.Verify(account.PasswordHash, request.CurrentPassword) == PasswordVerificationResult.Failed) throw WrongPassword();

        var hash = passwords.Hash(request.NewPassword);
        await sessions.EndOthersAsync(caller, Change, cancellationToken);
        await throttle.SucceededAsync(attempt, cancellationToken);

        // Only over the password that was shown: of two changes at once one is too late.
        Account Change(Account current) =>
            string.Equals(current.PasswordHash, account.PasswordHash, StringComparison.Ordinal) ? current with { PasswordHash = hash } : throw WrongPassword();
    }

    private static ProblemException WrongPassword() => Problems.Invalid("currentPassword", "is not the password of this account");
}
