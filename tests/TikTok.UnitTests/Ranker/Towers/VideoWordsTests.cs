using TikTok.Core.Documents;
using TikTok.Ranker.Features;
using TikTok.Ranker.Retrieval.Towers;

namespace TikTok.UnitTests.Ranker.Towers;

public sealed class VideoWordsTests
{
    [Theory]
    [InlineData("Big big DOG", "", "big dog")]
    [InlineData("so it is an ox", "", "")]
    [InlineData("My #cat sleeps", "it's déjà vu #nap", "sleeps it's déjà")]
    [InlineData("", "one1 two2 tri3 four five six6 seven eight nine", "one1 two2 tri3 four five six6 seven eight")]
    public void The_words_are_the_first_distinct_ones_of_three_letters_or_more_without_hashtags(string title, string description, string expected)
    {
        Span<long> words = stackalloc long[VideoWords.PerVideo];

        var count = VideoWords.Read(Video(title, description), words);

        Assert.Equal(expected.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => FeatureId.Of(Field.Word, word)), words[..count].ToArray());
    }

    [Fact]
    public void A_row_that_was_never_set_has_none_and_one_set_again_has_the_new_ones()
    {
        var words = new VideoWords();
        words.Set(20_000, [1, 2, 3]);
        words.Set(20_000, [4]);

        Assert.Equal([4, 0, 0, 0, 0, 0, 0, 0], words[20_000].ToArray());
        Assert.All(words[0].ToArray(), word => Assert.Equal(FeatureId.None, word));
        Assert.True(words[40_000].IsEmpty);
    }

    private static Video Video(string title, string description) => new()
    {
        Id = "",
        VideoId = "",
        UserId = "",
        Username = "",
        CreatedAt = default,
        Title = title,
        Description = description,
        Upload = new Upload { Filename = "", FileSize = 1, DurationMs = 1 },
    };
}
