using System.Net;
using System.Text.Json;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;
using TikTok.Functions.Platform;
using TikTok.LocalTests.Functions;

namespace TikTok.LocalTests.Social;

/// <summary>Comments over HTTP: who may do what, and what comes of it.</summary>
[Collection(nameof(ProductService))]
public sealed class CommentTests(ProductService service)
{
    private readonly HttpClient _http = service.Http;

    [Fact]
    public async Task A_conversation()
    {
        var (ada, bob) = (await _http.RegisterAsync(), await _http.RegisterAsync());
        var video = await ReadyVideo.AddAsync(service, ada.UserId);

        var root = await PostAsync(bob, video, "  First  ");
        Assert.True(root.Status == HttpStatusCode.Created, root.Text);
        var reply = await PostAsync(ada, video, "Thanks", IdOf(root));
        var answer = await PostAsync(bob, video, "Welcome", IdOf(reply));

        Assert.Equal(("First", bob.Username, 0L), (Text(root.Body, "text"), Text(root.Body.GetProperty("user"), "username"), root.Body.GetProperty("likeCount").GetInt64()));
        Assert.Equal((IdOf(reply), ada.UserId), (Text(answer.Body, "parentId"), Text(answer.Body.GetProperty("replyTo"), "id")));
        var item = Assert.Single(Items(await GetAsync(ada, $"videos/{video}/comments")));
        Assert.Equal((IdOf(root), 2L), (Text(item, "id"), item.GetProperty("replyCount").GetInt64()));
        Assert.Equal([IdOf(reply), IdOf(answer)], item.GetProperty("replies").GetProperty("items").EnumerateArray().Select(c => Text(c, "id")));
        Assert.Equal([IdOf(reply), IdOf(answer)], Items(await GetAsync(ada, $"comments/{IdOf(root)}/replies")).Select(c => Text(c, "id")));
        await Eventually.TrueAsync(async () => (await GetAsync(ada, $"videos/{video}")).Body.GetProperty("commentCount").GetInt64() == 3);

        Assert.Equal(HttpStatusCode.NoContent, (await DeleteAsync(bob, IdOf(root))).Status);
        Assert.True(Assert.Single(Items(await GetAsync(ada, $"videos/{video}/comments"))).GetProperty("deleted").GetBoolean());
        await Eventually.TrueAsync(async () => (await GetAsync(ada, $"videos/{video}")).Body.GetProperty("commentCount").GetInt64() == 2);
    }

    [Fact]
    public async Task Fifty_concurrent_replies_are_all_there_in_order_at_every_page_size()
    {
        var (ada, bob) = (await _http.RegisterAsync(), await _http.RegisterAsync());
        var video = await ReadyVideo.AddAsync(service, ada.UserId);
        var root = IdOf(await PostAsync(ada, video, "Go"));

        var replies = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => PostAsync(i % 2 == 0 ? ada : bob, video, $"Reply {i}", root)));

        Assert.All(replies, r => Assert.True(r.Status == HttpStatusCode.Created, r.Text));
        var expected = replies.Select(IdOf).Order(StringComparer.Ordinal).ToList();
        Assert.Equal(50, expected.Distinct().Count());
        foreach (var limit in new[] { 7, 20, 49, 50, 51, 100 })
        {
            var read = new List<string>();
            var next = "";
            do
            {
                var page = await GetAsync(bob, $"comments/{root}/replies?limit={limit}{next}");
                read.AddRange(Items(page).Select(c => Text(c, "id")));
                next = page.Body.TryGetProperty("nextCursor", out var cursor) ? $"&cursor={cursor.GetString()}" : null;
            }
            while (next is not null);
            Assert.Equal(expected, read);
        }
    }

    [Fact]
    public async Task A_post_that_is_repeated_with_its_key_is_the_same_comment()
    {
        var ada = await _http.RegisterAsync();
        var video = await ReadyVideo.AddAsync(service, ada.UserId);

        var first = await PostAsync(ada, video, "Once", key: "k");
        var again = await PostAsync(ada, video, "Once", key: "k");

        Assert.Equal(IdOf(first), IdOf(again));
        Assert.Single(Items(await GetAsync(ada, $"videos/{video}/comments")));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await PostAsync(ada, video, "Other", key: "k")).Status);
    }

    [Theory]
    [InlineData("""{"text":""}""", "text")]
    [InlineData("""{"text":"   "}""", "text")]
    [InlineData("""{"text":"a\u202eb"}""", "text")]
    [InlineData("""{"text":"two\nlines"}""", "text")]
    [InlineData("""{"text":7}""", "text")]
    [InlineData("""{}""", "text")]
    [InlineData("""{"text":"x","parentId":"nonsense"}""", "parentId")]
    [InlineData("""{"text":"x","parentId":"01kakg0000000000000000000a-01kakg0000000000000000000b"}""", "parentId")]
    [InlineData("""{"text":"x","more":1}""", "more")]
    public async Task What_is_no_comment_is_refused_by_the_name_of_the_field(string body, string field)
    {
        var ada = await _http.RegisterAsync();
        var video = await ReadyVideo.AddAsync(service, ada.UserId);

        var answer = await _http.SendAsync(HttpMethod.Post, $"videos/{video}/comments", Json(body), ada.AccessToken);

        Assert.True(answer.Status == HttpStatusCode.BadRequest, answer.Text);
        Assert.True(answer.Body.GetProperty("errors").TryGetProperty(field, out _), answer.Text);
        Assert.Empty(Items(await GetAsync(ada, $"videos/{video}/comments")));
    }

    [Theory]
    [InlineData(150, HttpStatusCode.Created)]
    [InlineData(151, HttpStatusCode.BadRequest)]
    public async Task A_comment_has_up_to_150_characters_as_readers_count_them(int length, HttpStatusCode status)
    {
        var ada = await _http.RegisterAsync();
        var video = await ReadyVideo.AddAsync(service, ada.UserId);

        Assert.Equal(status, (await PostAsync(ada, video, string.Concat(Enumerable.Repeat("👩‍🚀", length)))).Status);
    }

    [Fact]
    public async Task Author_owner_and_moderator_may_delete_and_nobody_else()
    {
        var (owner, ada, bob) = (await _http.RegisterAsync(), await _http.RegisterAsync(), await _http.RegisterAsync());
        var moderator = await ModeratorAsync();
        var video = await ReadyVideo.AddAsync(service, owner.UserId);
        var comments = new List<string>();
        for (var i = 0; i < 3; i++) comments.Add(IdOf(await PostAsync(ada, video, $"Comment {i}")));

        var refused = await DeleteAsync(bob, comments[0]);
        var deleted = new[] { await DeleteAsync(ada, comments[0]), await DeleteAsync(owner, comments[1]), await DeleteAsync(moderator, comments[2]) };

        Assert.Equal((HttpStatusCode.Forbidden, "/problems/forbidden"), (refused.Status, refused.ProblemType));
        Assert.All(deleted, d => Assert.Equal(HttpStatusCode.NoContent, d.Status));
        Assert.Equal(HttpStatusCode.NotFound, (await DeleteAsync(ada, comments[0])).Status);
        Assert.Empty(Items(await GetAsync(bob, $"videos/{video}/comments")));
    }

    [Fact]
    public async Task An_author_may_delete_what_they_wrote_under_a_video_that_they_see_no_more()
    {
        var (owner, ada) = (await _http.RegisterAsync(), await _http.RegisterAsync());
        var video = await ReadyVideo.AddAsync(service, owner.UserId);
        var comment = IdOf(await PostAsync(ada, video, "Mine"));
        await new VideoStore(service.Cosmos).ChangeAsync(video, v => v with { Visibility = Visibility.Private }, default);

        Assert.Equal(HttpStatusCode.NotFound, (await LikeAsync(ada, comment)).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await DeleteAsync(ada, comment)).Status);
    }

    [Fact]
    public async Task Likes_count_each_person_once()
    {
        var (ada, bob) = (await _http.RegisterAsync(), await _http.RegisterAsync());
        var comment = IdOf(await PostAsync(ada, await ReadyVideo.AddAsync(service, ada.UserId), "Like me"));

        Assert.Equal("""{"liked":true,"likeCount":1}""", (await LikeAsync(ada, comment)).Text);
        Assert.Equal("""{"liked":true,"likeCount":1}""", (await LikeAsync(ada, comment)).Text);
        Assert.Equal("""{"liked":true,"likeCount":2}""", (await LikeAsync(bob, comment)).Text);
        Assert.Equal("""{"liked":false,"likeCount":1}""", (await LikeAsync(ada, comment, HttpMethod.Delete)).Text);
        Assert.Equal("""{"liked":false,"likeCount":1}""", (await LikeAsync(ada, comment, HttpMethod.Delete)).Text);
    }

    [Fact]
    public async Task The_owner_pins_one_comment_which_is_shown_first()
    {
        var (owner, ada) = (await _http.RegisterAsync(), await _http.RegisterAsync());
        var video = await ReadyVideo.AddAsync(service, owner.UserId);
        var (older, newer) = (IdOf(await PostAsync(ada, video, "Older")), IdOf(await PostAsync(ada, video, "Newer")));
        var reply = IdOf(await PostAsync(ada, video, "Reply", older));

        Assert.Equal(HttpStatusCode.Forbidden, (await PinAsync(ada, older)).Status);
        Assert.Equal("/problems/reply-not-pinned", (await PinAsync(owner, reply)).ProblemType);
        Assert.Equal(HttpStatusCode.NoContent, (await PinAsync(owner, older)).Status);
        Assert.Equal([(older, true), (newer, false)], await PinnedAsync());
        Assert.Equal(HttpStatusCode.NoContent, (await PinAsync(owner, older, HttpMethod.Delete)).Status);
        Assert.DoesNotContain((older, true), await PinnedAsync());

        async Task<IEnumerable<(string, bool)>> PinnedAsync() =>
            Items(await GetAsync(ada, $"videos/{video}/comments?sort=newest")).Select(c => (Text(c, "id"), c.GetProperty("pinned").GetBoolean()));
    }

    [Fact]
    public async Task Whoever_is_blocked_neither_comments_nor_answers_nor_likes_nor_is_seen()
    {
        var (owner, ada, bob) = (await _http.RegisterAsync(), await _http.RegisterAsync(), await _http.RegisterAsync());
        var video = await ReadyVideo.AddAsync(service, owner.UserId);
        var comment = IdOf(await PostAsync(ada, video, "Hello"));
        await PostAsync(bob, video, "Hi");
        await _http.SendAsync(HttpMethod.Post, $"users/{ada.UserId}/block", token: bob.AccessToken);

        Assert.Equal(HttpStatusCode.NotFound, (await PostAsync(bob, video, "Reply", comment)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await LikeAsync(bob, comment)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync(bob, $"comments/{comment}/replies")).Status);
        Assert.Equal(["Hi"], Items(await GetAsync(bob, $"videos/{video}/comments")).Select(c => Text(c, "text")));
        Assert.Equal(["Hello"], Items(await GetAsync(ada, $"videos/{video}/comments")).Select(c => Text(c, "text")));

        await _http.SendAsync(HttpMethod.Post, $"users/{ada.UserId}/block", token: owner.AccessToken);

        Assert.Equal(HttpStatusCode.NotFound, (await PostAsync(ada, video, "Again")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync(ada, $"videos/{video}/comments")).Status);
        Assert.Equal(["Hi"], Items(await GetAsync(owner, $"videos/{video}/comments")).Select(c => Text(c, "text")));
    }

    [Fact]
    public async Task Where_comments_are_off_nobody_writes_and_only_who_may_delete_them_reads()
    {
        var (owner, ada) = (await _http.RegisterAsync(), await _http.RegisterAsync());
        var video = await ReadyVideo.AddAsync(service, owner.UserId);
        var comment = IdOf(await PostAsync(ada, video, "Before"));
        await new VideoStore(service.Cosmos).ChangeAsync(video, v => v with { AllowComments = false }, default);

        var refused = await PostAsync(ada, video, "After");

        Assert.Equal((HttpStatusCode.Forbidden, "/problems/comments-off"), (refused.Status, refused.ProblemType));
        Assert.Empty(Items(await GetAsync(ada, $"videos/{video}/comments")));
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync(ada, $"comments/{comment}/replies")).Status);
        Assert.Single(Items(await GetAsync(owner, $"videos/{video}/comments")));
    }

    [Fact]
    public async Task What_is_not_there_or_not_to_be_seen_is_not_found()
    {
        var (owner, ada) = (await _http.RegisterAsync(), await _http.RegisterAsync());
        var secret = await ReadyVideo.AddAsync(service, owner.UserId, v => v with { Visibility = Visibility.Private });
        var hidden = IdOf(await PostAsync(owner, secret, "Note"));

        Assert.Equal(HttpStatusCode.NotFound, (await PostAsync(ada, secret, "Hi")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync(ada, $"videos/{secret}/comments")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync(ada, "videos/nonsense/comments")).Status);
        foreach (var id in new[] { hidden, $"{hidden}.1.00000001", "nonsense", $"{hidden}'%20OR%201=1" })
        {
            Assert.Equal(HttpStatusCode.NotFound, (await GetAsync(ada, $"comments/{id}/replies")).Status);
            Assert.Equal(HttpStatusCode.NotFound, (await LikeAsync(ada, id)).Status);
            Assert.Equal(HttpStatusCode.NotFound, (await PinAsync(ada, id)).Status);
            Assert.Equal(HttpStatusCode.NotFound, (await DeleteAsync(ada, id)).Status);
        }
    }

    [Fact]
    public async Task A_cursor_or_sort_of_something_else_is_refused()
    {
        var ada = await _http.RegisterAsync();
        var video = await ReadyVideo.AddAsync(service, ada.UserId);
        for (var i = 0; i < 2; i++) await PostAsync(ada, video, $"Comment {i}");
        var cursor = Text((await GetAsync(ada, $"videos/{video}/comments?limit=1")).Body, "nextCursor");

        Assert.Equal(HttpStatusCode.OK, (await GetAsync(ada, $"videos/{video}/comments?cursor={cursor}")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await GetAsync(ada, $"videos/{video}/comments?sort=newest&cursor={cursor}")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await GetAsync(ada, $"videos/{video}/comments?sort=Newest")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await GetAsync(ada, $"videos/{video}/comments?limit=0")).Status);
    }

    private async Task<SignedInUser> ModeratorAsync()
    {
        var user = await _http.RegisterAsync();
        return user with { AccessToken = service.Tokens().Issue(new Caller(user.UserId, user.Username, Role.Moderator, AccountType.Standard)) };
    }

    private Task<ApiAnswer> PostAsync(SignedInUser user, string video, string text, string? parentId = null, string? key = null) =>
        _http.PostAsync($"videos/{video}/comments", new { text, parentId }, user.AccessToken, key);

    private Task<ApiAnswer> GetAsync(SignedInUser user, string path) => _http.SendAsync(HttpMethod.Get, path, token: user.AccessToken);

    private Task<ApiAnswer> DeleteAsync(SignedInUser user, string comment) => _http.SendAsync(HttpMethod.Delete, $"comments/{comment}", token: user.AccessToken);

    private Task<ApiAnswer> LikeAsync(SignedInUser user, string comment, HttpMethod? method = null) =>
        _http.SendAsync(method ?? HttpMethod.Post, $"comments/{comment}/like", token: user.AccessToken);

    private Task<ApiAnswer> PinAsync(SignedInUser user, string comment, HttpMethod? method = null) =>
        _http.SendAsync(method ?? HttpMethod.Post, $"comments/{comment}/pin", token: user.AccessToken);

    private static StringContent Json(string body) => new(body, System.Text.Encoding.UTF8, "application/json");

    private static string IdOf(ApiAnswer comment)
    {
        Assert.True(comment.Status == HttpStatusCode.Created, comment.Text);
        return Text(comment.Body, "id");
    }

    private static IReadOnlyList<JsonElement> Items(ApiAnswer page)
    {
        Assert.True(page.Status == HttpStatusCode.OK, page.Text);
        return [.. page.Body.GetProperty("items").EnumerateArray()];
    }

    private static string Text(JsonElement json, string member) => json.GetProperty(member).GetString()!;
}
