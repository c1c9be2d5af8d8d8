using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Azure.Cosmos;
using TikTok.Core;
using TikTok.Core.Documents;
using TikTok.Functions.Platform;

namespace TikTok.LocalTests.Platform;

/// <summary>
/// Every route of the catalog, over HTTP, with every role and with everything that is no token: refused exactly where the functions' declarations say so.
/// A new function is walked without a line here.
/// </summary>
[Collection(nameof(ProductService))]
public sealed class RouteRolesTests(ProductService service)
{
    private const int AtOnce = 8;
    private static readonly FunctionCatalog Catalog = new(typeof(FunctionCatalog).Assembly);

    private readonly Container _accounts = service.Cosmos.GetContainer(Containers.Database, Containers.Accounts);

    public static TheoryData<string> NotTokens => ["none", "expired", "forged", "alg:none", "of another service"];

    [Theory]
    [InlineData(Role.User)]
    [InlineData(Role.Creator)]
    [InlineData(Role.Verified)]
    [InlineData(Role.Moderator)]
    [InlineData(Role.Admin)]
    public async Task Every_route_with_this_role_is_refused_just_where_the_table_says(Role role)
    {
        // Nobody's things are at these made-up ids and an empty object is nobody's body, so that a route that lets the caller in has no reason for a 401 or 403 of its own.
        await WalkAsync(
            async _ => service.Tokens().Issue(await NewCallerAsync(role)),
            (function, answer) => role >= function.LeastRole
                ? answer.Status is not (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
                : answer is { Status: HttpStatusCode.Forbidden, ProblemType: "/problems/role-required" });
    }

    [Theory]
    [MemberData(nameof(NotTokens))]
    public async Task Every_route_without_a_good_token_is_refused_unless_it_is_open(string kind)
    {
        var token = NotAToken(kind);
        await WalkAsync(
            _ => Task.FromResult(token),
            (function, answer) => function.IsOpen
                ? answer.Status is not (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
                : answer is { Status: HttpStatusCode.Unauthorized, ProblemType: "/problems/unauthorized" });
    }

    private async Task WalkAsync(Func<HttpFunction, Task<string?>> token, Func<HttpFunction, ApiAnswer, bool> isRight)
    {
        var calls = Catalog.All.SelectMany(function => function.Methods.Select(method => (Function: function, Method: method))).ToList();
        var wrong = new ConcurrentBag<string>();
        await Parallel.ForEachAsync(calls, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (call, _) =>
        {
            var path = Regex.Replace(ApiDescription.PathOf(call.Function)[1..], @"\{\w+\}", Id.New(TimeProvider.System), RegexOptions.None, TimeSpan.FromSeconds(1));
            var body = call.Function.Asks is null ? null : new { };
            var answer = await service.Http.SendAsync(
                new HttpMethod(call.Method), path, body, await token(call.Function),
                call.Function.Idempotency == IdempotencyMode.Required ? Guid.NewGuid().ToString() : null);
            if ((int)answer.Status >= 500 || !isRight(call.Function, answer)) wrong.Add($"{call.Method} {path}: {(int)answer.Status} {answer.Text}");
        });

        Assert.NotEmpty(calls);
        Assert.Empty(wrong);
    }

    /// <summary>Someone whom no other call of the walk can delete, demote or sign out.</summary>
    private async Task<Caller> NewCallerAsync(Role role)
    {
        var id = Id.New(TimeProvider.System);
        var sessionId = Id.New(TimeProvider.System);
        var now = TimeProvider.System.GetUtcNow();
        var account = new Account
        {
            Id = id,
            UserId = id,
            Username = Api.NewName(),
            DisplayName = "Walker",
            PasswordHash = "",
            BirthDate = new DateOnly(1990, 1, 1),
            Role = role,
            CreatedAt = now,
        };
        var session = new Session { Id = Session.IdFor(sessionId), UserId = id, TokenHash = "", CreatedAt = now, RefreshedAt = now, Ttl = 3600 };
        await _accounts.CreateItemAsync(account, new PartitionKey(id));
        await _accounts.CreateItemAsync(session, new PartitionKey(id));
        return new Caller(id, account.Username, role, AccountType.Standard) { SessionId = sessionId };
    }

    private string? NotAToken(string kind)
    {
        var admin = new Caller(Id.New(TimeProvider.System), "nobody", Role.Admin, AccountType.Standard);
        var good = service.Tokens().Issue(admin).Split('.');
        switch (kind)
        {
            case "none":
                return null;
            case "expired":
                return service.Tokens(new ClockBehind(AccessTokens.Lifetime + TimeSpan.FromSeconds(1))).Issue(admin);
            case "forged":
                var claims = JsonNode.Parse(Base64Url.DecodeFromChars(service.Tokens().Issue(admin with { Role = Role.User }).Split('.')[1]))!;
                claims["role"] = "admin";
                return $"{good[0]}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims.ToJsonString()))}.{good[2]}";
            case "alg:none":
                return $"{Base64Url.EncodeToString("""{"alg":"none","typ":"at+jwt"}"""u8)}.{good[1]}.";
            default:
                using (var key = ECDsa.Create(ECCurve.NamedCurves.nistP256))
                    return new AccessTokens(new TokenKeys(key.ExportPkcs8PrivateKeyPem()), TimeProvider.System).Issue(admin);
        }
    }

    private sealed class ClockBehind(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() - by;
    }
}
