using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Azure.Cosmos;
using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;
using TikTok.Functions.Platform;
using TikTok.Functions.Social.Comments;

namespace TikTok.LocalTests.Social;

/// <summary>The stores and pages of comments over the emulator, without HTTP.</summary>
internal sealed class CommentScene
{
    private readonly Cursor _cursor = new(new PlatformSecret(Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))));
    private readonly Container _container;

    public CommentScene(ProductDatabase database)
    {
        var (client, time) = (database.Client, TimeProvider.System);
        _container = client.GetContainer(Containers.Database, Containers.Comments);
        Store = new CommentStore(client, time);
        Likes = new CommentLikeStore(client, time);
        Removal = new CommentRemoval(client, Store, Likes, time);
        Pages = new CommentPages(Store, new CommentViews(Store, Likes, new RelationStore(client)), _cursor);
    }

    public CommentStore Store { get; }
    public CommentLikeStore Likes { get; }
    public CommentRemoval Removal { get; }
    public CommentPages Pages { get; }

    public static Caller Reader(string userId = "reader", Role role = Role.User) => new(userId, userId, role, AccountType.Standard);

    public async Task<CommentId> PostAsync(Video video, CommentId? parent = null, string text = "Nice.", string userId = "ada", string? operation = null) =>
        CommentId.Parse((await TryPostAsync(video, parent, text, userId, operation))!.Id)!.Value;

    public Task<Comment?> TryPostAsync(Video video, CommentId? parent, string text = "Nice.", string userId = "ada", string? operation = null) =>
        Store.PostAsync(new CommentDraft(video.VideoId, parent, userId, userId, Verified: false, text, operation), default);

    public async Task<Comment> FindAsync(CommentId id) => await Store.FindAsync(id, default) ?? throw new InvalidOperationException("There is no such comment.");

    public async Task<long> CountAsync(Video video) => (await Store.FindSectionAsync(video.VideoId, default))!.Comments;

    public Task<long?> LikeAsync(CommentId id, string userId, bool liked = true) => Likes.SetAsync(userId, id, liked, default);

    /// <summary>Every page of the list, one after the other; <paramref name="between"/> happens after each.</summary>
    public async Task<List<CommentAnswer>> WalkAsync(Video video, CommentSort sort, int limit, Caller? caller = null, Func<Task>? between = null)
    {
        var all = new List<CommentAnswer>();
        string? next = null;
        do
        {
            var position = next is null ? null : _cursor.Decode<CommentPosition>(CommentPages.ListOf(video, sort), next);
            var page = await Pages.ListAsync(video, sort, position, limit, caller ?? Reader(), default);
            Assert.True(page.Items.Count <= limit);
            all.AddRange(page.Items);
            next = page.NextCursor;
            if (between is not null) await between();
        }
        while (next is not null);
        return all;
    }

    /// <summary>Every reply of a thread, page by page, from where the list of comments leaves off.</summary>
    public async Task<List<CommentAnswer>> WalkRepliesAsync(CommentId root, int limit, string? next = null, Caller? caller = null)
    {
        var all = new List<CommentAnswer>();
        do
        {
            var after = next is null ? 0 : _cursor.Decode<ReplyPosition>(CommentPages.RepliesOf(root), next).After;
            var page = await Pages.ListRepliesAsync(root, after, limit, caller ?? Reader(), default);
            Assert.True(page.Items.Count <= limit);
            all.AddRange(page.Items);
            next = page.NextCursor;
        }
        while (next is not null);
        return all;
    }

    /// <summary>The ids of all documents in the video's partition.</summary>
    public Task<List<string>> DocumentsAsync(Video video) => QueryAsync<string>("SELECT VALUE c.id FROM c", new PartitionKey(video.VideoId));

    /// <summary>The ids of all documents anywhere that name the account.</summary>
    public Task<List<string>> DocumentsOfAsync(string userId) =>
        QueryAsync<string>($"SELECT VALUE c.id FROM c WHERE c.userId = '{userId}' OR c.username = '{userId}' OR CONTAINS(c.id, '{userId}')", partition: null);

    /// <summary>The documents of the video's partition as the change feed tells of them now.</summary>
    public Task<List<JsonElement>> ChangesAsync(Video video) => QueryAsync<JsonElement>("SELECT * FROM c", new PartitionKey(video.VideoId));

    private async Task<List<T>> QueryAsync<T>(string query, PartitionKey? partition)
    {
        using var pages = _container.GetItemQueryIterator<T>(query, requestOptions: new QueryRequestOptions { PartitionKey = partition });
        var found = new List<T>();
        while (pages.HasMoreResults) found.AddRange(await pages.ReadNextAsync());
        return found;
    }
}
