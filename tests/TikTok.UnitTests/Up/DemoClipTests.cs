using TikTok.Core;
using TikTok.Local.Up.Demo;

namespace TikTok.UnitTests.Up;

public sealed class DemoClipTests
{
    [Fact]
    public void Rendered_clips_have_valid_ids_that_are_the_same_at_every_start()
    {
        var ids = DemoClip.Rendered("/a").Select(clip => clip.VideoId).ToList();

        Assert.All(ids, id => Assert.True(Id.IsValid(id), id));
        Assert.Equal(ids.Count, ids.Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(ids, DemoClip.Rendered("/b").Select(clip => clip.VideoId));
    }

    [Fact]
    public void Rendered_clips_are_five_to_fifteen_seconds_in_portrait_and_landscape()
    {
        var recipes = DemoClip.Rendered("/a").Select(clip => clip.Recipe!).ToList();

        Assert.All(recipes, recipe => Assert.InRange(recipe.Seconds, 5, 15));
        Assert.Contains(recipes, recipe => recipe.Height > recipe.Width);
        Assert.Contains(recipes, recipe => recipe.Width > recipe.Height);
        Assert.Equal(recipes.Count, recipes.Select(recipe => recipe.Video).Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void Ids_sort_by_time()
    {
        var day = new DateTimeOffset(2026, 5, 1, 0, 0, 0, TimeSpan.Zero);

        Assert.True(string.CompareOrdinal(DemoClip.IdOf(day, "z"), DemoClip.IdOf(day.AddMilliseconds(1), "a")) < 0);
    }

    [Fact]
    public void Given_takes_the_clips_of_a_directory_and_leaves_other_files()
    {
        var directory = Directory.CreateTempSubdirectory("tiktok-media-");
        try
        {
            foreach (var name in (string[])["my-cat.MP4", "notes.txt", "a_dog.mkv"]) File.WriteAllText(Path.Combine(directory.FullName, name), name);

            Assert.Equal(["a dog", "my cat"], DemoClip.Given(directory.FullName).Select(clip => clip.Title));
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }
}
