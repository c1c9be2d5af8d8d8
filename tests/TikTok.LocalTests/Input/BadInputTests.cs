using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using TikTok.Core;
using TikTok.Core.Documents;
using TikTok.Functions.Platform;
using Xunit.Abstractions;

namespace TikTok.LocalTests.Input;

/// <summary>What may not come in, tried on every route that <c>openapi.json</c> has: each refusal is a problem document, and names the field where one is at fault.</summary>
[Collection(nameof(ProductService))]
public sealed class BadInputTests(ProductService service, ITestOutputHelper output) : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly HttpClient _http = service.Http;
    private readonly List<string> _faults = [];
    private InputScene _scene = null!;
    private int _requests;

    public async Task InitializeAsync() => _scene = await InputScene.MakeAsync(service);

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Bodies_that_are_not_JSON_objects_are_refused()
    {
        byte[][] bodies =
        [
            [], .. new[] { "{", "{\"a\":", "nonsense", "[]", "\"text\"", "1", "null", "{}{}", "{} x", "{\"a\":1,}", "{'a':1}", "// no\n{}", new string('[', 10_000), $"{{\"a\":{Nested(40)}}}" }.Select(Encoding.UTF8.GetBytes),
            [(byte)'{', (byte)'"', 0xFF, 0xFE, (byte)'"', (byte)':', (byte)'1', (byte)'}'], [0xEF, 0xBB, 0xBF, (byte)'1'],
        ];
        foreach (var operation in WithBody())
        {
            foreach (var body in bodies) await RefusedAsync(operation, Content(body));
        }

        NoFaults();
    }

    [Fact]
    public async Task Bodies_of_ten_megabytes_are_refused_by_their_size()
    {
        var large = Encoding.UTF8.GetBytes($"{{\"title\":\"{new string('a', 10 * 1024 * 1024)}\"}}");
        foreach (var operation in WithBody()) await RefusedAsync(operation, Content(large), status: HttpStatusCode.RequestEntityTooLarge);
        NoFaults();
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/xml")]
    [InlineData("application/json; charset=utf-16")]
    [InlineData("application/jsonp")]
    [InlineData(null)]
    public async Task Bodies_that_say_they_are_something_else_are_refused(string? contentType)
    {
        foreach (var operation in WithBody()) await RefusedAsync(operation, Content("{}"u8.ToArray(), contentType), status: HttpStatusCode.UnsupportedMediaType);
        NoFaults();
    }

    [Fact]
    public async Task Members_that_are_unknown_or_given_twice_are_named()
    {
        foreach (var operation in WithBody())
        {
            var valid = Valid(operation).ToJsonString();
            await RefusedAsync(operation, Content($"{{\"zzz\":1{(valid.Length > 2 ? "," : "")}{valid[1..]}"), field: "zzz");
            await RefusedAsync(operation, Content($"{{\"zzz\":1,\"zzz\":2{(valid.Length > 2 ? "," : "")}{valid[1..]}"), field: "zzz");
            await RefusedAsync(operation, Content($"{{\"__proto__\":{{}}{(valid.Length > 2 ? "," : "")}{valid[1..]}"), field: "__proto__");
        }

        NoFaults();
    }

    [Fact]
    public async Task Values_of_another_type_are_named()
    {
        foreach (var (operation, member, schema) in Members())
        {
            var type = schema.TryGetProperty("type", out var t) ? t.GetString() : "string";
            string[] others = type switch
            {
                "string" => ["1", "true", "[]", "{}", "\"\\ud800\""],
                "integer" => ["\"1\"", "1.5", "1e400", "-1e400", "123456789012345678901234567890", "true", "[]"],
                "boolean" => ["\"true\"", "1", "[]"],
                "array" => ["1", "\"a\"", "{}", "[[]]", "[1]", "[null]"],
                _ => ["1", "\"a\"", "[]"],
            };
            foreach (var other in others) await RefusedAsync(operation, With(operation, member, other), field: member);
        }

        NoFaults();
    }

    [Fact]
    public async Task Numbers_beyond_all_sense_are_named()
    {
        foreach (var (operation, member, _) in Members().Where(m => TypeOf(m.Schema) == "integer"))
        {
            foreach (var number in new[] { "-1", "-9223372036854775808", "9223372036854775807" }) await RefusedAsync(operation, With(operation, member, number), field: member);
        }

        NoFaults();
    }

    [Fact]
    public async Task Text_that_is_too_long_or_not_what_it_seems_is_named()
    {
        // A password may be of any characters, and one that was never set is only wrong.
        foreach (var (operation, member, _) in Members().Where(m => IsText(m.Schema)))
        {
            await RefusedAsync(operation, With(operation, member, Quoted(new string('a', 20_000))), field: SaysNothing(operation, member) ? null : member);
            if (member.Contains("assword", StringComparison.Ordinal) || SaysNothing(operation, member)) continue;
            foreach (var text in new[] { "a\0b", "\u0007", "\u202Egnp.exe", "\u2066x\u2069", "a\u2028b", "\uFFFF" })
                await RefusedAsync(operation, With(operation, member, Quoted(text)), field: member);
        }

        NoFaults();
    }

    [Fact]
    public async Task Query_parameters_that_are_not_what_they_should_be_are_named()
    {
        var theirs = (await _http.SendAsync(HttpMethod.Get, $"users/{_scene.Other.UserId}/videos?limit=1", token: _scene.Sender.AccessToken)).Body;
        string[] cursors = ["", "x", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", new string('A', 5_000), "%00", "..", theirs.TryGetProperty("nextCursor", out var next) ? next.GetString()! : "e30"];
        foreach (var operation in _scene.Api.Operations)
        {
            foreach (var (name, schema) in operation.QueryParameters)
            {
                var values = name == "cursor" ? cursors : TypeOf(schema) == "integer" ? ["-1", "0", "101", "99999999999999999999", "1.5", "1e2", "x", "", "0x10", "１"] : schema.TryGetProperty("enum", out _) ? ["x", "-1", "0"] : [];
                foreach (var value in values)
                    await RefusedAsync(operation, null, field: name, query: $"{name}={(value == "%00" ? value : Uri.EscapeDataString(value))}");
                if (values.Length > 0) await RefusedAsync(operation, null, field: name, query: $"{name}={Uri.EscapeDataString(values[0])}&{name}=1");
            }
        }

        NoFaults();
    }

    [Fact]
    public async Task Tokens_that_are_forged_expired_or_for_something_else_open_nothing()
    {
        var caller = new Caller(_scene.Sender.UserId, _scene.Sender.Username, Role.Admin, AccountType.Standard);
        using var foreign = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var parts = _scene.Sender.AccessToken.Split('.');
        string[] tokens =
        [
            new AccessTokens(new TokenKeys(Convert.ToBase64String(foreign.ExportPkcs8PrivateKey())), TimeProvider.System).Issue(caller),
            service.Tokens(new ShiftedTime(TimeSpan.FromHours(-1))).Issue(caller),
            service.Tokens(new ShiftedTime(TimeSpan.FromHours(1))).Issue(caller),
            $"{Base64("""{"alg":"none","typ":"at+jwt"}""")}.{parts[1]}.",
            $"{Base64("""{"alg":"none","typ":"at+jwt"}""")}.{parts[1]}.{parts[2]}",
            $"{Base64("""{"alg":"HS256","typ":"at+jwt"}""")}.{parts[1]}.{parts[2]}",
            $"{parts[0]}.{Base64("""{"sub":"x"}""")}.{parts[2]}", $"{parts[0]}.{parts[1]}.", $"{parts[0]}.{parts[1]}", $"{parts[0]}.{parts[1]}.{parts[2]}A", "x", "null", "undefined",
            _scene.Sender.RefreshToken, new string('a', 7_000), $"{_scene.Sender.AccessToken} {_scene.Sender.AccessToken}",
        ];
        foreach (var operation in _scene.Api.Operations.Where(o => !o.IsOpen))
        {
            foreach (var token in tokens) await RefusedAsync(operation, operation.Body is null ? null : Content("{}"), status: HttpStatusCode.Unauthorized, token: token);
        }

        NoFaults();
    }

    [Fact]
    public async Task Ids_that_are_none_or_of_nothing_find_nothing()
    {
        string[] ids = [Id.New(TimeProvider.System), "x", "null", "-1", "00000000000000000000000000", new string('v', 26), new string('a', 1_000), "%00", "%2e%2e%2f%2e%2e", "a%2Fb", "%F0%9F%98%80", "c.id%3Dc.id", "'%20OR%20'1'='1", "%E2%80%AE", "*"];
        foreach (var operation in _scene.Api.Operations.Where(o => o.PathParameters.Any()))
        {
            foreach (var id in ids) await RefusedAsync(operation, BodyOf(operation), path: operation.Fill(_ => id));
        }

        NoFaults();
    }

    [Fact]
    public async Task What_is_someone_elses_and_hidden_is_as_if_it_were_not_there()
    {
        foreach (var operation in _scene.Api.Operations.Where(o => o.Path.StartsWith("/videos/{id}", StringComparison.Ordinal)))
            await RefusedAsync(operation, BodyOf(operation), path: operation.Fill(name => name == "id" ? _scene.OthersPrivateVideo : "master.m3u8"), status: HttpStatusCode.NotFound);
        NoFaults();
    }

    [Fact]
    public async Task What_is_someone_elses_and_seen_is_not_ours_to_change()
    {
        var before = await _http.SendAsync(HttpMethod.Get, $"videos/{_scene.OthersVideo}", token: _scene.Sender.AccessToken);
        foreach (var operation in _scene.Api.Operations.Where(o => o.Path is "/videos/{id}" or "/videos/{id}/upload" or "/videos/{id}/upload/complete" && !(o.Path == "/videos/{id}" && o.Method == HttpMethod.Get)))
            await RefusedAsync(operation, BodyOf(operation), path: operation.Fill(_ => _scene.OthersVideo));
        foreach (var operation in _scene.Api.Operations.Where(o => o.Path is "/comments/{id}" or "/comments/{id}/pin"))
            await RefusedAsync(operation, BodyOf(operation), path: operation.Fill(_ => Uri.EscapeDataString(_scene.OthersComment)));
        NoFaults();
        Assert.Equal(before.Text, (await _http.SendAsync(HttpMethod.Get, $"videos/{_scene.OthersVideo}", token: _scene.Sender.AccessToken)).Text);
    }

    [Fact]
    public async Task Keys_used_again_with_another_body_are_refused()
    {
        foreach (var operation in WithBody().Where(o => o.TakesIdempotencyKey))
        {
            var key = Guid.NewGuid().ToString();
            await SendAsync(operation, Content("""{"first":1}"""), key: key);
            await RefusedAsync(operation, Content("""{"second":2}"""), status: HttpStatusCode.UnprocessableEntity, key: key);
        }

        foreach (var operation in _scene.Api.Operations.Where(o => o.TakesIdempotencyKey))
        {
            foreach (var key in new[] { "", " ", "a b", new string('a', 256), "é" }) await RefusedAsync(operation, BodyOf(operation), key: key, field: "Idempotency-Key");
        }

        NoFaults();
    }

    [Fact]
    public async Task Upload_URL_is_good_for_its_own_blob_and_for_writing_alone()
    {
        var begun = await _http.PostAsync("videos/upload/init", new { filename = "clip.mp4", filesize = 1_000, durationMs = 20_000 }, _scene.Other.AccessToken);
        var (id, url) = (begun.Body.GetProperty("videoId").GetString()!, begun.Body.GetProperty("uploadUrl").GetString()!);
        using var storage = new HttpClient();

        async Task<HttpStatusCode> PutAsync(HttpMethod method, string address)
        {
            using var request = new HttpRequestMessage(method, address) { Content = method == HttpMethod.Put ? new ByteArrayContent([1]) : null };
            request.Headers.Add("x-ms-blob-type", "BlockBlob");
            using var answer = await storage.SendAsync(request);
            return answer.StatusCode;
        }

        Assert.Equal(HttpStatusCode.Forbidden, await PutAsync(HttpMethod.Put, url.Replace(id, _scene.OthersVideo, StringComparison.Ordinal)));
        Assert.Equal(HttpStatusCode.Forbidden, await PutAsync(HttpMethod.Put, url.Replace("/uploads/", "/media/", StringComparison.Ordinal)));
        Assert.Equal(HttpStatusCode.Forbidden, await PutAsync(HttpMethod.Get, url));
        Assert.Equal(HttpStatusCode.Forbidden, await PutAsync(HttpMethod.Delete, url));
        Assert.Equal(HttpStatusCode.Forbidden, await PutAsync(HttpMethod.Put, url.Replace("sp=cw", "sp=cwrd", StringComparison.Ordinal)));
        Assert.Equal(HttpStatusCode.Created, await PutAsync(HttpMethod.Put, url));
    }

    [Theory]
    [InlineData("/api/v1/videos/../users/me")]
    [InlineData("/api/v1/videos/%2e%2e/%2e%2e/admin")]
    [InlineData("/api/v1/../../etc/passwd")]
    [InlineData("/api/v1/videos/%00/status")]
    [InlineData("/api/v1/videos/%zz")]
    [InlineData("/api/v1//videos//x")]
    [InlineData("/api/v1/videos/x/playlists/..%2f..%2fsecret.m3u8")]
    [InlineData("/api/v1/videos/x/playlists/%5c..%5c..%5csecret.m3u8")]
    [InlineData("/API/V1/OPENAPI.JSON/x")]
    [InlineData("/api/v1/videos/\u202Ex")]
    public async Task Paths_with_tricks_in_them_lead_nowhere(string path)
    {
        var (status, text) = await RawHttp.SendAsync(_http.BaseAddress!, RawHttp.Head("GET", path, "localhost", "Connection: close"), Patience);
        Assert.True(status is >= 400 and < 500, $"{status}: {text}");
    }

    [Fact]
    public async Task Body_that_comes_slowly_is_not_waited_for()
    {
        var head = RawHttp.Head("POST", "/api/v1/auth/login", "localhost", "Content-Type: application/json", "Content-Length: 100");

        var (status, text) = await RawHttp.SendAsync(_http.BaseAddress!, [.. head, (byte)'{'], Patience);

        Assert.Equal(408, status);
        Assert.Null(RawHttp.Fault(status, text));
    }

    [Theory]
    [InlineData("Content-Length: 99999999999999999999")]
    [InlineData("Content-Length: -1")]
    [InlineData("Content-Length: 5\r\nContent-Length: 6")]
    [InlineData("Content-Length: 5\r\nTransfer-Encoding: chunked")]
    [InlineData("Transfer-Encoding: gzip")]
    public async Task Lengths_that_lie_are_refused(string header)
    {
        var head = RawHttp.Head("POST", "/api/v1/auth/login", "localhost", "Content-Type: application/json", header);

        var (status, text) = await RawHttp.SendAsync(_http.BaseAddress!, [.. head, .. "{}"u8], Patience);

        Assert.True(status is 0 or (>= 400 and < 500), $"{status}: {text}");
    }

    private IEnumerable<ApiOperation> WithBody() => _scene.Api.Operations.Where(o => o.Body is not null);

    /// <summary>Every member of every body.</summary>
    private IEnumerable<(ApiOperation Operation, string Member, JsonElement Schema)> Members() => WithBody().SelectMany(operation =>
        _scene.Api.Resolve(operation.Body!.Value).GetProperty("properties").EnumerateObject().Select(p => (operation, p.Name, _scene.Api.Resolve(p.Value))));

    private static string? TypeOf(JsonElement schema) => schema.TryGetProperty("type", out var type) ? type.GetString() : null;

    private static bool IsText(JsonElement schema) => TypeOf(schema) == "string" && !schema.TryGetProperty("enum", out _) && !schema.TryGetProperty("format", out _);

    /// <summary>Where a wrong value gets the answer of an unknown one: nobody learns whether a name exists.</summary>
    private static bool SaysNothing(ApiOperation operation, string member) => operation.Path is "/auth/login" || member is "refreshToken" || (operation.Path == "/users/me" && member == "password");

    private JsonObject Valid(ApiOperation operation) => (JsonObject)new BodyGenerator(_scene.Api, _scene, new Random(7)).Valid(operation.Body!.Value)!;

    private ByteArrayContent? BodyOf(ApiOperation operation) => operation.Body is null ? null : Content(Valid(operation).ToJsonString());

    private ByteArrayContent With(ApiOperation operation, string member, string value)
    {
        var valid = Valid(operation);
        valid.Remove(member);

        // The two ways to record a watch exclude each other; a fault in one must not be hidden by the other.
        if (member == "events") valid.Clear();
        var rest = valid.ToJsonString();
        return Content($"{{{Quoted(member)}:{value}{(rest.Length > 2 ? "," : "")}{rest[1..]}");
    }

    private static string Quoted(string text) => JsonSerializer.Serialize(text);

    private static string Nested(int depth) => new string('[', depth) + new string(']', depth);

    private static string Base64(string json) => System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));

    private static ByteArrayContent Content(string body) => Content(Encoding.UTF8.GetBytes(body));

    private static ByteArrayContent Content(byte[] body, string? contentType = "application/json")
    {
        var content = new ByteArrayContent(body);
        if (contentType is not null) content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        return content;
    }

    private async Task<(int Status, string Text)> SendAsync(
        ApiOperation operation, HttpContent? content, string? path = null, string? query = null, string? token = null, string? key = null)
    {
        _requests++;
        using var request = new HttpRequestMessage(operation.Method, $"{path ?? _scene.PathFor(operation)}{(query is null ? "" : $"?{query}")}") { Content = content };
        if ((token ?? _scene.TokenFor(operation)) is { } bearer) request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {bearer}");
        if ((key ?? (operation.NeedsIdempotencyKey ? Guid.NewGuid().ToString() : null)) is { } value) request.Headers.TryAddWithoutValidation("Idempotency-Key", value);
        try
        {
            using var answer = await _http.SendAsync(request);
            return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
        }
        catch (HttpRequestException e)
        {
            return (0, e.Message);
        }
    }

    private async Task RefusedAsync(
        ApiOperation operation, HttpContent? content, HttpStatusCode? status = null, string? field = null, string? path = null, string? query = null, string? token = null,
        string? key = null)
    {
        var sent = content is null ? "" : RawHttp.Shorten(await content.ReadAsStringAsync());
        var (answered, text) = await SendAsync(operation, content, path, query, token, key);

        // A server that refuses a large body early may close the connection on a client that is still sending.
        if (answered == 0 && status == HttpStatusCode.RequestEntityTooLarge) return;
        var fault = RawHttp.Fault(answered, text)
            ?? (status is { } expected && answered != (int)expected ? $"answered {answered}, not {(int)expected}: {RawHttp.Shorten(text)}" : null)
            ?? (field is not null && !Names(text, field) ? $"does not name '{field}': {RawHttp.Shorten(text)}" : null);
        if (fault is not null) _faults.Add($"{operation.Name} {path}{query}: {fault}\n    sent: {sent}");
    }

    /// <summary>Whether the errors are of the field, or of something within it.</summary>
    private static bool Names(string problem, string field)
    {
        using var document = JsonDocument.Parse(problem);
        return document.RootElement.TryGetProperty("errors", out var errors)
            && errors.EnumerateObject().Any(e => e.Name == field || e.Name.StartsWith($"{field}.", StringComparison.Ordinal) || e.Name.StartsWith($"{field}[", StringComparison.Ordinal));
    }

    private void NoFaults()
    {
        output.WriteLine($"{_requests} requests");
        Assert.True(_faults.Count == 0, $"{_faults.Count} of {_requests} requests:\n{string.Join('\n', _faults.Take(60))}");
    }

    private sealed class ShiftedTime(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + by;
    }
}
