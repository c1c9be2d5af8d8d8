using System.Net;
using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;
using TikTok.LocalTests.Functions;

namespace TikTok.LocalTests.Videos;

/// <summary>Who finds whose videos, over HTTP: by id, in the creator's list, to like.</summary>
[Collection(nameof(ProductService))]
public sealed class VideoAccessTests(ProductService service)
{
    private readonly HttpClient _http = service.Http;
    private readonly VideoStore _videos = new(service.Cosmos);

    [Fact]
    public async Task A_private_accounts_videos_are_for_its_followers_alone_and_for_all_when_it_is_public_again()
    {
        var (ada, bob, eve) = (await _http.RegisterAsync(), await _http.RegisterAsync(), await _http.RegisterAsync());
        var video = await AddAsync(ada);
        await CallAsync(HttpMethod.Post, bob, $"users/{ada.UserId}/follow");
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(eve, $"videos/{video}"));
        await Eventually.TrueAsync(async () => (await ListAsync(eve, ada)).Contains(video));

        await SetPrivateAsync(ada, true);

        await Eventually.TrueAsync(async () => await StatusAsync(eve, $"videos/{video}") == HttpStatusCode.NotFound);
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(eve, $"videos/{video}/status"));
        Assert.Equal(HttpStatusCode.NotFound, (await CallAsync(HttpMethod.Post, eve, $"videos/{video}/like")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(eve, $"users/{ada.UserId}/videos"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(bob, $"videos/{video}"));
        Assert.Equal([video], await ListAsync(bob, ada));
        Assert.Equal(HttpStatusCode.OK, (await CallAsync(HttpMethod.Post, bob, $"videos/{video}/like")).Status);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(ada, $"videos/{video}"));

        await SetPrivateAsync(ada, false);

        await Eventually.TrueAsync(async () => await StatusAsync(eve, $"videos/{video}") == HttpStatusCode.OK);
        await Eventually.TrueAsync(async () => (await ListAsync(eve, ada)).Contains(video));
    }

    [Fact]
    public async Task A_video_for_followers_is_for_those_who_follow_and_ends_with_the_follow()
    {
        var (ada, bob) = (await _http.RegisterAsync(), await _http.RegisterAsync());
        var video = await AddAsync(ada, v => v with { Visibility = Visibility.Followers });
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(bob, $"videos/{video}"));

        await CallAsync(HttpMethod.Post, bob, $"users/{ada.UserId}/follow");

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(bob, $"videos/{video}"));
        await Eventually.TrueAsync(async () => (await ListAsync(bob, ada)).Contains(video));
        await CallAsync(HttpMethod.Delete, bob, $"users/{ada.UserId}/follow");
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(bob, $"videos/{video}"));
        Assert.Empty(await ListAsync(bob, ada));
    }

    [Fact]
    public async Task A_block_hides_videos_both_ways_and_lets_a_like_be_taken_back()
    {
        var (ada, bob) = (await _http.RegisterAsync(), await _http.RegisterAsync());
        var (hers, his) = (await AddAsync(ada), await AddAsync(bob));
        await CallAsync(HttpMethod.Post, bob, $"videos/{hers}/like");

        await CallAsync(HttpMethod.Post, ada, $"users/{bob.UserId}/block");

        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(bob, $"videos/{hers}"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(ada, $"videos/{his}"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(bob, $"users/{ada.UserId}/videos"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(ada, $"users/{bob.UserId}/videos"));
        Assert.Equal(HttpStatusCode.NotFound, (await CallAsync(HttpMethod.Post, bob, $"videos/{hers}/like")).Status);
        Assert.Equal("""{"liked":false,"likeCount":0}""", (await CallAsync(HttpMethod.Delete, bob, $"videos/{hers}/like")).Text);
    }

    [Fact]
    public async Task A_mute_hides_nothing_that_is_asked_for()
    {
        var (ada, bob) = (await _http.RegisterAsync(), await _http.RegisterAsync());
        var video = await AddAsync(ada);

        await CallAsync(HttpMethod.Post, bob, $"users/{ada.UserId}/mute");

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(bob, $"videos/{video}"));
    }

    [Fact]
    public async Task The_following_feed_pages_through_those_who_are_followed_and_leaves_out_whom_one_mutes()
    {
        var (ada, bob, eve) = (await _http.RegisterAsync(), await _http.RegisterAsync(), await _http.RegisterAsync());
        var (first, second, third) = (await AddAsync(ada), await AddAsync(bob, v => v with { Visibility = Visibility.Followers }), await AddAsync(ada));
        foreach (var creator in new[] { ada, bob }) await CallAsync(HttpMethod.Post, eve, $"users/{creator.UserId}/follow");
        await Eventually.TrueAsync(async () => (await FeedAsync(eve, "")).Ids.Count == 3);

        var page = await FeedAsync(eve, "?count=2");
        var rest = await FeedAsync(eve, $"?count=2&cursor={page.Next}");
        await CallAsync(HttpMethod.Post, eve, $"users/{ada.UserId}/mute");

        Assert.Equal([third, second], page.Ids);
        Assert.Equal([first], rest.Ids);
        Assert.Null(rest.Next);
        Assert.Equal([second], (await FeedAsync(eve, "")).Ids);
        Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync(ada, $"feed/following?cursor={page.Next}"));
    }

    private async Task<(IReadOnlyList<string> Ids, string? Next)> FeedAsync(SignedInUser user, string query)
    {
        var answer = await CallAsync(HttpMethod.Get, user, $"feed/following{query}");
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
        return (
            [.. answer.Body.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("id").GetString()!)],
            answer.Body.TryGetProperty("nextCursor", out var next) ? next.GetString() : null);
    }

    private async Task<string> AddAsync(SignedInUser creator, Func<Video, Video>? with = null)
    {
        var id = Id.New(TimeProvider.System);
        var video = new Video
        {
            Id = id,
            VideoId = id,
            UserId = creator.UserId,
            Username = creator.Username,
            Status = VideoStatus.Ready,
            Upload = new Core.Documents.Upload { Filename = "clip.mp4", FileSize = 1, DurationMs = 15_000 },
            CreatedAt = TimeProvider.System.GetUtcNow(),
            PublishedAt = TimeProvider.System.GetUtcNow(),
        };
        await _videos.TryCreateAsync(with?.Invoke(video) ?? video, default);
        return id;
    }

    private Task SetPrivateAsync(SignedInUser user, bool isPrivate) =>
        _http.SendAsync(HttpMethod.Patch, "users/me", new { @private = isPrivate }, user.AccessToken);

    private Task<ApiAnswer> CallAsync(HttpMethod method, SignedInUser user, string path) => _http.SendAsync(method, path, token: user.AccessToken);

    private async Task<HttpStatusCode> StatusAsync(SignedInUser user, string path) => (await CallAsync(HttpMethod.Get, user, path)).Status;

    private async Task<IReadOnlyList<string>> ListAsync(SignedInUser user, SignedInUser creator)
    {
        var answer = await CallAsync(HttpMethod.Get, user, $"users/{creator.UserId}/videos");
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
        return [.. answer.Body.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("id").GetString()!)];
    }
}
