using TikTok.Core.Documents;

namespace TikTok.Core;

/// <summary>What a birth date means on a day. Days are those of UTC.</summary>
public static class Age
{
    /// <summary>Younger people may not have an account.</summary>
    public const int Minimum = 13;

    /// <summary>From here on an account is an adult's.</summary>
    public const int Adult = 18;

    /// <summary>Older than anyone ever was.</summary>
    public const int Maximum = 125;

    /// <summary>Whole years lived. Who was born on 29 February is a year older on 1 March where the year has no such day.</summary>
    public static int On(DateOnly today, DateOnly birthDate)
    {
        var hadBirthday = (today.Month, today.Day).CompareTo((birthDate.Month, birthDate.Day)) >= 0;
        return today.Year - birthDate.Year - (hadBirthday ? 0 : 1);
    }

    public static AccountType AccountTypeOn(DateOnly today, DateOnly birthDate) =>
        On(today, birthDate) < Adult ? AccountType.Teen : AccountType.Standard;

    public static DateOnly Today(TimeProvider time) => DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
}
