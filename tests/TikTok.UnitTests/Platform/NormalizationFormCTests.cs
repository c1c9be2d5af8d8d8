using FsCheck;
using FsCheck.Fluent;
using TikTok.Functions.Platform;

namespace TikTok.UnitTests.Platform;

/// <summary>Expected values are those of the Unicode Character Database's own normalization.</summary>
public sealed class NormalizationFormCTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("e\u0301", "\u00E9")]
    [InlineData("\u212B", "\u00C5")]
    [InlineData("A\u030A\u0301", "\u01FA")]
    [InlineData("q\u0307\u0323", "q\u0323\u0307")]
    [InlineData("\u1E9B\u0323", "\u1E9B\u0323")]
    [InlineData("\u1100\u1161\u11A8", "\uAC01")]
    [InlineData("\uAC00\u11A8", "\uAC01")]
    [InlineData("\uAC01\u11A8", "\uAC01\u11A8")]
    [InlineData("\u0958", "\u0915\u093C")]
    [InlineData("a\u0315\u0300\u05AE\u0300b", "\u00E0\u05AE\u0300\u0315b")]
    [InlineData("\u0344", "\u0308\u0301")]
    [InlineData("\U0001D15E", "\U0001D157\U0001D165")]
    [InlineData("\u0CCA", "\u0CCA")]
    [InlineData("\U0002F800", "\u4E3D")]
    [InlineData("\u03B1\u0345\u0301", "\u1FB4")]
    [InlineData("\u0301e", "\u0301e")]
    public void Normalize_composes_as_UAX_15_says(string text, string expected) => Assert.Equal(expected, NormalizationFormC.Normalize(text));

    [Fact]
    public void Normalize_twice_is_once() =>
        Prop.ForAll(Marked.ToArbitrary(), text =>
        {
            var once = NormalizationFormC.Normalize(text);
            return string.Equals(NormalizationFormC.Normalize(once), once, StringComparison.Ordinal);
        }).QuickCheckThrowOnFailure();

    /// <summary>Letters, marks of many classes and parts of Hangul syllables in any order.</summary>
    private static Gen<string> Marked => Gen.Elements(
            "a", "e", "\u00E9", "\u1E69", "\u0300", "\u0301", "\u0323", "\u0345", "\u05AE", "\u1100", "\u1161", "\u11A8", "\uAC00", "\u0958", "\u093C", "\U0001D15E")
        .ArrayOf().Select(parts => string.Concat(parts));
}
