using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using TikTok.Core.Documents;
using TikTok.Functions.Platform;

namespace TikTok.Functions.Accounts;

/// <summary>
/// Asks a signed-in caller for the password again, before what a device left signed in, or an access token that was stolen, must not be able to do. Wrong ones
/// are counted with those of logins.
/// </summary>
public sealed class PasswordConfirmation(Sessions sessions, LoginThrottle throttle, Passwords passwords)
{
    /// <returns>The caller's account, as it was when it had this password.</returns>
    /// <exception cref="ProblemException">401: the session is over. 403: the password is wrong. 429: too many wrong ones lately.</exception>
    public async Task<Account> ConfirmAsync(Caller caller, IPAddress? address, string password, CancellationToken cancellationToken)
    {
        var account = await sessions.RequireSessionAsync(caller, cancellationToken);
        var attempt = await throttle.BeginAsync(account.Username, address, cancellationToken);
        if (passwords.Verify(account.PasswordHash, password) == PasswordVerificationResult.Failed) throw WrongPassword();
        await throttle.SucceededAsync(attempt, cancellationToken);
        return account;
    }

    public static ProblemException WrongPassword() =>
        Problems.Of(StatusCodes.Status403Forbidden, "/problems/wrong-password", "Wrong password", "The password is not the account's.");
}
