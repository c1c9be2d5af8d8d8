using System.Text.Json;
using TikTok.Core;
using TikTok.Core.Documents;
using TikTok.Core.Storage;
using TikTok.Functions.Videos;
using TikTok.Functions.Videos.Processing;

namespace TikTok.LocalTests.Videos;

/// <summary>A creator's privacy on their videos and in the places of their media, over real storage.</summary>
public sealed class CreatorCopiesTests(VideoPlant plant) : IClassFixture<VideoPlant>
{
    private static string CreatorId => VideoPlant.Creator.UserId;

    [Fact]
    public async Task Media_leave_the_public_container_when_their_creator_becomes_private_and_come_back()
    {
        await BecomeAsync(isPrivate: false);
        var id = await ListedAsync();
        Assert.All(await plant.BlobsOfAsync(id), b => Assert.StartsWith($"{BlobContainers.Media}/", b, StringComparison.Ordinal));

        await BecomeAsync(isPrivate: true);
        Assert.Equal((true, 1), ((await plant.FindAsync(id)).OwnerPrivate, await plant.CountAsync(Queues.MediaMoves, id)));
        await plant.Mover.MoveAsync(id, default);
        var hidden = await plant.BlobsOfAsync(id);
        await BecomeAsync(isPrivate: false);
        await plant.Mover.MoveAsync(id, default);

        Assert.NotEmpty(hidden);
        Assert.All(hidden, b => Assert.StartsWith($"{BlobContainers.PrivateMedia}/", b, StringComparison.Ordinal));
        Assert.Equal(BlobContainers.Media, (await plant.FindAsync(id)).MediaContainer);
        Assert.All(await plant.BlobsOfAsync(id), b => Assert.StartsWith($"{BlobContainers.Media}/", b, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_video_uploaded_while_its_creator_is_private_never_lies_in_the_public_container()
    {
        await BecomeAsync(isPrivate: true);

        var id = await plant.ReadyAsync();

        var video = await plant.FindAsync(id);
        Assert.Equal((true, BlobContainers.PrivateMedia, false), (video.OwnerPrivate, video.MediaContainer, video.IsListed));
    }

    [Fact]
    public async Task A_walk_that_died_is_finished_by_its_repetition_also_where_only_the_move_was_not_asked_for()
    {
        await BecomeAsync(isPrivate: false);
        var ids = new List<string> { await ListedAsync(), await ListedAsync(), await ListedAsync() };
        var account = (await plant.Accounts.ChangeAsync(CreatorId, a => a with { Private = true }, default))!;
        await plant.Videos.ChangeAsync(ids[0], v => VideoTransitions.Credit(v, account), default);
        await plant.Cosmos.FailAsync("""{"match":{"container":"videos","operation":"Replace"},"status":400,"count":1}""");
        await Assert.ThrowsAnyAsync<Exception>(() => plant.Copies.SpreadAsync(CreatorId, default));
        await plant.Cosmos.HealAsync();

        Assert.True((await plant.Accounts.FindAsync(CreatorId, default))!.CopiedVersion < account.CopyVersion);
        await plant.Copies.SpreadAsync(CreatorId, default);

        foreach (var id in ids)
        {
            Assert.True((await plant.FindAsync(id)).OwnerPrivate);
            Assert.True(await plant.CountAsync(Queues.MediaMoves, id) >= 1);
        }
        Assert.Equal(account.CopyVersion, (await plant.Accounts.FindAsync(CreatorId, default))!.CopiedVersion);
    }

    [Fact]
    public async Task Toggling_while_walks_cross_ends_as_the_account_is()
    {
        await BecomeAsync(isPrivate: false);
        var ids = await AddManyAsync(120);

        await Task.WhenAll(Enumerable.Range(0, 6).Select(async i =>
        {
            await plant.Accounts.ChangeAsync(CreatorId, a => a with { Private = !a.Private }, default);
            await plant.Copies.SpreadAsync(CreatorId, default);
        }));
        await plant.Copies.SpreadAsync(CreatorId, default);

        var account = (await plant.Accounts.FindAsync(CreatorId, default))!;
        Assert.Equal(account.CopyVersion, account.CopiedVersion);
        var found = await plant.Videos.FindManyAsync(ids, default);
        Assert.All(found, v => Assert.Equal((account.Private, account.CopyVersion), (v.OwnerPrivate, v.OwnerVersion)));
        Assert.Equal(120, found.Count);
    }

    [Fact]
    public async Task A_video_that_the_walk_did_not_find_in_the_list_is_brought_in_line_when_it_is_listed()
    {
        await BecomeAsync(isPrivate: false);
        var id = await plant.ReadyAsync();
        await BecomeAsync(isPrivate: true);
        Assert.False((await plant.FindAsync(id)).OwnerPrivate);
        var functions = new UserVideosFunctions(plant.Videos, plant.UserVideos, plant.Copies);
        var change = JsonSerializer.SerializeToElement(await plant.FindAsync(id), CoreJson.Options);

        await functions.KeepAsync([change, change], default);
        await functions.KeepAsync([change], default);

        Assert.True((await plant.FindAsync(id)).OwnerPrivate);
        Assert.Equal(1, await plant.CountAsync(Queues.MediaMoves, id));
    }

    [Fact]
    public async Task Media_in_the_wrong_container_are_found_by_the_sweep()
    {
        await BecomeAsync(isPrivate: false);
        var id = await plant.ReadyAsync();
        await plant.Videos.ChangeAsync(id, v => v with { OwnerPrivate = true }, default);

        var later = TimeProvider.System.GetUtcNow() + TimeSpan.FromHours(1);
        var (unsettled, _) = await plant.Videos.FindUnsettledAsync(later, later - TimeSpan.FromDays(7), 1_000, null, default);

        Assert.Contains(id, unsettled);
    }

    /// <summary>Changes the account, and pulls the trigger that follows. The moves that earlier tests asked for are forgotten.</summary>
    private async Task BecomeAsync(bool isPrivate)
    {
        await plant.Queues.GetQueueClient(Queues.MediaMoves).ClearMessagesAsync();
        var account = await plant.Accounts.ChangeAsync(CreatorId, a => a with { Private = isPrivate }, default);
        await new UserVideosFunctions(plant.Videos, plant.UserVideos, plant.Copies)
            .SpreadAsync([JsonSerializer.SerializeToElement(account, CoreJson.Options)], default);
    }

    private async Task<string> ListedAsync()
    {
        var id = await plant.ReadyAsync();
        await plant.UserVideos.ReflectAsync(await plant.FindAsync(id), default);
        return id;
    }

    /// <summary>Videos without media, which only bear the copies.</summary>
    private async Task<IReadOnlyList<string>> AddManyAsync(int count)
    {
        var videos = await Task.WhenAll(Enumerable.Range(0, count).Select(async _ =>
        {
            var id = Id.New(TimeProvider.System);
            var video = new Video
            {
                Id = id,
                VideoId = id,
                UserId = CreatorId,
                Username = "ada",
                Upload = new Core.Documents.Upload { Filename = "clip.mp4", FileSize = 1, DurationMs = 1_000 },
                CreatedAt = TimeProvider.System.GetUtcNow(),
            };
            await plant.UserVideos.ReflectAsync((await plant.Videos.TryCreateAsync(video, default))!, default);
            return id;
        }));
        return videos;
    }
}
