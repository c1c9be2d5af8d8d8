using TikTok.Functions.Platform;

namespace TikTok.Functions.Accounts;

/// <summary>Which passwords may be chosen: by length, and by not being among those that are tried first (NIST SP 800-63B §3.1.1.2). No rules of composition.</summary>
public sealed class PasswordRules(BreachedPasswords breached)
{
    /// <summary>In text elements.</summary>
    public const int MinLength = 8;

    /// <inheritdoc cref="MinLength"/>
    public const int MaxLength = 128;

    /// <summary>In UTF-16 units: more than any 128 characters that a person types. What is longer is not looked at.</summary>
    public const int MaxUnits = 4 * MaxLength;

    public Validation Check(Validation validation, string field, string password)
    {
        if (password.Length > MaxUnits) return validation.Check(false, field, LengthRule);
        var normalized = Texts.Normalize(password);
        if (Texts.Length(normalized) is < MinLength or > MaxLength) return validation.Check(false, field, LengthRule);
        return validation.Check(!breached.Contains(normalized), field, "is one of the passwords that are tried first, because it is common or was in a breach; choose another");
    }

    private static string LengthRule => $"must be {MinLength} to {MaxLength} characters long";
}
