using TikTok.Core.Documents;

namespace TikTok.Core;

/// <summary>
/// What the type of an account allows, in one place for every feature to ask. For somebody else's account the type is of today,
/// <see cref="Account.TypeOn"/>; a <c>Caller</c> brings their own.
/// </summary>
/// <param name="BeginsPrivate">Whether the account is private until its owner says otherwise.</param>
/// <param name="AppearsInSearch">Whether search, suggestions and lists of people to follow may show it.</param>
/// <param name="TakesMessagesFromStrangers">Whether people whom its owner does not follow may write to it.</param>
/// <param name="SendsGifts">Whether it may spend coins on others.</param>
/// <param name="TakesGifts">Whether others may spend coins on it.</param>
public sealed record AccountRules(bool BeginsPrivate, bool AppearsInSearch, bool TakesMessagesFromStrangers, bool SendsGifts, bool TakesGifts)
{
    private static readonly AccountRules Standard = new(
        BeginsPrivate: false, AppearsInSearch: true, TakesMessagesFromStrangers: true, SendsGifts: true, TakesGifts: true);

    private static readonly AccountRules Teen = new(
        BeginsPrivate: true, AppearsInSearch: false, TakesMessagesFromStrangers: false, SendsGifts: false, TakesGifts: false);

    public static AccountRules For(AccountType type) => type switch
    {
        AccountType.Standard => Standard,
        AccountType.Teen => Teen,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Every type of account has its rules."),
    };
}
