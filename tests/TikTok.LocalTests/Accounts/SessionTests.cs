using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.Azure.Cosmos;
using TikTok.Core;
using TikTok.Core.Documents;

namespace TikTok.LocalTests.Accounts;

/// <summary>Signed-in devices over HTTP: seen, ended from afar, and what becomes of refresh tokens that are used out of order.</summary>
[Collection(nameof(ProductService))]
public sealed class SessionTests(ProductService service)
{
    private readonly HttpClient _http = service.Http;
    private readonly Container _accounts = service.Cosmos.GetContainer(Containers.Database, Containers.Accounts);

    [Fact]
    public async Task List_tells_each_device_when_it_signed_in_and_which_one_asks()
    {
        var user = await _http.RegisterAsync();
        var phone = await LoginAsync(user, "ShortVideo/3.1 (iPhone)");
        await LoginAsync(user, "Evil\u00A0\u00A0agent" + new string('x', 300));

        var items = await ListAsync(phone);

        Assert.Equal(3, items.Count);
        Assert.Equal([false, true, false], items.Select(s => s.GetProperty("current").GetBoolean()));
        Assert.Equal("ShortVideo/3.1 (iPhone)", items[1].GetProperty("device").GetString());
        Assert.Equal("", items[2].GetProperty("device").GetString());
        Assert.Equal(120, items[0].GetProperty("device").GetString()!.Length);
        Assert.All(items, s => Assert.InRange(
            TimeProvider.System.GetUtcNow() - s.GetProperty("createdAt").GetDateTimeOffset(), TimeSpan.Zero, TimeSpan.FromMinutes(2)));
        Assert.All(items, s => Assert.Equal(
            ["createdAt", "current", "device", "id", "refreshedAt"], s.EnumerateObject().Select(p => p.Name).Order(StringComparer.Ordinal)));
    }

    [Fact]
    public async Task List_pages_through_all_sessions_once_and_a_cursor_is_nobody_elses()
    {
        var user = await _http.RegisterAsync();
        for (var i = 0; i < 6; i++) await LoginAsync(user, i.ToString(CultureInfo.InvariantCulture));

        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = await _http.SendAsync(HttpMethod.Get, $"users/me/sessions?limit=3{(cursor is null ? "" : $"&cursor={cursor}")}", token: user.AccessToken);
            seen.AddRange(page.Body.GetProperty("items").EnumerateArray().Select(s => s.GetProperty("device").GetString()!));
            var next = page.Body.TryGetProperty("nextCursor", out var value) ? value.GetString() : null;
            if (next is not null)
            {
                var stranger = await _http.RegisterAsync();
                Assert.Equal(HttpStatusCode.BadRequest, (await _http.SendAsync(HttpMethod.Get, $"users/me/sessions?cursor={next}", token: stranger.AccessToken)).Status);
            }

            cursor = next;
        }
        while (cursor is not null);

        Assert.Equal(["5", "4", "3", "2", "1", "0", ""], seen);
    }

    [Fact]
    public async Task Remote_logout_ends_that_session_and_no_other()
    {
        var user = await _http.RegisterAsync();
        var phone = await LoginAsync(user, "phone");
        var id = (await ListAsync(user)).Single(s => s.GetProperty("device").GetString() == "phone").GetProperty("id").GetString()!;

        Assert.Equal(HttpStatusCode.NoContent, (await EndAsync(user, id)).Status);

        Assert.Equal(HttpStatusCode.Unauthorized, (await RefreshAsync(phone.RefreshToken)).Status);
        Assert.Equal(HttpStatusCode.OK, (await RefreshAsync(user.RefreshToken)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await EndAsync(user, id)).Status);
    }

    [Fact]
    public async Task Remote_logout_of_somebody_elses_session_is_not_found_and_ends_nothing()
    {
        var (user, stranger) = (await _http.RegisterAsync(), await _http.RegisterAsync());
        var id = (await ListAsync(user))[0].GetProperty("id").GetString()!;
        foreach (var path in (string[])[id, "nonsense", $"session:{id}", user.UserId])
            Assert.Equal(HttpStatusCode.NotFound, (await EndAsync(stranger, path)).Status);
        Assert.Equal(HttpStatusCode.OK, (await RefreshAsync(user.RefreshToken)).Status);
    }

    [Fact]
    public async Task Ending_all_others_leaves_the_one_that_asks()
    {
        var user = await _http.RegisterAsync();
        SignedInUser[] others = [await LoginAsync(user, "a"), await LoginAsync(user, "b")];

        Assert.Equal(HttpStatusCode.NoContent, (await EndOthersAsync(user)).Status);

        Assert.Single(await ListAsync(user));
        Assert.All(await Task.WhenAll(others.Select(o => RefreshAsync(o.RefreshToken))), a => Assert.Equal(HttpStatusCode.Unauthorized, a.Status));
        Assert.Equal(HttpStatusCode.OK, (await RefreshAsync(user.RefreshToken)).Status);
        Assert.Equal(HttpStatusCode.OK, (await RefreshAsync((await LoginAsync(user, "c")).RefreshToken)).Status);
    }

    [Fact]
    public async Task A_session_that_was_ended_cannot_end_the_others_though_its_token_still_runs()
    {
        var user = await _http.RegisterAsync();
        var thief = await LoginAsync(user, "thief");
        await EndOthersAsync(user);

        Assert.Equal(HttpStatusCode.Unauthorized, (await EndOthersAsync(thief)).Status);
        Assert.Equal(HttpStatusCode.OK, (await RefreshAsync(user.RefreshToken)).Status);
    }

    [Fact]
    public async Task Of_all_devices_that_end_the_others_at_once_one_is_left()
    {
        var user = await _http.RegisterAsync();
        var devices = new List<SignedInUser>();
        for (var i = 0; i < 8; i++) devices.Add(await LoginAsync(user, i.ToString(CultureInfo.InvariantCulture)));

        var answers = await Task.WhenAll(devices.Select(EndOthersAsync));

        Assert.Single(answers, a => a.Status == HttpStatusCode.NoContent);
        Assert.All(answers.Where(a => a.Status != HttpStatusCode.NoContent), a => Assert.Equal(HttpStatusCode.Unauthorized, a.Status));
        Assert.Single(await Task.WhenAll(devices.Select(d => RefreshAsync(d.RefreshToken))), a => a.Status == HttpStatusCode.OK);
    }

    [Fact]
    public async Task Refreshing_while_others_are_ended_does_not_count_as_using_a_token_twice()
    {
        for (var round = 0; round < 5; round++)
        {
            var user = await _http.RegisterAsync();
            var refresh = RefreshAsync(user.RefreshToken);
            var end = EndOthersAsync(user);
            await Task.WhenAll(refresh, end);
            Assert.Equal((HttpStatusCode.OK, HttpStatusCode.NoContent), ((await refresh).Status, (await end).Status));
            Assert.Equal(HttpStatusCode.OK, (await RefreshAsync(TokenOf(await refresh))).Status);
        }
    }

    [Fact]
    public async Task Token_used_20_times_at_once_ends_the_session_for_the_winner_too()
    {
        var user = await _http.RegisterAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => RefreshAsync(user.RefreshToken)));
        var winner = Assert.Single(answers, a => a.Status == HttpStatusCode.OK);
        Assert.Equal(HttpStatusCode.Unauthorized, (await RefreshAsync(TokenOf(winner))).Status);
        Assert.Empty(await ListAsync(user));
    }

    [Fact]
    public async Task Any_earlier_token_of_the_family_ends_it_in_whatever_order_it_comes()
    {
        foreach (var replayed in (int[])[0, 1, 2])
        {
            var tokens = new List<string> { (await _http.RegisterAsync()).RefreshToken };
            for (var i = 0; i < 3; i++) tokens.Add(TokenOf(await RefreshAsync(tokens[^1])));

            Assert.Equal(HttpStatusCode.Unauthorized, (await RefreshAsync(tokens[replayed])).Status);
            Assert.Equal(HttpStatusCode.Unauthorized, (await RefreshAsync(tokens[3])).Status);
        }
    }

    [Fact]
    public async Task Refresh_that_died_between_its_write_and_its_answer_ends_the_session_when_it_is_repeated()
    {
        var user = await _http.RegisterAsync();
        var sessionId = user.RefreshToken.Split('.')[1];

        // What the write of a refresh leaves, of which nobody got the token.
        await _accounts.PatchItemAsync<Session>(
            Session.IdFor(sessionId), new PartitionKey(user.UserId), [PatchOperation.Set("/tokenHash", "of a token that was lost on the way")]);

        Assert.Equal(HttpStatusCode.Unauthorized, (await RefreshAsync(user.RefreshToken)).Status);
        Assert.Empty(await ListAsync(user));
    }

    [Fact]
    public async Task Token_of_one_session_is_no_token_of_another_of_the_same_account()
    {
        var user = await _http.RegisterAsync();
        var other = await LoginAsync(user, "other");
        var (mine, theirs) = (user.RefreshToken.Split('.'), other.RefreshToken.Split('.'));
        Assert.Equal(HttpStatusCode.Unauthorized, (await RefreshAsync($"{mine[0]}.{mine[1]}.{theirs[2]}")).Status);
        Assert.Equal(HttpStatusCode.OK, (await RefreshAsync(other.RefreshToken)).Status);
    }

    private async Task<SignedInUser> LoginAsync(SignedInUser user, string device)
    {
        using var http = Device(device);
        var answer = await http.PostAsync("auth/login", new { username = user.Username, password = Api.Password });
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
        return answer.Body.Deserialize<SignedInUser>(CoreJson.Options)!;
    }

    private HttpClient Device(string userAgent)
    {
        var http = new HttpClient(new SocketsHttpHandler { RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8 }) { BaseAddress = _http.BaseAddress };
        http.DefaultRequestHeaders.TryAddWithoutValidation("User-Agent", userAgent);
        return http;
    }

    private async Task<IReadOnlyList<JsonElement>> ListAsync(SignedInUser user)
    {
        var answer = await _http.SendAsync(HttpMethod.Get, "users/me/sessions", token: user.AccessToken);
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
        return [.. answer.Body.GetProperty("items").EnumerateArray()];
    }

    private Task<ApiAnswer> EndAsync(SignedInUser user, string id) => _http.SendAsync(HttpMethod.Delete, $"users/me/sessions/{id}", token: user.AccessToken);

    private Task<ApiAnswer> EndOthersAsync(SignedInUser user) => _http.SendAsync(HttpMethod.Delete, "users/me/sessions", token: user.AccessToken);

    private Task<ApiAnswer> RefreshAsync(string token) => _http.PostAsync("auth/refresh", new { refreshToken = token });

    private static string TokenOf(ApiAnswer answer) => answer.Body.GetProperty("refreshToken").GetString()!;
}
