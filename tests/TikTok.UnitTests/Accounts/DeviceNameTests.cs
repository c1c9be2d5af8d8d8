using FsCheck;
using FsCheck.Fluent;
using TikTok.Functions.Accounts;

namespace TikTok.UnitTests.Accounts;

public sealed class DeviceNameTests
{
    [Theory]
    [InlineData(null, "")]
    [InlineData("   ", "")]
    [InlineData("ShortVideo/3.1 (iPhone; iOS 26.1)", "ShortVideo/3.1 (iPhone; iOS 26.1)")]
    [InlineData("  a\t\r\n  b ", "a b")]
    [InlineData("a\u202Eb\u0000c", "a b c")]
    [InlineData("caf\u00E9", "caf")]
    public void Of_user_agent(string? userAgent, string name) => Assert.Equal(name, DeviceName.Of(userAgent));

    [Fact]
    public void Of_anything_is_short_and_printable() =>
        Prop.ForAll<string>(text => DeviceName.Of(text) is { Length: <= DeviceName.MaxLength } name && name.All(c => c is >= ' ' and <= '~') && name == name.Trim())
            .QuickCheckThrowOnFailure();

    [Fact]
    public void Of_a_very_long_one_is_cut() => Assert.Equal(120, DeviceName.Of(new string('x', 100_000)).Length);
}
