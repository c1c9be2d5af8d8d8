using Microsoft.Extensions.Configuration;
using TikTok.Functions.Accounts;

namespace TikTok.UnitTests.Accounts;

public sealed class FirstAdminTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void Without_the_setting_nobody_is(string? setting) => Assert.Null(FirstAdmin.From(Settings(setting)).UserId);

    [Theory]
    [InlineData("ada")]
    [InlineData("01HF00000000000000000000AA")]
    public void A_setting_that_is_no_id_keeps_the_application_from_starting(string setting) =>
        Assert.Contains("Accounts__FirstAdmin", Assert.Throws<InvalidOperationException>(() => FirstAdmin.From(Settings(setting))).Message);

    private static IConfiguration Settings(string? firstAdmin) =>
        new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create("Accounts:FirstAdmin", firstAdmin)]).Build();
}
