using System.Security.Cryptography;
using Microsoft.AspNetCore.Identity;
using TikTok.Core.Documents;
using TikTok.Functions.Platform;

namespace TikTok.Functions.Accounts;

/// <summary>Password hashes (PBKDF2 with HMAC-SHA512). A password is the same password however its accents are composed.</summary>
public sealed class Passwords(IPasswordHasher<Account> hasher)
{
    /// <summary>As OWASP advises for PBKDF2 with HMAC-SHA512. Hashes of fewer are renewed at the next login.</summary>
    public const int Iterations = 210_000;

    // PasswordHasher asks for the user only to let other implementations look at it.
    private static readonly Account Nobody = new()
    {
        Id = "",
        UserId = "",
        Username = "",
        DisplayName = "",
        PasswordHash = "",
        BirthDate = default,
        CreatedAt = default,
    };

    private readonly Lazy<string> _hashOfNothing = new(() => hasher.HashPassword(Nobody, Convert.ToHexString(RandomNumberGenerator.GetBytes(16))));

    public string Hash(string password) => hasher.HashPassword(Nobody, Texts.Normalize(password));

    /// <param name="hash">null when there is no such account: the work is done all the same, so that the time taken does not tell.</param>
    public PasswordVerificationResult Verify(string? hash, string password)
    {
        if (password.Length > PasswordRules.MaxUnits) return PasswordVerificationResult.Failed;
        var result = hasher.VerifyHashedPassword(Nobody, hash ?? _hashOfNothing.Value, Texts.Normalize(password));
        return hash is null ? PasswordVerificationResult.Failed : result;
    }
}
