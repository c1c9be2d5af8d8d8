using System.Buffers.Text;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Azure.Cosmos;
using TikTok.Core;
using TikTok.Core.Documents;

namespace TikTok.LocalTests.Accounts;

[Collection(nameof(ProductService))]
public sealed class AccountTests(ProductService service)
{
    private readonly HttpClient _http = service.Http;
    private readonly Container _usernames = service.Cosmos.GetContainer(Containers.Database, Containers.Usernames);

    [Fact]
    public async Task Register_then_login_gives_the_same_account()
    {
        var name = Api.NewName();
        var registered = await _http.RegisterAsync(name.ToUpperInvariant());
        Assert.Equal((name, "standard", 900L), (registered.Username, registered.AccountType, registered.ExpiresIn));

        var login = await _http.PostAsync("auth/login", new { username = name, password = Api.Password });

        Assert.Equal(HttpStatusCode.OK, login.Status);
        Assert.Equal(registered.UserId, login.Body.GetProperty("userId").GetString());
        Assert.Equal("no-store", login.Headers["Cache-Control"]);
    }

    [Fact]
    public async Task Register_200_at_once_of_one_name_exactly_one_wins()
    {
        var name = Api.NewName();
        var body = new { username = name, password = Api.Password, birthDate = "1990-01-01" };

        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => _http.PostAsync("auth/register", body)));

        var won = Assert.Single(answers, a => a.Status == HttpStatusCode.Created);
        Assert.All(answers.Where(a => a != won), a => Assert.Equal((HttpStatusCode.Conflict, "/problems/username-taken"), (a.Status, a.ProblemType)));
        var login = await _http.PostAsync("auth/login", new { username = name, password = Api.Password });
        Assert.Equal(won.Body.GetProperty("userId").GetString(), login.Body.GetProperty("userId").GetString());
    }

    [Fact]
    public async Task Register_name_whose_registration_died_long_ago_takes_it_over()
    {
        var name = Api.NewName();
        await ReserveAsync(name, TimeSpan.FromMinutes(3));

        var user = await _http.RegisterAsync(name);

        Assert.Equal(user.UserId, (await ReservationAsync(name)).UserId);
        Assert.True((await ReservationAsync(name)).Confirmed);
    }

    [Fact]
    public async Task Register_name_whose_registration_may_still_run_is_taken()
    {
        var name = Api.NewName();
        await ReserveAsync(name, TimeSpan.FromSeconds(60));
        var answer = await _http.PostAsync("auth/register", new { username = name, password = Api.Password, birthDate = "1990-01-01" });
        Assert.Equal(HttpStatusCode.Conflict, answer.Status);
    }

    [Fact]
    public async Task Register_name_whose_registration_died_after_its_account_is_taken_and_healed()
    {
        var user = await _http.RegisterAsync();
        var reservation = await ReservationAsync(user.Username);
        var unconfirmed = reservation with { Confirmed = false, ReservedAt = reservation.ReservedAt - TimeSpan.FromHours(1) };
        await _usernames.ReplaceItemAsync(unconfirmed, user.Username, new PartitionKey(user.Username));

        var answer = await _http.PostAsync("auth/register", new { username = user.Username, password = Api.Password, birthDate = "1990-01-01" });

        Assert.Equal(HttpStatusCode.Conflict, answer.Status);
        Assert.True((await ReservationAsync(user.Username)).Confirmed);
    }

    [Fact]
    public async Task Register_invalid_names_every_field()
    {
        var answer = await _http.PostAsync(
            "auth/register", new { username = "a b", password = "short", birthDate = "1800-01-01", displayName = "a\u202Eb", country = "de" });
        Assert.Equal((HttpStatusCode.BadRequest, "/problems/invalid"), (answer.Status, answer.ProblemType));
        Assert.Equal("application/problem+json", answer.Headers["Content-Type"]);
        Assert.Equal(
            ["birthDate", "country", "displayName", "password", "username"],
            answer.Body.GetProperty("errors").EnumerateObject().Select(e => e.Name).Order(StringComparer.Ordinal));
        Assert.Matches("^[0-9a-f]{32}$", answer.Body.GetProperty("traceId").GetString());
    }

    [Fact]
    public async Task Register_under_13_is_refused_and_a_teen_begins_private()
    {
        var today = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);
        var child = await _http.PostAsync(
            "auth/register", new { username = Api.NewName(), password = Api.Password, birthDate = today.AddYears(-13).AddDays(2) });
        Assert.Equal((HttpStatusCode.Forbidden, "/problems/under-age"), (child.Status, child.ProblemType));

        var teen = await _http.RegisterAsync(birthDate: today.AddYears(-14).ToString("O"));
        Assert.Equal("teen", teen.AccountType);
        var profile = await _http.SendAsync(HttpMethod.Get, "users/me", token: teen.AccessToken);
        Assert.True(profile.Body.GetProperty("private").GetBoolean());
    }

    [Fact]
    public async Task Login_wrong_name_and_wrong_password_are_one_answer()
    {
        var user = await _http.RegisterAsync();
        var wrongPassword = await _http.PostAsync("auth/login", new { username = user.Username, password = "wrong password" });
        var wrongName = await _http.PostAsync("auth/login", new { username = Api.NewName(), password = Api.Password });
        var noName = await _http.PostAsync("auth/login", new { username = "??", password = Api.Password });
        Assert.All([wrongPassword, wrongName, noName], a =>
            Assert.Equal((HttpStatusCode.Unauthorized, "/problems/invalid-credentials"), (a.Status, a.ProblemType)));
        Assert.Equal(wrongPassword.Body.GetProperty("detail").GetString(), wrongName.Body.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task Refresh_rotates_and_a_used_token_ends_the_session()
    {
        var user = await _http.RegisterAsync();
        var second = await RefreshAsync(user.RefreshToken);
        Assert.Equal(HttpStatusCode.OK, second.Status);
        var rotated = second.Body.GetProperty("refreshToken").GetString()!;
        Assert.NotEqual(user.RefreshToken, rotated);
        Assert.Equal(HttpStatusCode.OK, (await MeAsync(second.Body.GetProperty("accessToken").GetString()!)).Status);

        var reuse = await RefreshAsync(user.RefreshToken);

        Assert.Equal((HttpStatusCode.Unauthorized, "/problems/invalid-refresh-token"), (reuse.Status, reuse.ProblemType));
        Assert.Equal(HttpStatusCode.Unauthorized, (await RefreshAsync(rotated)).Status);
    }

    [Fact]
    public async Task Refresh_20_at_once_of_one_token_at_most_one_wins()
    {
        var user = await _http.RegisterAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => RefreshAsync(user.RefreshToken)));
        Assert.Single(answers, a => a.Status == HttpStatusCode.OK);
        Assert.Equal(19, answers.Count(a => a.Status == HttpStatusCode.Unauthorized));
    }

    [Fact]
    public async Task Refresh_repeated_with_its_idempotency_key_gives_the_same_tokens_and_keeps_the_session()
    {
        var user = await _http.RegisterAsync();
        var first = await RefreshAsync(user.RefreshToken, "refresh-1");
        var again = await RefreshAsync(user.RefreshToken, "refresh-1");
        Assert.Equal(first.Text, again.Text);
        Assert.Equal(HttpStatusCode.OK, (await RefreshAsync(first.Body.GetProperty("refreshToken").GetString()!)).Status);
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("00000000000000000000000000.00000000000000000000000000.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task Refresh_made_up_token_is_refused(string token) => Assert.Equal(HttpStatusCode.Unauthorized, (await RefreshAsync(token)).Status);

    [Fact]
    public async Task Logout_ends_the_callers_session_and_nobody_elses()
    {
        var user = await _http.RegisterAsync();
        var other = await _http.RegisterAsync();
        Assert.Equal(HttpStatusCode.NoContent, (await LogoutAsync(other, user.RefreshToken)).Status);
        var refreshed = await RefreshAsync(user.RefreshToken);
        Assert.Equal(HttpStatusCode.OK, refreshed.Status);

        var token = refreshed.Body.GetProperty("refreshToken").GetString()!;
        Assert.Equal(HttpStatusCode.NoContent, (await LogoutAsync(user, token)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await RefreshAsync(token)).Status);
    }

    [Fact]
    public async Task Forged_tokens_are_refused()
    {
        var user = await _http.RegisterAsync();
        var parts = user.AccessToken.Split('.');
        var claims = JsonNode.Parse(Base64Url.DecodeFromChars(parts[1]))!;
        claims["role"] = "admin";
        var promoted = Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims.ToJsonString()));
        var none = Base64Url.EncodeToString("""{"alg":"none"}"""u8);
        string[] forged =
        [
            $"{parts[0]}.{promoted}.{parts[2]}",
            $"{none}.{promoted}.",
            $"{none}.{parts[1]}.{parts[2]}",
            $"{parts[0]}.{parts[1]}.",
            $"{parts[0]}.{parts[1]}",
            "x",
            new string('a', 6000),
        ];
        foreach (var token in forged)
        {
            var answer = await MeAsync(token);
            Assert.Equal((HttpStatusCode.Unauthorized, "/problems/unauthorized"), (answer.Status, answer.ProblemType));
            Assert.Equal("Bearer", answer.Headers["WWW-Authenticate"]);
        }

        Assert.Equal(HttpStatusCode.OK, (await MeAsync(user.AccessToken)).Status);
    }

    [Fact]
    public async Task Profile_changes_are_seen_and_the_public_one_tells_nothing_private()
    {
        var user = await _http.RegisterAsync();
        var changed = await _http.SendAsync(HttpMethod.Patch, "users/me", new { displayName = " Ade\u0301le ", bio = "a\nb" }, user.AccessToken);
        Assert.Equal(HttpStatusCode.OK, changed.Status);
        Assert.Equal("Ad\u00E9le", changed.Body.GetProperty("displayName").GetString());
        Assert.Equal(HttpStatusCode.NoContent, (await _http.PostAsync("onboarding/interests", new { interests = new[] { "cooking", "maths" } }, user.AccessToken)).Status);
        var mine = await MeAsync(user.AccessToken);
        Assert.Equal(["cooking", "maths"], mine.Body.GetProperty("interests").EnumerateArray().Select(e => e.GetString()));
        Assert.DoesNotContain("password", mine.Text, StringComparison.OrdinalIgnoreCase);

        var seen = await _http.SendAsync(HttpMethod.Get, $"users/{user.UserId}", token: (await _http.RegisterAsync()).AccessToken);
        Assert.Equal(
            [
                "bio", "blocking", "displayName", "followedBy", "followersCount", "following", "followingCount", "id", "muting", "private", "requested", "username",
                "verified",
            ],
            seen.Body.EnumerateObject().Select(p => p.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Profile_of_nobody_is_not_found()
    {
        var user = await _http.RegisterAsync();
        foreach (var id in (string[])[Id.New(TimeProvider.System), "nonsense", "session:x"])
        {
            var answer = await _http.SendAsync(HttpMethod.Get, $"users/{id}", token: user.AccessToken);
            Assert.Equal((HttpStatusCode.NotFound, "/problems/not-found"), (answer.Status, answer.ProblemType));
        }
    }

    [Fact]
    public async Task Nothing_secret_is_stored_or_logged()
    {
        var password = $"secret {Guid.NewGuid():n}";
        var registered = await _http.PostAsync(
            "auth/register", new { username = Api.NewName(), password, birthDate = "1990-01-01" }, idempotencyKey: Guid.NewGuid().ToString());
        var user = registered.Body.Deserialize<SignedInUser>(CoreJson.Options)!;
        await _http.PostAsync("auth/login", new { username = user.Username, password = password + "!" });
        await RefreshAsync(user.RefreshToken);

        string[] secrets = [password, user.RefreshToken.Split('.')[^1], user.AccessToken.Split('.')[^1]];
        Assert.All(secrets, secret => Assert.DoesNotContain(secret, service.FunctionsOutput, StringComparison.Ordinal));
        foreach (var name in (string[])[Containers.Accounts, Containers.Idempotency, Containers.Usernames])
        {
            using var pages = service.Cosmos.GetContainer(Containers.Database, name).GetItemQueryStreamIterator("SELECT * FROM c");
            while (pages.HasMoreResults)
            {
                using var page = await pages.ReadNextAsync();
                using var reader = new StreamReader(page.Content);
                var text = await reader.ReadToEndAsync();
                Assert.All(secrets, secret => Assert.DoesNotContain(secret, text, StringComparison.Ordinal));
            }
        }
    }

    private Task<ApiAnswer> RefreshAsync(string token, string? idempotencyKey = null) =>
        _http.PostAsync("auth/refresh", new { refreshToken = token }, idempotencyKey: idempotencyKey);

    private Task<ApiAnswer> LogoutAsync(SignedInUser user, string token) => _http.PostAsync("auth/logout", new { refreshToken = token }, user.AccessToken);

    private Task<ApiAnswer> MeAsync(string token) => _http.SendAsync(HttpMethod.Get, "users/me", token: token);

    private Task ReserveAsync(string name, TimeSpan ago) => _usernames.CreateItemAsync(
        new UsernameReservation
        {
            Id = name,
            Username = name,
            UserId = Id.New(TimeProvider.System),
            ReservedAt = TimeProvider.System.GetUtcNow() - ago,
        },
        new PartitionKey(name));

    private async Task<UsernameReservation> ReservationAsync(string name) =>
        await _usernames.ReadItemAsync<UsernameReservation>(name, new PartitionKey(name));
}
