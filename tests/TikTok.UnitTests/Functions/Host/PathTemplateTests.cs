using FsCheck;
using FsCheck.Fluent;
using TikTok.Local.Functions.Binding;

namespace TikTok.UnitTests.Functions.Host;

public sealed class PathTemplateTests
{
    [Theory]
    [InlineData("{name}", "a/b.mp4", "name=a/b.mp4")]
    [InlineData("{name}.{extension}", "a.b.mp4", "name=a.b,extension=mp4")]
    [InlineData("raw/{videoId}/original", "raw/v1/original", "videoId=v1")]
    [InlineData("{{x}}-{id}", "{x}-7", "id=7")]
    [InlineData("fixed.txt", "fixed.txt", "")]
    public void Match_gives_the_parts(string template, string text, string parts) => Assert.Equal(
        parts, string.Join(',', new PathTemplate(template) is var t ? t.Names.Select(n => $"{n}={t.Match(text)![n]}") : []));

    [Theory]
    [InlineData("{name}.mp4", "a.txt")]
    [InlineData("{name}.mp4", ".mp4")]
    [InlineData("raw/{name}", "cooked/a")]
    [InlineData("fixed.txt", "fixed.txt2")]
    [InlineData("fixed.txt", "fixedxtxt")]
    public void Match_of_another_text_is_null(string template, string text) => Assert.Null(new PathTemplate(template).Match(text));

    [Theory]
    [InlineData("{}")]
    [InlineData("{a")]
    [InlineData("a}")]
    [InlineData("{a}{b}")]
    [InlineData("{a}/{A}")]
    [InlineData("{a b}")]
    public void A_template_that_means_nothing_is_refused(string template) => Assert.Throws<FormatException>(() => new PathTemplate(template));

    [Fact]
    public void Whatever_is_put_in_comes_out() => Prop.ForAll<NonEmptyString, NonEmptyString>((left, right) =>
    {
        var (a, b) = (left.Get.Replace('|', '_'), right.Get.Replace('|', '_'));
        var parts = new PathTemplate("{a}|{b}").Match($"{a}|{b}");
        return parts is not null && parts["a"] == a && parts["b"] == b;
    }).QuickCheckThrowOnFailure();
}
