using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using TikTok.Core.Documents;
using TikTok.Functions.Platform;
using Xunit.Abstractions;

namespace TikTok.LocalTests.Input;

/// <summary>Tokens that open nothing, on every route that is not open.</summary>
[Collection(nameof(ProductService))]
public sealed class TokenTests(InputSceneFixture fixture, ITestOutputHelper output) : InputTests(fixture, output)
{
    [Fact]
    public async Task Tokens_that_are_forged_expired_or_for_something_else_open_nothing()
    {
        var tokens = BadTokens();
        foreach (var operation in Operations.Where(o => !o.IsOpen))
        {
            foreach (var token in tokens) await RefusedAsync(operation, BodyOf(operation), HttpStatusCode.Unauthorized, with: new Variation(Token: token));
        }
    }

    [Fact]
    public async Task Tokens_that_come_another_way_open_nothing()
    {
        var token = Scene.Sender.AccessToken;
        foreach (var operation in Operations.Where(o => !o.IsOpen))
        {
            await RefusedAsync(operation, BodyOf(operation), HttpStatusCode.Unauthorized, with: new Variation(Token: "", Query: $"access_token={token}&token={token}&authorization=Bearer%20{token}"));
            foreach (var header in new[] { $"Basic {token}", $"Token {token}", $"Bearer{token}", token, $"Bearer {token}, Bearer {token}", "Bearer", "" })
                await RefusedAsync(operation, BodyOf(operation), HttpStatusCode.Unauthorized, with: new Variation(Token: "") { Headers = [("Authorization", header)] });
            await RefusedAsync(operation, BodyOf(operation), HttpStatusCode.Unauthorized, with: new Variation(Token: "")
            {
                Headers = [("Cookie", $"token={token}; access_token={token}"), ("X-Access-Token", token), ("X-MS-CLIENT-PRINCIPAL", Base64("{}")), ("X-MS-CLIENT-PRINCIPAL-ID", Scene.Sender.UserId)],
            });
        }
    }

    [Fact]
    public async Task Requests_with_bad_tokens_are_counted_by_their_address()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "users/me");
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer x");
        using var answer = await Service.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Contains("\"anonymousRequests\"", answer.Headers.GetValues("RateLimit").Single(), StringComparison.Ordinal);
    }

    private List<string> BadTokens()
    {
        var (mine, theirs) = (Scene.Sender.AccessToken, Scene.Other.AccessToken);
        var admin = new Caller(Scene.Sender.UserId, Scene.Sender.Username, Role.Admin, AccountType.Standard);
        using var foreign = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var (parts, header) = (mine.Split('.'), JsonDocument.Parse(Base64Url.DecodeFromChars(mine.Split('.')[0])).RootElement);
        var kid = header.GetProperty("kid").GetString();
        var point = foreign.ExportParameters(includePrivateParameters: false).Q;
        var jwk = $$"""{"kty":"EC","crv":"P-256","x":"{{Base64Url.EncodeToString(point.X!)}}","y":"{{Base64Url.EncodeToString(point.Y!)}}"}""";
        string Signed(string head)
        {
            var text = $"{Base64(head)}.{parts[1]}";
            return $"{text}.{Base64Url.EncodeToString(foreign.SignData(Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256))}";
        }

        string[] headers =
        [
            $$"""{"alg":"ES256","typ":"at+jwt","kid":"{{kid}}"}""", $$"""{"alg":"ES256","typ":"at+jwt","kid":"{{kid}}","jwk":{{jwk}}}""", $$"""{"alg":"ES256","typ":"at+jwt","jwk":{{jwk}}}""",
            """{"alg":"ES256","typ":"at+jwt","kid":"../../../dev/null"}""", """{"alg":"ES256","typ":"at+jwt","kid":"' OR 1=1 --"}""", """{"alg":"ES256","typ":"at+jwt","jku":"http://127.0.0.1/keys"}""",
        ];
        string[] unsigned =
        [
            """{"alg":"none","typ":"at+jwt"}""", """{"alg":"None","typ":"at+jwt"}""", $$"""{"alg":"none","typ":"at+jwt","kid":"{{kid}}"}""", $$"""{"alg":"HS256","typ":"at+jwt","kid":"{{kid}}"}""",
            $$"""{"alg":"ES384","typ":"at+jwt","kid":"{{kid}}"}""", $$"""{"alg":"ES256","typ":"JWT","kid":"{{kid}}"}""", $$"""{"alg":"ES256","typ":"at+jwt","kid":"{{kid}}","crit":["exp"]}""",
            $$"""{"alg":"ES256","alg":"none","typ":"at+jwt","kid":"{{kid}}"}""", "{}", "[]", "x",
        ];
        return
        [
            new AccessTokens(new TokenKeys(Convert.ToBase64String(foreign.ExportPkcs8PrivateKey())), TimeProvider.System).Issue(admin),
            Service.Tokens(new ShiftedTime(TimeSpan.FromHours(-1))).Issue(admin), Service.Tokens(new ShiftedTime(TimeSpan.FromHours(1))).Issue(admin),
            .. headers.Select(Signed), .. unsigned.SelectMany(h => new[] { $"{Base64(h)}.{parts[1]}.", $"{Base64(h)}.{parts[1]}.{parts[2]}" }),

            // Zeros, the curve's order, the encoding of other libraries, and other people's: as signatures.
            $"{parts[0]}.{parts[1]}.{Base64Url.EncodeToString(new byte[64])}", $"{parts[0]}.{parts[1]}.{Base64Url.EncodeToString(Enumerable.Repeat((byte)0xFF, 64).ToArray())}",
            $"{parts[0]}.{parts[1]}.{theirs.Split('.')[2]}", $"{parts[0]}.{theirs.Split('.')[1]}.{parts[2]}",
            $"{parts[0]}.{Base64("""{"sub":"x"}""")}.{parts[2]}", $"{parts[0]}.{parts[1]}.", $"{parts[0]}.{parts[1]}", $"{parts[0]}.{parts[1]}.{parts[2]}A", $"{parts[0]}.{parts[1]}.{parts[2]}=", $"{parts[0]}.{parts[1]}.{parts[2]}.",
            $"{parts[0]} .{parts[1]}.{parts[2]}", "..", ".", "x", "null", "undefined", "é", Scene.Sender.RefreshToken, new string('a', 7_000), new string('.', 7_000), $"{mine} {mine}",
        ];
    }

    private static string Base64(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    private sealed class ShiftedTime(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + by;
    }
}
