using TikTok.Core.Documents;

namespace TikTok.LocalTests.Social;

public sealed class CommentStoreTests(ProductDatabase database) : IClassFixture<ProductDatabase>
{
    private readonly CommentScene _scene = new(database);

    [Fact]
    public async Task Fifty_concurrent_replies_take_fifty_numbers_in_a_row()
    {
        var video = await database.AddVideoAsync();
        var root = await _scene.PostAsync(video);

        var replies = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => _scene.PostAsync(video, root, $"Reply {i}", $"person{i}")));

        Assert.Equal(Enumerable.Range(1, 50), replies.Select(r => r.Sequence).Order());
        Assert.Equal((50L, 50), ((await _scene.FindAsync(root)).Replies, (await _scene.FindAsync(root)).LastReply));
        Assert.Equal(51, await _scene.CountAsync(video));
    }

    [Fact]
    public async Task Whoever_reads_while_replies_come_misses_none_below_what_was_read()
    {
        var video = await database.AddVideoAsync();
        var root = await _scene.PostAsync(video);

        var posting = Task.WhenAll(Enumerable.Range(0, 30).Select(i => _scene.PostAsync(video, root, userId: $"person{i}")));
        var read = new List<int>();
        while (read.Count < 30)
        {
            var more = await _scene.Store.ListRepliesAsync(root, read.LastOrDefault(), 7, default);
            read.AddRange(more.Select(r => CommentId.Parse(r.Id)!.Value.Sequence));
        }

        await posting;
        Assert.Equal(Enumerable.Range(1, 30), read);
    }

    [Fact]
    public async Task Everything_at_once_leaves_exact_counts()
    {
        var video = await database.AddVideoAsync();
        var root = await _scene.PostAsync(video);
        var doomed = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => _scene.PostAsync(video, root)));

        // Replies, deletions told three times, and ten people who like, take back and like the root again, half of them for good.
        await Task.WhenAll(
            Task.WhenAll(Enumerable.Range(0, 15).Select(_ => _scene.PostAsync(video, root))),
            Task.WhenAll(Enumerable.Range(0, 5).Select(_ => _scene.PostAsync(video))),
            Task.WhenAll(doomed.SelectMany(id => Enumerable.Range(0, 3).Select(_ => _scene.Store.DeleteAsync(id, default)))),
            Task.WhenAll(Enumerable.Range(0, 10).SelectMany(i => new[] { true, true, false, true }.Select(liked => _scene.LikeAsync(root, $"person{i}", liked)))));
        await Task.WhenAll(Enumerable.Range(0, 10).Select(i => _scene.LikeAsync(root, $"person{i}", i % 2 == 0)));

        var after = await _scene.FindAsync(root);
        Assert.Equal((15L, 25, 5L), (after.Replies, after.LastReply, after.Likes));
        Assert.Equal(15, (await _scene.Store.ListRepliesAsync(root, 0, 100, default)).Count);
        Assert.Equal(1 + 15 + 5, await _scene.CountAsync(video));
    }

    [Fact]
    public async Task An_operation_that_is_repeated_posts_once_and_finds_its_comment()
    {
        var video = await database.AddVideoAsync();
        var root = await _scene.PostAsync(video, operation: "first");

        var again = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => _scene.PostAsync(video, operation: "first")));
        var replies = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => _scene.PostAsync(video, root, operation: "second")));

        Assert.All(again, id => Assert.Equal(root, id));
        Assert.Single(replies.Distinct());
        Assert.Equal(2, await _scene.CountAsync(video));
    }

    [Fact]
    public async Task A_comment_whose_answer_was_lost_is_posted_once_when_it_is_repeated()
    {
        var video = await database.AddVideoAsync();
        var root = await _scene.PostAsync(video);
        await database.Process.FailAsync("""{"match":{"container":"comments","operation":"Batch"},"drop":"after","count":1}""");

        await Assert.ThrowsAnyAsync<Exception>(() => _scene.PostAsync(video, root, operation: "reply"));
        await database.Process.HealAsync();
        var reply = await _scene.PostAsync(video, root, operation: "reply");

        Assert.Equal(root.Reply(1), reply);
        Assert.Equal(2, await _scene.CountAsync(video));
    }

    [Fact]
    public async Task A_reply_to_a_reply_joins_its_thread_and_knows_what_it_answers()
    {
        var video = await database.AddVideoAsync();
        var root = await _scene.PostAsync(video);
        var first = await _scene.PostAsync(video, root);

        var second = await _scene.PostAsync(video, first);

        Assert.Equal(root.Reply(2), second);
        Assert.Equal(first.ToString(), (await _scene.FindAsync(second)).ParentId);
    }

    [Fact]
    public async Task A_deleted_comment_keeps_nothing_and_takes_no_replies_unless_it_has_some()
    {
        var video = await database.AddVideoAsync();
        var (lonely, answered) = (await _scene.PostAsync(video, text: "Secret", userId: "mallory"), await _scene.PostAsync(video, text: "Secret", userId: "mallory"));
        await _scene.PostAsync(video, answered);

        Assert.True(await _scene.Store.DeleteAsync(lonely, default));
        Assert.True(await _scene.Store.DeleteAsync(answered, default));
        Assert.False(await _scene.Store.DeleteAsync(answered, default));

        var tombstone = await _scene.FindAsync(answered);
        Assert.Equal((null, null, null), (tombstone.UserId, tombstone.Username, tombstone.Text));
        Assert.Null(await _scene.TryPostAsync(video, lonely));
        Assert.Equal(answered.Reply(2), await _scene.PostAsync(video, answered));
        Assert.Equal(2, await _scene.CountAsync(video));
    }

    [Fact]
    public async Task A_comment_that_is_deleted_or_never_was_cannot_be_liked()
    {
        var video = await database.AddVideoAsync();
        var id = await _scene.PostAsync(video);
        await _scene.LikeAsync(id, "bob");
        await _scene.Store.DeleteAsync(id, default);

        Assert.Null(await _scene.LikeAsync(id, "ada"));
        Assert.Null(await _scene.LikeAsync(id, "bob"));
        Assert.Null(await _scene.LikeAsync(id.Reply(9), "ada"));
        Assert.Null(await _scene.LikeAsync(id.Reply(9), "ada", liked: false));
    }

    [Fact]
    public async Task Clearing_removes_everything_and_lets_nothing_in_while_comments_storm()
    {
        var video = await database.AddVideoAsync();
        var root = await _scene.PostAsync(video);
        for (var i = 0; i < 130; i++) await _scene.LikeAsync(root, $"person{i}");

        var storm = Task.WhenAll(Enumerable.Range(0, 40).Select(async i =>
        {
            if (await _scene.TryPostAsync(video, i % 2 == 0 ? root : null) is { } posted) await _scene.LikeAsync(CommentId.Parse(posted.Id)!.Value, "ada");
        }));
        await _scene.Removal.ClearAsync(video.VideoId, default);
        await storm;

        Assert.Equal([CommentSection.DocumentId], await _scene.DocumentsAsync(video));
    }

    [Fact]
    public async Task A_cleared_video_takes_no_comments()
    {
        var video = await database.AddVideoAsync();
        var root = await _scene.PostAsync(video);

        await _scene.Removal.ClearAsync(video.VideoId, default);

        Assert.Null(await _scene.TryPostAsync(video, null));
        Assert.Null(await _scene.TryPostAsync(video, root));
        Assert.Equal([CommentSection.DocumentId], await _scene.DocumentsAsync(video));
    }

    [Fact]
    public async Task A_clearing_that_broke_off_is_finished_when_it_is_repeated()
    {
        var video = await database.AddVideoAsync();
        for (var i = 0; i < 60; i++) await _scene.PostAsync(video);
        await database.Process.FailAsync("""{"match":{"container":"comments","operation":"Batch"},"drop":"after","count":1}""");

        await Assert.ThrowsAnyAsync<Exception>(() => _scene.Removal.ClearAsync(video.VideoId, default));
        await database.Process.HealAsync();
        await _scene.Removal.ClearAsync(video.VideoId, default);

        Assert.Equal([CommentSection.DocumentId], await _scene.DocumentsAsync(video));
    }

    [Fact]
    public async Task An_erased_account_leaves_nothing_and_the_counts_of_others_right()
    {
        var (one, two) = (await database.AddVideoAsync(), await database.AddVideoAsync());
        var mine = await _scene.PostAsync(one, userId: "leaver");
        var theirs = await _scene.PostAsync(two, userId: "stayer");
        await _scene.PostAsync(one, mine, userId: "stayer");
        await _scene.PostAsync(two, theirs, userId: "leaver");
        await _scene.LikeAsync(theirs, "leaver");
        await _scene.LikeAsync(theirs, "stayer");

        var rounds = 0;
        while (await _scene.Removal.EraseAsync("leaver", 2, default) is var found and > 0)
        {
            Assert.InRange(found, 1, 2);
            rounds++;
        }

        Assert.Equal(3, rounds); // Two comments, what posted them, and a like.
        Assert.Empty(await _scene.DocumentsOfAsync("leaver"));
        Assert.Equal((1L, 0L), ((await _scene.FindAsync(theirs)).Likes, (await _scene.FindAsync(theirs)).Replies));
        Assert.Equal((1L, 1L), (await _scene.CountAsync(one), await _scene.CountAsync(two)));
    }
}
