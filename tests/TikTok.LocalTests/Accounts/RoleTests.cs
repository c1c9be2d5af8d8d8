using System.Net;
using System.Text.Json;
using Microsoft.Azure.Cosmos;
using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;
using TikTok.Functions.Platform;

namespace TikTok.LocalTests.Accounts;

[Collection(nameof(ProductService))]
public sealed class RoleTests(ProductService service)
{
    private readonly HttpClient _http = service.Http;
    private readonly AccountStore _accounts = new(service.Cosmos);

    [Fact]
    public async Task Admin_gives_a_role_which_the_next_token_carries_and_the_log_tells()
    {
        var admin = await RegisterAdminAsync();
        var user = await _http.RegisterAsync();

        var answer = await AssignAsync(admin.AccessToken, user.UserId, "moderator");

        Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
        Assert.Equal("moderator", answer.Body.GetProperty("role").GetString());
        var refreshed = await _http.PostAsync("auth/refresh", new { refreshToken = user.RefreshToken });
        Assert.Equal(Role.Moderator, service.Tokens().Read(refreshed.Body.GetProperty("accessToken").GetString()!)!.Role);
        Assert.Contains($"Role of account {user.UserId} changed from User to Moderator by account {admin.UserId}", service.FunctionsOutput, StringComparison.Ordinal);
        Assert.DoesNotContain(user.Username, service.FunctionsOutput, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_changes_their_own_role()
    {
        var admin = await RegisterAdminAsync();
        var answer = await AssignAsync(admin.AccessToken, admin.UserId, "user");
        Assert.Equal((HttpStatusCode.Forbidden, "/problems/own-role"), (answer.Status, answer.ProblemType));
    }

    [Fact]
    public async Task Admin_who_was_demoted_is_refused_at_once_though_the_token_says_admin()
    {
        var (admin, other) = (await RegisterAdminAsync(), await RegisterAdminAsync());
        Assert.Equal(HttpStatusCode.OK, (await AssignAsync(other.AccessToken, admin.UserId, "user")).Status);
        var answer = await AssignAsync(admin.AccessToken, other.UserId, "user");
        Assert.Equal((HttpStatusCode.Forbidden, "/problems/role-required"), (answer.Status, answer.ProblemType));
    }

    [Fact]
    public async Task Admin_who_was_signed_out_is_refused_at_once()
    {
        var admin = await RegisterAdminAsync();
        await _http.PostAsync("auth/logout", new { refreshToken = admin.RefreshToken }, admin.AccessToken);
        var answer = await AssignAsync(admin.AccessToken, (await _http.RegisterAsync()).UserId, "admin");
        Assert.Equal(HttpStatusCode.Unauthorized, answer.Status);
    }

    [Fact]
    public async Task Role_of_nobody_and_a_role_that_there_is_not()
    {
        var admin = await RegisterAdminAsync();
        Assert.Equal(HttpStatusCode.NotFound, (await AssignAsync(admin.AccessToken, Id.New(TimeProvider.System), "creator")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await AssignAsync(admin.AccessToken, "session:x", "creator")).Status);
        var answer = await AssignAsync(admin.AccessToken, Id.New(TimeProvider.System), "emperor");
        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.True(answer.Body.GetProperty("errors").TryGetProperty("role", out _));
    }

    [Fact]
    public async Task First_admin_is_made_one_by_the_setting_at_the_next_login()
    {
        var user = await _http.RegisterAsync();
        await MoveAsync(user, service.FirstAdminId);

        var login = await _http.PostAsync("auth/login", new { username = user.Username, password = Api.Password });

        Assert.True(login.Status == HttpStatusCode.OK, login.Text);
        Assert.Equal(Role.Admin, service.Tokens().Read(login.Body.GetProperty("accessToken").GetString()!)!.Role);
        Assert.Equal(Role.Admin, (await _accounts.FindAsync(service.FirstAdminId, CancellationToken.None))!.Role);
    }

    /// <summary>Gives the account another id: ids are made by the service, and the setting was made before it.</summary>
    private async Task MoveAsync(SignedInUser user, string userId)
    {
        var account = await _accounts.FindAsync(user.UserId, CancellationToken.None);
        await _accounts.CreateAsync(account! with { Id = userId, UserId = userId }, CancellationToken.None);
        var usernames = service.Cosmos.GetContainer(Containers.Database, Containers.Usernames);
        UsernameReservation reservation = await usernames.ReadItemAsync<UsernameReservation>(user.Username, new PartitionKey(user.Username));
        await usernames.ReplaceItemAsync(reservation with { UserId = userId }, user.Username, new PartitionKey(user.Username));
        await _accounts.DeleteAsync(user.UserId, CancellationToken.None);
    }

    private Task<ApiAnswer> AssignAsync(string token, string userId, string role) =>
        _http.SendAsync(HttpMethod.Put, $"ops/users/{userId}/role", new { role }, token);

    private async Task<SignedInUser> RegisterAdminAsync()
    {
        var user = await _http.RegisterAsync();
        await _accounts.ChangeAsync(user.UserId, account => account with { Role = Role.Admin }, CancellationToken.None);
        var refreshed = await _http.PostAsync("auth/refresh", new { refreshToken = user.RefreshToken });
        return refreshed.Body.Deserialize<SignedInUser>(CoreJson.Options)!;
    }
}
