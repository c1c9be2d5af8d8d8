using System.Net;
using System.Text.Json;
using TikTok.Core;

namespace TikTok.LocalTests.Accounts;

[Collection(nameof(ProductService))]
public sealed class PasswordTests(ProductService service)
{
    private const string Wrong = "wrong horse battery";
    private readonly HttpClient _http = service.Http;

    [Theory]
    [InlineData("Password123!")]
    [InlineData("QWERTYUIOP")]
    [InlineData("short")]
    public async Task Register_with_a_password_that_is_tried_first_names_the_field(string password)
    {
        var answer = await _http.PostAsync("auth/register", new { username = Api.NewName(), password, birthDate = "1990-01-01" });
        Assert.Equal((HttpStatusCode.BadRequest, "/problems/invalid"), (answer.Status, answer.ProblemType));
        Assert.Equal("password", Assert.Single(answer.Body.GetProperty("errors").EnumerateObject()).Name);
    }

    [Fact]
    public async Task Changed_password_is_the_only_one_and_the_other_sessions_are_over()
    {
        var user = await _http.RegisterAsync();
        var other = await LoginAsync(user.Username, Api.Password);
        const string Next = "staple battery horse";

        var changed = await ChangeAsync(user, Api.Password, Next);

        Assert.True(changed.Status == HttpStatusCode.NoContent, changed.Text);
        Assert.Equal(HttpStatusCode.Unauthorized, (await RefreshAsync(other.Body.GetProperty("refreshToken").GetString()!)).Status);
        Assert.Equal(HttpStatusCode.OK, (await RefreshAsync(user.RefreshToken)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await LoginAsync(user.Username, Api.Password)).Status);
        Assert.Equal(HttpStatusCode.OK, (await LoginAsync(user.Username, Next)).Status);
    }

    [Theory]
    [InlineData("Summer2026!")]
    [InlineData("short")]
    public async Task Change_to_a_password_that_may_not_be_names_the_field_and_changes_nothing(string next)
    {
        var user = await _http.RegisterAsync();
        var answer = await ChangeAsync(user, Api.Password, next);
        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal("newPassword", Assert.Single(answer.Body.GetProperty("errors").EnumerateObject()).Name);
        Assert.Equal(HttpStatusCode.OK, (await LoginAsync(user.Username, Api.Password)).Status);
    }

    [Fact]
    public async Task Change_without_the_current_password_changes_nothing()
    {
        var user = await _http.RegisterAsync();
        var answer = await ChangeAsync(user, Wrong, "staple battery horse");
        Assert.Equal((HttpStatusCode.Forbidden, "/problems/wrong-password"), (answer.Status, answer.ProblemType));
        Assert.Equal(HttpStatusCode.OK, (await LoginAsync(user.Username, Api.Password)).Status);
    }

    [Fact]
    public async Task Change_from_a_session_that_is_over_is_refused_though_its_token_still_runs()
    {
        var user = await _http.RegisterAsync();
        await _http.PostAsync("auth/logout", new { refreshToken = user.RefreshToken }, user.AccessToken);
        Assert.Equal(HttpStatusCode.Unauthorized, (await ChangeAsync(user, Api.Password, "staple battery horse")).Status);
    }

    [Fact]
    public async Task Of_five_changes_at_once_one_is_made()
    {
        var user = await _http.RegisterAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(i => ChangeAsync(user, Api.Password, $"another password {i}")));
        Assert.Single(answers, a => a.Status == HttpStatusCode.NoContent);
        var logins = await Task.WhenAll(Enumerable.Range(0, 5).Select(i => LoginAsync(user.Username, $"another password {i}", NewAddress())));
        Assert.Single(logins, a => a.Status == HttpStatusCode.OK);
    }

    [Fact]
    public async Task Whoever_holds_an_access_token_cannot_guess_the_password_either()
    {
        var user = await _http.RegisterAsync();
        var answers = new List<HttpStatusCode>();
        for (var i = 0; i < 8; i++) answers.Add((await ChangeAsync(user, Wrong, "staple battery horse", NewAddress())).Status);
        Assert.Contains(HttpStatusCode.TooManyRequests, answers);
    }

    [Fact]
    public async Task Login_failures_are_delayed_alike_whether_or_not_there_is_such_an_account()
    {
        var user = await _http.RegisterAsync();
        foreach (var name in (string[])[user.Username, Api.NewName()])
        {
            var (answers, address) = (new List<ApiAnswer>(), NewAddress());
            for (var i = 0; i < 7; i++) answers.Add(await LoginAsync(name, Wrong, address));

            Assert.All(answers.Take(6), a => Assert.Equal(HttpStatusCode.Unauthorized, a.Status));
            Assert.Equal((HttpStatusCode.TooManyRequests, "/problems/too-many-requests"), (answers[6].Status, answers[6].ProblemType));
            Assert.InRange(int.Parse(answers[6].Headers["Retry-After"]), 1, 2);
        }
    }

    [Fact]
    public async Task Right_password_is_refused_too_while_the_delay_runs_and_neither_name_nor_address_is_kept_or_logged()
    {
        var user = await _http.RegisterAsync();
        var address = NewAddress();

        // All at once, so that the delay cannot end between them.
        var attempts = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => LoginAsync(user.Username, Wrong, address)));
        Assert.All(attempts, a => Assert.Equal(HttpStatusCode.Unauthorized, a.Status));
        await LoginAsync(user.Username, Wrong, address);
        Assert.DoesNotContain(user.Username, service.FunctionsOutput, StringComparison.Ordinal);
        Assert.DoesNotContain(address, service.FunctionsOutput, StringComparison.Ordinal);
        using var pages = service.Cosmos.GetContainer(Containers.Database, Containers.Limits).GetItemQueryStreamIterator("SELECT * FROM c");
        while (pages.HasMoreResults)
        {
            using var page = await pages.ReadNextAsync();
            using var reader = new StreamReader(page.Content);
            var text = await reader.ReadToEndAsync();
            Assert.DoesNotContain(user.Username, text, StringComparison.Ordinal);
            Assert.DoesNotContain(address, text, StringComparison.Ordinal);
        }
    }

    private async Task<ApiAnswer> ChangeAsync(SignedInUser user, string current, string next, string? address = null)
    {
        using var http = From(address);
        return await http.PostAsync("users/me/password", new { currentPassword = current, newPassword = next }, user.AccessToken);
    }

    private async Task<ApiAnswer> LoginAsync(string username, string password, string? address = null)
    {
        using var http = From(address);
        return await http.PostAsync("auth/login", new { username, password });
    }

    private Task<ApiAnswer> RefreshAsync(string token) => _http.PostAsync("auth/refresh", new { refreshToken = token });

    private HttpClient From(string? address)
    {
        var http = new HttpClient { BaseAddress = _http.BaseAddress };
        if (address is not null) http.DefaultRequestHeaders.Add("X-Forwarded-For", address);
        return http;
    }

    /// <summary>As the front end tells it; tests share one connection's address, and its count.</summary>
    private static string NewAddress() => $"198.{Random.Shared.Next(18, 20)}.{Random.Shared.Next(256)}.{Random.Shared.Next(256)}";
}
