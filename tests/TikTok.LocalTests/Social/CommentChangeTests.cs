using System.Text.Json;
using Microsoft.Extensions.Configuration;
using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;
using TikTok.Core.Events;
using TikTok.Functions.Social.Comments;

namespace TikTok.LocalTests.Social;

/// <summary>What follows from comments, the change feed pulled by hand: twice, late, in another order, and cut off.</summary>
public sealed class CommentChangeTests : IClassFixture<ProductDatabase>, IClassFixture<EventHubsProcess>
{
    private readonly ProductDatabase _database;
    private readonly CommentScene _scene;
    private readonly VideoStore _videos;
    private readonly CommentChangeFunctions _feed;
    private readonly LoggedInteractions _logged;

    public CommentChangeTests(ProductDatabase database, EventHubsProcess hubs)
    {
        _database = database;
        _scene = new CommentScene(database);
        _videos = new VideoStore(database.Client);
        var settings = new Dictionary<string, string?> { [Connections.EventHubs] = hubs.ConnectionString };
        var clients = new AzureClients(new ConfigurationBuilder().AddInMemoryCollection(settings).Build());
        _feed = new CommentChangeFunctions(_videos, _scene.Removal, new InteractionLog(clients.Interactions()));
        _logged = new LoggedInteractions(hubs);
    }

    [Fact]
    public async Task Changes_told_twice_and_backwards_come_to_the_last_count()
    {
        var video = await _database.AddVideoAsync();
        var told = new List<JsonElement>();
        for (var i = 0; i < 6; i++)
        {
            var id = await _scene.PostAsync(video);
            told.AddRange(await _scene.ChangesAsync(video));
            if (i % 3 == 0) await _scene.Store.DeleteAsync(id, default);
            told.AddRange(await _scene.ChangesAsync(video));
        }

        JsonElement[] shuffled = [.. told];
        new Random(20).Shuffle(shuffled);
        foreach (var some in shuffled.Concat(Enumerable.Reverse(told)).Chunk(5)) await _feed.FollowAsync(some, default);

        Assert.Equal(4, await CountOfAsync(video));
    }

    [Fact]
    public async Task Each_comment_is_told_of_under_an_id_of_its_own_however_often()
    {
        var video = await _database.AddVideoAsync();
        var root = await _scene.PostAsync(video, userId: "ada");
        var reply = await _scene.PostAsync(video, root, userId: "bob");
        await _scene.LikeAsync(root, "bob");

        for (var i = 0; i < 2; i++) await _feed.FollowAsync(await _scene.ChangesAsync(video), default);

        var events = await _logged.OfAsync(video.VideoId);
        Assert.All(events, e => Assert.Equal(InteractionType.Comment, e.Type));
        Assert.Equal([(root.ToString(), "ada"), (reply.ToString(), "bob")], events.Select(e => (e.Id, e.UserId)).Distinct().Order());
    }

    [Fact]
    public async Task A_deleted_comment_goes_with_its_likes_and_one_with_replies_with_the_last_of_them()
    {
        var video = await _database.AddVideoAsync();
        var root = await _scene.PostAsync(video);
        var reply = await _scene.PostAsync(video, root);
        for (var i = 0; i < 120; i++) await _scene.LikeAsync(root, $"person{i}");
        await _scene.Store.DeleteAsync(root, default);
        var early = await _scene.ChangesAsync(video);

        await _feed.FollowAsync(early, default);
        Assert.DoesNotContain(await _scene.DocumentsAsync(video), id => id.StartsWith("like:", StringComparison.Ordinal));
        Assert.True((await _scene.FindAsync(root)).IsShown);

        await _scene.Store.DeleteAsync(reply, default);
        await _feed.FollowAsync(await _scene.ChangesAsync(video), default);
        await _feed.FollowAsync(early, default);

        Assert.All(await _scene.DocumentsAsync(video), id => Assert.True(id == CommentSection.DocumentId || id.StartsWith("posted:", StringComparison.Ordinal)));
        Assert.Equal(0, await CountOfAsync(video));
    }

    [Fact]
    public async Task A_reply_that_came_meanwhile_keeps_the_tombstone_above_it()
    {
        var video = await _database.AddVideoAsync();
        var root = await _scene.PostAsync(video);
        var first = await _scene.PostAsync(video, root);
        await _scene.Store.DeleteAsync(root, default);
        await _scene.PostAsync(video, first);
        await _scene.Store.DeleteAsync(first, default);

        await _feed.FollowAsync(await _scene.ChangesAsync(video), default);

        Assert.True((await _scene.FindAsync(root)) is { IsShown: true, Replies: 1 });
        Assert.Null(await _scene.Store.FindAsync(first, default));
    }

    [Theory]
    [InlineData("""{"match":{"container":"comments","operation":"Batch"},"drop":"after","count":1}""")]
    [InlineData("""{"match":{"container":"comments","operation":"Delete"},"drop":"before","count":1}""")]
    [InlineData("""{"match":{"container":"videos","operation":"Patch"},"drop":"after","count":1}""")]
    public async Task A_delivery_that_broke_off_is_finished_by_the_next(string fault)
    {
        var video = await _database.AddVideoAsync();
        var (kept, deleted) = (await _scene.PostAsync(video), await _scene.PostAsync(video));
        await _scene.LikeAsync(deleted, "bob");
        await _scene.Store.DeleteAsync(deleted, default);
        var changes = await _scene.ChangesAsync(video);
        await _database.Process.FailAsync(fault);

        await Assert.ThrowsAnyAsync<Exception>(() => _feed.FollowAsync(changes, default));
        await _database.Process.HealAsync();
        await _feed.FollowAsync(changes, default);

        Assert.Equal(1, await CountOfAsync(video));
        Assert.Null(await _scene.Store.FindAsync(deleted, default));
        Assert.NotNull(await _scene.Store.FindAsync(kept, default));
    }

    [Fact]
    public async Task Comments_of_a_video_that_is_gone_count_for_nothing()
    {
        var video = await _database.AddVideoAsync(v => v with { Status = VideoStatus.Deleted });
        await _scene.PostAsync(video);

        await _feed.FollowAsync(await _scene.ChangesAsync(video), default);

        Assert.Equal(0, await CountOfAsync(video));
    }

    private async Task<long> CountOfAsync(Video video) => (await _videos.FindAsync(video.VideoId, default))!.Counters.Comments;
}
