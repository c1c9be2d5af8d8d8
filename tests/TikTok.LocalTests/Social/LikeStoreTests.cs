using TikTok.Core.Cosmos;
using TikTok.Core.Documents;

namespace TikTok.LocalTests.Social;

public sealed class LikeStoreTests(ProductDatabase database) : IClassFixture<ProductDatabase>
{
    private readonly LikeStore _likes = new(database.Client, TimeProvider.System);
    private readonly VideoStore _videos = new(database.Client);

    [Fact]
    public async Task A_like_counts_once_however_often_it_is_given()
    {
        var video = await database.AddVideoAsync();

        Assert.Equal(1, await Set("ada", video, true));
        Assert.Equal(1, await Set("ada", video, true));
        Assert.Equal(2, await Set("bob", video, true));
        Assert.Equal(1, await Set("ada", video, false));
        Assert.Equal(1, await Set("ada", video, false));

        Assert.Equal(["bob"], await LikersOf(video, "ada", "bob"));
    }

    [Fact]
    public async Task Concurrent_likes_and_unlikes_of_many_people_end_in_the_exact_count()
    {
        var video = await database.AddVideoAsync();
        var people = Enumerable.Range(0, 20).Select(i => $"person{i}").ToList();

        // Everyone likes, unlikes and likes again at once, twice each; the even ones take it back in the end.
        await Task.WhenAll(people.SelectMany(p => new[] { true, true, false, false, true, true }.Select(liked => Set(p, video, liked))));
        await Task.WhenAll(people.Select((p, i) => Set(p, video, i % 2 == 1)));

        Assert.Equal(10, (await _videos.FindAsync(video.VideoId, CancellationToken.None))!.Counters.Likes);
        Assert.Equal(10, (await LikersOf(video, [.. people])).Count);
    }

    [Theory]
    [InlineData(VideoStatus.Processing)]
    [InlineData(VideoStatus.Deleted)]
    public async Task A_video_that_is_not_ready_cannot_be_liked(VideoStatus status)
    {
        var video = await database.AddVideoAsync(v => v with { Status = status });

        Assert.Null(await Set("ada", video, true));

        Assert.Empty(await LikersOf(video, "ada"));
    }

    [Fact]
    public async Task A_video_that_never_was_cannot_be_liked() =>
        Assert.Null(await _likes.SetAsync("ada", "00000000000000000000000000", true, CancellationToken.None));

    [Fact]
    public async Task A_like_whose_answer_was_lost_counts_once_when_it_is_repeated()
    {
        var video = await database.AddVideoAsync();
        await database.Process.FailAsync("""{"match":{"container":"videos","operation":"Batch"},"drop":"after","count":1}""");

        await Assert.ThrowsAnyAsync<Exception>(() => Set("ada", video, true));
        await database.Process.HealAsync();

        Assert.Equal(1, await Set("ada", video, true));
    }

    private Task<long?> Set(string userId, Video video, bool liked) => _likes.SetAsync(userId, video.VideoId, liked, CancellationToken.None);

    private async Task<IReadOnlyList<string>> LikersOf(Video video, params string[] people)
    {
        var likers = new List<string>();
        foreach (var person in people)
        {
            if ((await _likes.FindLikedAsync(person, [video.VideoId], CancellationToken.None)).Count > 0) likers.Add(person);
        }
        return likers;
    }
}
