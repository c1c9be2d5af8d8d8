using FsCheck;
using FsCheck.Fluent;
using TikTok.Functions.Platform;

namespace TikTok.UnitTests.Platform;

public sealed class ValidationTests
{
    [Theory]
    [InlineData("abc", true)]
    [InlineData("ab", true)]
    [InlineData("a", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    [InlineData("   a   ", false)]
    [InlineData("abcd", false)]
    [InlineData("👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧", true)]
    [InlineData("e\u0301e\u0301e\u0301", true)]
    [InlineData("a\nb", false)]
    [InlineData("a\0b", false)]
    [InlineData("a\u202Eb", false)]
    [InlineData("a\u2066b", false)]
    [InlineData("a\uD800b", false)]
    [InlineData("a\uFFFEb", false)]
    [InlineData("a\u2028b", false)]
    [InlineData("א\u200Fb", true)]
    [InlineData("a\U000E0062", false)]
    [InlineData("a\U0001F3F4\U000E0067\U000E0062\U000E007F", true)]
    [InlineData("\U0001F3F4a\U000E0062", false)]
    public void Text_of_2_to_3_text_elements(string? value, bool valid) => Assert.Equal(valid, new Validation().Text("f", value, 2, 3).IsValid);

    [Fact]
    public void Text_with_lines_allows_line_feeds_and_no_other_control()
    {
        Assert.True(new Validation().Text("f", "a\nb", 1, 10, lines: true).IsValid);
        Assert.False(new Validation().Text("f", "a\rb", 1, 10, lines: true).IsValid);
    }

    [Fact]
    public void Text_element_of_endless_marks_is_too_long() =>
        Assert.False(new Validation().Text("f", "e" + new string('\u0301', 5000), 1, 10).IsValid);

    [Theory]
    [InlineData(30, true)]
    [InlineData(31, false)]
    public void Text_has_no_more_marks_upon_a_character_than_any_language(int marks, bool isValid) =>
        Assert.Equal(isValid, new Validation().Text("f", "x" + new string('\u0301', marks), 1, 1_000).IsValid);

    [Fact]
    public void ThrowIfInvalid_names_every_field_with_every_reason()
    {
        var thrown = Assert.Throws<ProblemException>(() => new Validation()
            .Text("title", "", 1, 5)
            .Range("count", 11, 1, 10)
            .Id("videoId", "x")
            .Count("tags", new string[4], 0, 3)
            .Check(false, "title", "rhymes with nothing")
            .ThrowIfInvalid());
        Assert.Equal(["count", "tags", "title", "videoId"], thrown.Problem.Errors!.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(["must be 1 to 5 characters long", "rhymes with nothing"], thrown.Problem.Errors["title"]);
    }

    [Fact]
    public void ThrowIfInvalid_nothing_wrong_passes() =>
        new Validation().Text("a", "x", 1, 1).OptionalText("b", null, 1, 1).Range("c", 1, 1, 1).Count<int>("d", null, 0, 1).ThrowIfInvalid();

    [Fact]
    public void Text_that_is_accepted_has_nothing_forbidden_and_the_right_length() =>
        Prop.ForAll<string>(value =>
            !new Validation().Text("f", value, 1, 5).IsValid
            || (!Texts.HasForbidden(Texts.Clean(value)) && Texts.Length(Texts.Clean(value)) is >= 1 and <= 5)).QuickCheckThrowOnFailure();
}
