using Microsoft.Azure.Cosmos;
using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;
using TikTok.LocalTests.Functions;

namespace TikTok.LocalTests.Social;

/// <summary>Likes by many at once, with the running service's own change feed behind them.</summary>
[Collection(nameof(ProductService))]
public sealed class LikeStormTests(ProductService service)
{
    private readonly LikeStore _likes = new(service.Cosmos, TimeProvider.System);

    [Fact]
    public async Task A_thousand_concurrent_likes_by_fifty_people_with_duplicates_and_unlikes_are_exact()
    {
        var video = await ReadyVideo.AddAsync(service, "creator");
        var people = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => AddPersonAsync()));
        bool[] wishes = [true, true, false, true, false, true, true, false, true, true, false, false, true, false, true, true, true, false];

        // 18 calls of each of the fifty at once, in whatever order they come; then the last word of each, given twice at once: every third takes it back.
        var storm = people.SelectMany(person => wishes.Select(liked => SetAsync(person, video, liked)));
        await Task.WhenAll(storm);
        var between = await _likes.FindLikedCountAsync(people, video);
        Assert.Equal(between, await CountAsync(video));
        var fans = people.Where((_, i) => i % 3 != 0).ToList();
        await Task.WhenAll(people.SelectMany(person => Enumerable.Repeat(fans.Contains(person), 2).Select(liked => SetAsync(person, video, liked))));

        Assert.Equal(1_000, people.Length * (wishes.Length + 2));
        Assert.Equal(fans.Count, await CountAsync(video));
        Assert.Equal(fans.Count, await _likes.FindLikedCountAsync(people, video));
        await Eventually.TrueAsync(async () => (await MirroredAsync(people, video)).SequenceEqual(fans));
    }

    private async Task<string> AddPersonAsync()
    {
        var id = Id.New(TimeProvider.System);
        var account = new Account
        {
            Id = id,
            UserId = id,
            Username = id,
            DisplayName = id,
            PasswordHash = "",
            BirthDate = new DateOnly(1990, 1, 1),
            CreatedAt = TimeProvider.System.GetUtcNow(),
        };
        await new AccountStore(service.Cosmos).CreateAsync(account, default);
        return id;
    }

    private async Task SetAsync(string person, string video, bool liked) => Assert.NotNull(await _likes.SetAsync(person, video, liked, default));

    private async Task<long> CountAsync(string video) => (await new VideoStore(service.Cosmos).FindAsync(video, default))!.Counters.Likes;

    /// <summary>The people in whose own partition the mirror of the like lies.</summary>
    private async Task<IEnumerable<string>> MirroredAsync(IReadOnlyList<string> people, string video)
    {
        var keys = people.Select(person => (Edge.IdFor(EdgeKind.Like, video), new PartitionKey(person))).ToList();
        var edges = await service.Cosmos.GetContainer(Containers.Database, Containers.Edges).ReadManyItemsAsync<Edge>(keys);
        var mirrored = edges.Select(edge => edge.UserId).ToHashSet();
        return people.Where(mirrored.Contains);
    }
}

file static class Liking
{
    public static async Task<long> FindLikedCountAsync(this LikeStore likes, IReadOnlyList<string> people, string video)
    {
        var liked = await Task.WhenAll(people.Select(person => likes.FindLikedAsync(person, [video], default)));
        return liked.Sum(videos => videos.Count);
    }
}
