using FsCheck;
using FsCheck.Fluent;
using TikTok.Functions.Videos.Upload;

namespace TikTok.UnitTests.Videos;

public sealed class HashtagsTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("no tags here # or ## there", "")]
    [InlineData("#Cat and #dog_2, #cat.", "cat,dog_2,cat")]
    [InlineData("mail a#b and 1#2", "")]
    [InlineData("(#one)#two#three", "one,two,three")]
    [InlineData("#eins #ÄÖÜ #日本語 #हिन्दी", "eins,äöü,日本語,हिन्दी")]
    [InlineData("＃wide", "wide")]
    [InlineData("##twice", "twice")]
    [InlineData("#🎉party #party🎉", "party")]
    [InlineData("#𝒜stral", "𝒜stral")]
    public void Parse_finds_the_tags_of_a_text(string text, string expected) =>
        Assert.Equal(expected, string.Join(',', Hashtags.Parse(text)));

    [Fact]
    public void The_same_word_composed_and_decomposed_is_one_tag()
    {
        Assert.Equal(["café"], Hashtags.Gather(["cafe\u0301"], "#café #CAFE\u0301"));
        Assert.Equal("việt", Hashtags.Normalize("vie\u0323\u0302t"));
        Assert.Equal("한글", Hashtags.Normalize("\u1112\u1161\u11ab\u1100\u1173\u11af"));
    }

    [Fact]
    public void Gather_keeps_the_order_of_first_appearance_and_at_most_thirty() =>
        Assert.Equal(
            ["b", "a", .. Enumerable.Range(1, 28).Select(i => $"t{i}")],
            Hashtags.Gather(["b", "#A", "B"], "#a " + string.Join(' ', Enumerable.Range(1, 40).Select(i => $"#t{i}"))));

    [Fact]
    public void Tags_too_long_are_only_text() =>
        Assert.Equal([new string('a', 100)], Hashtags.Parse($"#{new string('a', 100)} #{new string('a', 101)}"));

    [Fact]
    public void Whatever_is_found_is_normal_and_is_found_again() => Prop.ForAll(ArbMap.Default.ArbFor<NonNull<string>>(), text =>
    {
        var tags = Hashtags.Parse($"#{text.Get} # #{text.Get}").ToList();
        return tags.All(t => Hashtags.Normalize(t) == t && Hashtags.Parse($"x #{t}!").SequenceEqual([t]));
    }).QuickCheckThrowOnFailure();
}
