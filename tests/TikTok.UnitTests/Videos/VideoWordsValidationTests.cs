using TikTok.Core.Documents;
using TikTok.Functions.Platform;
using TikTok.Functions.Videos.Upload;

namespace TikTok.UnitTests.Videos;

public sealed class VideoWordsValidationTests
{
    [Fact]
    public void Tags_named_come_before_those_of_the_texts()
    {
        var words = VideoWordsValidation.Read(new UploadCompleteRequest
        {
            Title = " A #Dog ",
            Description = "with a #cat\nand a #dog",
            Hashtags = ["pets"],
            Visibility = Visibility.Public,
        });

        Assert.Equal("A #Dog", words.Title);
        Assert.Equal(["pets", "dog", "cat"], words.Hashtags);
    }

    [Fact]
    public void What_is_wrong_is_told_by_field()
    {
        var refused = Assert.Throws<ProblemException>(() => VideoWordsValidation.Read(new UploadCompleteRequest
        {
            Title = new string('t', 151),
            Description = new string('d', 2201),
            Hashtags = ["fine", "not fine"],
            SoundId = "?",
        }));

        Assert.Equal(["description", "hashtags[1]", "soundId", "title", "visibility"], refused.Problem.Errors!.Keys.Order());
    }

    [Fact]
    public void An_edit_of_a_text_drops_the_tags_of_the_old_text_and_keeps_the_named()
    {
        var current = VideoScenario.Begun() with { Title = "#old words", Hashtags = ["named", "old"] };

        var words = VideoWordsValidation.ReadEdit(new UploadCompleteRequest { Title = "#new words" }, current);

        Assert.Equal(["named", "new"], words.Hashtags);
        Assert.Null(words.Visibility);
    }

    [Fact]
    public void An_edit_of_nothing_changes_nothing()
    {
        var current = VideoScenario.Begun() with { Title = "#old words", Hashtags = ["named", "old"] };

        Assert.Equal(current, VideoWordsValidation.ReadEdit(new UploadCompleteRequest(), current).ApplyTo(current));
    }
}
