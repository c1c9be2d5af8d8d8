using System.Net;
using System.Text.Json;
using TikTok.LocalTests.Functions;

namespace TikTok.LocalTests.Social;

/// <summary>Follows, requests, blocks and mutes over HTTP.</summary>
[Collection(nameof(ProductService))]
public sealed class FollowTests(ProductService service)
{
    private readonly HttpClient _http = service.Http;

    [Fact]
    public async Task A_follow_shows_in_both_profiles_and_lists_and_is_gone_when_it_ends()
    {
        var (ada, bob) = (await _http.RegisterAsync(), await _http.RegisterAsync());

        var followed = await PostAsync(ada, $"users/{bob.UserId}/follow");

        Assert.Equal(HttpStatusCode.OK, followed.Status);
        Assert.Equal("""{"following":true,"followersCount":1}""", followed.Text);
        var profile = (await GetAsync(ada, $"users/{bob.UserId}")).Body;
        Assert.Equal((true, false, 1L), (Flag(profile, "following"), Flag(profile, "followedBy"), profile.GetProperty("followersCount").GetInt64()));
        Assert.True(Flag((await GetAsync(bob, $"users/{ada.UserId}")).Body, "followedBy"));
        Assert.Equal(1, (await GetAsync(ada, "users/me")).Body.GetProperty("followingCount").GetInt64());
        Assert.Equal([ada.UserId], await IdsAsync(bob, $"users/{bob.UserId}/followers"));
        Assert.Equal([bob.UserId], await IdsAsync(bob, $"users/{ada.UserId}/following"));

        var ended = await DeleteAsync(ada, $"users/{bob.UserId}/follow");

        Assert.Equal("""{"following":false,"followersCount":0}""", ended.Text);
        Assert.Empty(await IdsAsync(bob, $"users/{bob.UserId}/followers"));
    }

    [Fact]
    public async Task A_private_account_is_asked_and_shows_its_lists_to_followers_alone()
    {
        var (ada, bob, eve) = (await _http.RegisterAsync(), await _http.RegisterAsync(), await _http.RegisterAsync());
        await _http.SendAsync(HttpMethod.Patch, "users/me", new { @private = true }, bob.AccessToken);

        var asked = await PostAsync(ada, $"users/{bob.UserId}/follow");
        await PostAsync(eve, $"users/{bob.UserId}/follow");

        Assert.Equal("""{"following":false,"requested":true,"followersCount":0}""", asked.Text);
        Assert.Equal([eve.UserId, ada.UserId], await IdsAsync(bob, "users/me/follow-requests"));
        Assert.True(Flag((await GetAsync(ada, $"users/{bob.UserId}")).Body, "requested"));
        Assert.Equal(HttpStatusCode.Forbidden, (await GetAsync(ada, $"users/{bob.UserId}/followers")).Status);

        Assert.Equal(HttpStatusCode.NoContent, (await PostAsync(bob, $"users/me/follow-requests/{ada.UserId}/accept")).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await PostAsync(bob, $"users/me/follow-requests/{ada.UserId}/accept")).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await DeleteAsync(bob, $"users/me/follow-requests/{eve.UserId}")).Status);

        Assert.Equal([ada.UserId], await IdsAsync(ada, $"users/{bob.UserId}/followers"));
        Assert.Empty(await IdsAsync(bob, "users/me/follow-requests"));
        Assert.Equal(HttpStatusCode.Forbidden, (await GetAsync(eve, $"users/{bob.UserId}/following")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await PostAsync(bob, $"users/me/follow-requests/{eve.UserId}/accept")).Status);
    }

    [Fact]
    public async Task Becoming_public_accepts_whoever_asked()
    {
        var (ada, bob) = (await _http.RegisterAsync(), await _http.RegisterAsync());
        await _http.SendAsync(HttpMethod.Patch, "users/me", new { @private = true }, bob.AccessToken);
        await PostAsync(ada, $"users/{bob.UserId}/follow");

        await _http.SendAsync(HttpMethod.Patch, "users/me", new { @private = false }, bob.AccessToken);

        await Eventually.TrueAsync(async () => (await GetAsync(bob, "users/me")).Body.GetProperty("followersCount").GetInt64() == 1);
        Assert.True(Flag((await GetAsync(ada, $"users/{bob.UserId}")).Body, "following"));
    }

    [Fact]
    public async Task Whom_an_account_blocks_finds_nothing_of_it_and_is_in_no_list()
    {
        var (ada, bob, eve) = (await _http.RegisterAsync(), await _http.RegisterAsync(), await _http.RegisterAsync());
        await PostAsync(ada, $"users/{bob.UserId}/follow");
        await PostAsync(bob, $"users/{ada.UserId}/follow");
        await PostAsync(ada, $"users/{eve.UserId}/follow");
        await PostAsync(bob, $"users/{eve.UserId}/follow");

        Assert.Equal(HttpStatusCode.NoContent, (await PostAsync(ada, $"users/{bob.UserId}/block")).Status);

        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync(bob, $"users/{ada.UserId}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync(bob, $"users/{ada.UserId}/followers")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await PostAsync(bob, $"users/{ada.UserId}/follow")).Status);
        Assert.Equal((HttpStatusCode.Conflict, "/problems/blocked"), Refusal(await PostAsync(ada, $"users/{bob.UserId}/follow")));
        Assert.Equal([bob.UserId], await IdsAsync(bob, $"users/{eve.UserId}/followers"));
        Assert.Equal([ada.UserId], await IdsAsync(ada, $"users/{eve.UserId}/followers"));
        Assert.Equal([bob.UserId, ada.UserId], await IdsAsync(eve, $"users/{eve.UserId}/followers"));
        var profile = (await GetAsync(ada, $"users/{bob.UserId}")).Body;
        Assert.Equal((true, false, 0L), (Flag(profile, "blocking"), Flag(profile, "following"), profile.GetProperty("followersCount").GetInt64()));

        Assert.Equal(HttpStatusCode.NoContent, (await DeleteAsync(ada, $"users/{bob.UserId}/block")).Status);
        Assert.False(Flag((await GetAsync(bob, $"users/{ada.UserId}")).Body, "following"));
    }

    [Fact]
    public async Task A_mute_shows_to_its_maker_alone_and_ends_nothing()
    {
        var (ada, bob) = (await _http.RegisterAsync(), await _http.RegisterAsync());
        await PostAsync(ada, $"users/{bob.UserId}/follow");

        Assert.Equal(HttpStatusCode.NoContent, (await PostAsync(ada, $"users/{bob.UserId}/mute")).Status);

        var (hers, his) = ((await GetAsync(ada, $"users/{bob.UserId}")).Body, (await GetAsync(bob, $"users/{ada.UserId}")).Body);
        Assert.Equal((true, true, false), (Flag(hers, "muting"), Flag(hers, "following"), Flag(his, "muting")));
        Assert.Equal(HttpStatusCode.NoContent, (await DeleteAsync(ada, $"users/{bob.UserId}/mute")).Status);
        Assert.False(Flag((await GetAsync(ada, $"users/{bob.UserId}")).Body, "muting"));
    }

    [Theory]
    [InlineData("follow")]
    [InlineData("block")]
    [InlineData("mute")]
    public async Task Oneself_is_refused_and_nobody_is_not_found(string act)
    {
        var ada = await _http.RegisterAsync();
        Assert.Equal((HttpStatusCode.BadRequest, "/problems/invalid"), Refusal(await PostAsync(ada, $"users/{ada.UserId}/{act}")));
        Assert.Equal(HttpStatusCode.NotFound, (await PostAsync(ada, $"users/00000000000000000000000000/{act}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await PostAsync(ada, $"users/not%23an%3Fid/{act}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await PostAsync(ada, $"users/me/follow-requests/not%23an%3Fid/accept")).Status);
    }

    [Fact]
    public async Task Lists_page_through_everyone_once()
    {
        var star = await _http.RegisterAsync();
        var fans = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => _http.RegisterAsync()));
        foreach (var fan in fans) await PostAsync(fan, $"users/{star.UserId}/follow");

        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = (await GetAsync(star, $"users/{star.UserId}/followers?limit=2{(cursor is null ? "" : $"&cursor={cursor}")}")).Body;
            seen.AddRange(Ids(page));
            cursor = page.TryGetProperty("nextCursor", out var next) ? next.GetString() : null;
        }
        while (cursor is not null);

        Assert.Equal(fans.Select(f => f.UserId).Reverse(), seen);
    }

    private Task<ApiAnswer> GetAsync(SignedInUser user, string path) => _http.SendAsync(HttpMethod.Get, path, token: user.AccessToken);

    private Task<ApiAnswer> PostAsync(SignedInUser user, string path) => _http.SendAsync(HttpMethod.Post, path, token: user.AccessToken);

    private Task<ApiAnswer> DeleteAsync(SignedInUser user, string path) => _http.SendAsync(HttpMethod.Delete, path, token: user.AccessToken);

    private async Task<IReadOnlyList<string>> IdsAsync(SignedInUser user, string path)
    {
        var answer = await GetAsync(user, path);
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
        return Ids(answer.Body);
    }

    private static IReadOnlyList<string> Ids(JsonElement page) => [.. page.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("id").GetString()!)];

    private static (HttpStatusCode, string?) Refusal(ApiAnswer answer) => (answer.Status, answer.ProblemType);

    private static bool Flag(JsonElement profile, string name) => profile.GetProperty(name).GetBoolean();
}
