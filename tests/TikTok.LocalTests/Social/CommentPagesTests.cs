using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;
using TikTok.Functions.Social.Comments;

namespace TikTok.LocalTests.Social;

public sealed class CommentPagesTests(ProductDatabase database) : IClassFixture<ProductDatabase>
{
    private readonly CommentScene _scene = new(database);

    [Fact]
    public async Task Fifty_concurrent_replies_are_all_there_in_order_at_every_page_size()
    {
        var video = await database.AddVideoAsync();
        var root = await _scene.PostAsync(video);
        var posted = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => _scene.PostAsync(video, root, userId: $"person{i}")));
        var expected = posted.OrderBy(id => id.Sequence).Select(id => id.ToString()).ToList();

        for (var limit = 1; limit <= 51; limit++)
        {
            var first = Assert.Single(await _scene.WalkAsync(video, CommentSort.Top, limit));
            var others = await _scene.WalkRepliesAsync(root, limit, first.Replies!.NextCursor);

            Assert.Equal(expected, first.Replies.Items.Concat(others).Select(c => c.Id));
            Assert.Equal(expected, (await _scene.WalkRepliesAsync(root, limit)).Select(c => c.Id));
        }
    }

    [Theory]
    [InlineData(CommentSort.Newest)]
    [InlineData(CommentSort.Top)]
    public async Task Every_comment_is_there_once_at_every_page_size(CommentSort sort)
    {
        var video = await database.AddVideoAsync();
        var roots = await PostInOrderAsync(video, 20);
        await _scene.LikeAsync(roots[3], "bob");
        await _scene.LikeAsync(roots[3], "eve");
        await _scene.LikeAsync(roots[7], "bob");
        await _scene.Store.PinAsync(roots[12], default);
        List<CommentId> lead = sort == CommentSort.Top ? [roots[12], roots[3], roots[7]] : [roots[12]];
        var expected = lead.Concat(roots.Except(lead).Reverse()).Select(id => id.ToString()).ToList();

        for (var limit = 1; limit <= 21; limit++)
            Assert.Equal(expected, (await _scene.WalkAsync(video, sort, limit)).Select(c => c.Id));
    }

    [Theory]
    [InlineData(CommentSort.Newest)]
    [InlineData(CommentSort.Top)]
    public async Task What_was_there_is_shown_once_while_others_are_posted_liked_and_pinned(CommentSort sort)
    {
        var video = await database.AddVideoAsync();
        var roots = await PostInOrderAsync(video, 12);
        await _scene.LikeAsync(roots[2], "bob");
        var page = 0;

        var shown = await _scene.WalkAsync(video, sort, 3, between: async () =>
        {
            await _scene.PostAsync(video);
            await _scene.LikeAsync(roots[page], "eve");
            await _scene.Store.PinAsync(roots[page], default);
            page++;
        });

        Assert.Equal(roots.Select(id => id.ToString()), shown.Select(c => c.Id).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_deleted_comment_stays_as_a_tombstone_for_as_long_as_it_has_replies()
    {
        var video = await database.AddVideoAsync();
        var root = await _scene.PostAsync(video, text: "Secret");
        var reply = await _scene.PostAsync(video, root);
        await _scene.Store.DeleteAsync(root, default);

        var tombstone = Assert.Single(await _scene.WalkAsync(video, CommentSort.Top, 10));
        await _scene.Store.DeleteAsync(reply, default);

        Assert.True(tombstone is { Deleted: true, User: null, Text: null, ReplyCount: 1 });
        Assert.Equal([reply.ToString()], tombstone.Replies!.Items.Select(c => c.Id));
        Assert.Empty(await _scene.WalkAsync(video, CommentSort.Top, 10));
        Assert.Empty(await _scene.WalkAsync(video, CommentSort.Newest, 10));
    }

    [Fact]
    public async Task Deleted_replies_leave_no_gap_that_hides_others()
    {
        var video = await database.AddVideoAsync();
        var root = await _scene.PostAsync(video);
        for (var i = 0; i < 8; i++) await _scene.PostAsync(video, root);
        foreach (var sequence in new[] { 1, 2, 3, 6 }) await _scene.Store.DeleteAsync(root.Reply(sequence), default);

        var first = Assert.Single(await _scene.WalkAsync(video, CommentSort.Top, 10));
        var others = await _scene.WalkRepliesAsync(root, 1, first.Replies!.NextCursor);

        Assert.Equal(new[] { 4, 5, 7, 8 }.Select(s => root.Reply(s).ToString()), first.Replies.Items.Concat(others).Select(c => c.Id));
        Assert.Equal(4, first.ReplyCount);
    }

    [Fact]
    public async Task People_between_whom_there_is_a_block_do_not_see_each_others_comments()
    {
        var video = await database.AddVideoAsync();
        var (ada, bob) = ($"ada{Id.New(TimeProvider.System)}", $"bob{Id.New(TimeProvider.System)}");
        var root = await _scene.PostAsync(video, userId: ada);
        await _scene.PostAsync(video, userId: bob);
        var answer = await _scene.PostAsync(video, root, userId: bob);
        await _scene.PostAsync(video, answer, userId: "carl");
        await new AccountEdgeStore(database.Client, TimeProvider.System).ChangeAsync(ada, bob, edge => edge with { Blocking = true }, default);

        var seenByAda = await _scene.WalkAsync(video, CommentSort.Newest, 10, CommentScene.Reader(ada));
        var seenByBob = await _scene.WalkAsync(video, CommentSort.Newest, 10, CommentScene.Reader(bob));
        var seenByCarl = await _scene.WalkAsync(video, CommentSort.Newest, 10, CommentScene.Reader("carl"));
        var seenByModerator = await _scene.WalkAsync(video, CommentSort.Newest, 10, CommentScene.Reader(ada, Role.Moderator));

        Assert.Equal([ada], seenByAda.Select(c => c.User!.Id));
        Assert.Equal(["carl"], seenByAda[0].Replies!.Items.Select(c => c.User!.Id));
        Assert.Null(seenByAda[0].Replies!.Items[0].ReplyTo);
        Assert.Equal([bob], seenByBob.Select(c => c.User!.Id));
        Assert.Equal(2, seenByCarl.Count);
        Assert.Equal(bob, seenByCarl[1].Replies!.Items[1].ReplyTo!.Id);
        Assert.Equal(2, seenByModerator.Count);
    }

    [Fact]
    public async Task A_reader_sees_their_own_likes()
    {
        var video = await database.AddVideoAsync();
        var (one, two) = (await _scene.PostAsync(video), await _scene.PostAsync(video));
        await _scene.LikeAsync(one, "reader");
        await _scene.LikeAsync(two, "other");

        var shown = await _scene.WalkAsync(video, CommentSort.Newest, 10);

        Assert.Equal([(two.ToString(), false, 1L), (one.ToString(), true, 1L)], shown.Select(c => (c.Id, c.Liked, c.LikeCount)));
    }

    [Fact]
    public async Task One_comment_is_pinned_at_a_time_and_a_deleted_one_is_not_shown()
    {
        var video = await database.AddVideoAsync();
        var roots = await PostInOrderAsync(video, 3);

        await _scene.Store.PinAsync(roots[0], default);
        await _scene.Store.PinAsync(roots[1], default);
        await _scene.Store.UnpinAsync(roots[0], default); // Not the pinned one any more.
        Assert.Equal([(roots[1].ToString(), true), (roots[2].ToString(), false), (roots[0].ToString(), false)], await PinnedAsync());

        await _scene.Store.DeleteAsync(roots[1], default);
        Assert.Equal([(roots[2].ToString(), false), (roots[0].ToString(), false)], await PinnedAsync());

        async Task<IEnumerable<(string, bool)>> PinnedAsync() => (await _scene.WalkAsync(video, CommentSort.Newest, 10)).Select(c => (c.Id, c.Pinned));
    }

    /// <summary>Comments in the order of their ids, which within a millisecond is any.</summary>
    private async Task<List<CommentId>> PostInOrderAsync(Video video, int count)
    {
        var ids = new List<CommentId>();
        for (var i = 0; i < count; i++) ids.Add(await _scene.PostAsync(video, userId: $"person{i}"));
        return [.. ids.OrderBy(id => id.ToString(), StringComparer.Ordinal)];
    }
}
