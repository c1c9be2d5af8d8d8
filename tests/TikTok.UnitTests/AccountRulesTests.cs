using TikTok.Core;
using TikTok.Core.Documents;

namespace TikTok.UnitTests;

public sealed class AccountRulesTests
{
    private static readonly Account Born2010 = new()
    {
        Id = "u",
        UserId = "u",
        Username = "ada",
        DisplayName = "Ada",
        PasswordHash = "",
        BirthDate = new DateOnly(2010, 6, 15),
        CreatedAt = default,
    };

    [Fact]
    public void A_teen_begins_private_is_not_found_not_written_to_by_strangers_and_has_no_gifts() =>
        Assert.Equal(
            new AccountRules(BeginsPrivate: true, AppearsInSearch: false, TakesMessagesFromStrangers: false, SendsGifts: false, TakesGifts: false),
            AccountRules.For(AccountType.Teen));

    [Fact]
    public void An_adult_may_all_of_it() =>
        Assert.Equal(
            new AccountRules(BeginsPrivate: false, AppearsInSearch: true, TakesMessagesFromStrangers: true, SendsGifts: true, TakesGifts: true),
            AccountRules.For(AccountType.Standard));

    [Fact]
    public void Every_type_of_account_has_rules() => Assert.All(Enum.GetValues<AccountType>(), type => Assert.NotNull(AccountRules.For(type)));

    [Fact]
    public void An_account_written_by_a_teen_is_an_adults_from_the_18th_birthday_on()
    {
        Assert.Equal(AccountType.Teen, Born2010.TypeOn(new DateOnly(2028, 6, 14)));
        Assert.Equal(AccountType.Standard, Born2010.TypeOn(new DateOnly(2028, 6, 15)));
    }
}
