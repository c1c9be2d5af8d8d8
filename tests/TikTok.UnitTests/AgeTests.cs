using TikTok.Core;
using TikTok.Core.Documents;

namespace TikTok.UnitTests;

public sealed class AgeTests
{
    [Theory]
    [InlineData("2010-06-15", "2023-06-14", 12)]
    [InlineData("2010-06-15", "2023-06-15", 13)]
    [InlineData("2010-12-31", "2023-12-30", 12)]
    [InlineData("2010-01-01", "2023-01-01", 13)]
    [InlineData("2012-02-29", "2025-02-28", 12)]
    [InlineData("2012-02-29", "2025-03-01", 13)]
    [InlineData("2012-02-29", "2028-02-28", 15)]
    [InlineData("2012-02-29", "2028-02-29", 16)]
    [InlineData("2023-06-15", "2023-06-15", 0)]
    [InlineData("2023-06-16", "2023-06-15", -1)]
    public void On_day_counts_whole_years(string birthDate, string today, int age) => Assert.Equal(age, Age.On(DateOnly.Parse(today), DateOnly.Parse(birthDate)));

    [Theory]
    [InlineData("2005-06-15", AccountType.Teen)]
    [InlineData("2005-06-14", AccountType.Standard)]
    public void AccountTypeOn_18th_birthday_becomes_standard(string birthDate, AccountType type) =>
        Assert.Equal(type, Age.AccountTypeOn(new DateOnly(2023, 6, 14), DateOnly.Parse(birthDate)));

    [Fact]
    public void Today_is_the_day_in_UTC() =>
        Assert.Equal(new DateOnly(2026, 3, 1), Age.Today(new FakeTime(new DateTimeOffset(2026, 2, 28, 23, 30, 0, TimeSpan.FromHours(-1)))));
}
