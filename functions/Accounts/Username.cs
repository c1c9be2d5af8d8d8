namespace TikTok.Functions.Accounts;

/// <summary>Usernames: 3 to 24 of a-z, 0-9, dot and underscore; upper case means the same as lower.</summary>
internal static class Username
{
    public const int MinLength = 3;
    public const int MaxLength = 24;

    public const string Rule = "must be 3 to 24 characters of a-z, 0-9, '.' and '_'";

    /// <summary>The name as it is stored, or null when it cannot be one.</summary>
    public static string? Parse(string text)
    {
        if (text.Length is < MinLength or > MaxLength) return null;
        foreach (var c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('.' or '_')) return null;
        }

        return text.ToLowerInvariant();
    }
}
