using System.Net;
using System.Text;
using Xunit.Abstractions;

namespace TikTok.LocalTests.Input;

/// <summary>Bodies that are none: no JSON, too large, of another type, with members that there are not.</summary>
[Collection(nameof(ProductService))]
public sealed class BodyTests(InputSceneFixture fixture, ITestOutputHelper output) : InputTests(fixture, output)
{
    private const int TenMegabytes = 10 * 1024 * 1024;

    [Fact]
    public async Task Bodies_that_are_not_JSON_objects_are_refused()
    {
        string[] texts =
        [
            "", "{", "{\"a\":", "nonsense", "[]", "\"text\"", "1", "null", "true", "{}{}", "{} x", "{}\0", "{\"a\":1,}", "{'a':1}", "{a:1}", "// no\n{}", "{\"a\":NaN}", "{\"a\":0x1}", "{\"a\":01}",
            "{\"\\ud800\":1}", new string('[', 10_000), new string('{', 10_000), Nested("[", "]", 40), Nested("{\"a\":", "}", 40),
        ];
        byte[][] bodies =
        [
            .. texts.Select(Encoding.UTF8.GetBytes), .. new[] { Encoding.Unicode, Encoding.BigEndianUnicode, Encoding.UTF32 }.Select(e => e.GetBytes("{\"a\":1}")),
            [(byte)'{', (byte)'"', 0xFF, 0xFE, (byte)'"', (byte)':', (byte)'1', (byte)'}'], [(byte)'{', (byte)'"', 0xC0, 0xAF, (byte)'"', (byte)':', (byte)'1', (byte)'}'], [0xEF, 0xBB, 0xBF, (byte)'1'], [0x1F, 0x8B, 8, 0],
        ];
        foreach (var operation in WithBody)
        {
            foreach (var body in bodies) await RefusedAsync(operation, Content(body), HttpStatusCode.BadRequest);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Bodies_of_ten_megabytes_are_refused_by_their_size(bool chunked)
    {
        var large = Encoding.UTF8.GetBytes($"{{\"title\":\"{new string('a', TenMegabytes)}\"}}");
        foreach (var operation in WithBody) await RefusedAsync(operation, Content(large), HttpStatusCode.RequestEntityTooLarge, with: new Variation(Chunked: chunked));
    }

    [Fact]
    public async Task Bodies_of_ten_megabytes_where_none_is_asked_for_do_no_harm()
    {
        foreach (var operation in Operations.Where(o => o.Body is null && !InputScene.Ends(o)))
        {
            await SurvivedAsync(operation, Content(new byte[TenMegabytes]), new Variation());
            if (operation.TakesIdempotencyKey)
                await RefusedAsync(operation, Content(new byte[TenMegabytes]), HttpStatusCode.RequestEntityTooLarge, with: new Variation(Key: Guid.NewGuid().ToString()));
        }
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("multipart/form-data; boundary=x")]
    [InlineData("application/xml")]
    [InlineData("application/json; charset=utf-16")]
    [InlineData("application/json; charset=iso-8859-1")]
    [InlineData("application/jsonp")]
    [InlineData("application/json, text/plain")]
    [InlineData("application/merge-patch+json")]
    [InlineData("*/*")]
    [InlineData("")]
    [InlineData(null)]
    public async Task Bodies_that_say_they_are_something_else_are_refused(string? contentType)
    {
        foreach (var operation in WithBody)
            await RefusedAsync(operation, Content(Encoding.UTF8.GetBytes(Valid(operation).ToJsonString()), contentType), HttpStatusCode.UnsupportedMediaType);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("identity")]
    [InlineData("x")]
    public async Task Bodies_that_say_they_are_compressed_are_not_opened(string encoding)
    {
        foreach (var operation in WithBody)
        {
            var content = BodyOf(operation)!;
            content.Headers.ContentEncoding.Add(encoding);
            await RefusedAsync(operation, content, HttpStatusCode.UnsupportedMediaType);
        }
    }

    [Fact]
    public async Task Members_that_are_unknown_or_given_twice_are_named()
    {
        foreach (var operation in WithBody)
        {
            var valid = Valid(operation).ToJsonString();
            foreach (var (added, named) in new[] { ("\"zzz\":1", "zzz"), ("\"zzz\":1,\"zzz\":2", "zzz"), ("\"__proto__\":{}", "__proto__"), ("\"_etag\":\"x\"", "_etag"), ("\"\":1", "") })
                await RefusedAsync(operation, Content($"{{{added},{valid[1..]}"), HttpStatusCode.BadRequest, named);
        }

        // Twice, the second time as it is not written by hand, and in another case.
        foreach (var (operation, member, _) in Members)
        {
            var valid = Valid(operation).ToJsonString()[1..];
            if (!valid.StartsWith($"\"{member}\":", StringComparison.Ordinal)) continue;
            await RefusedAsync(operation, Content($"{{\"\\u{(int)member[0]:x4}{member[1..]}\":1,{valid}"), HttpStatusCode.BadRequest, member);
            await RefusedAsync(operation, Content($"{{\"{member.ToUpperInvariant()}\":1,{valid}"), HttpStatusCode.BadRequest, member.ToUpperInvariant());
        }
    }

    private static string Nested(string open, string close, int depth) =>
        $"{{\"a\":{string.Concat(Enumerable.Repeat(open, depth))}1{string.Concat(Enumerable.Repeat(close, depth))}}}";
}
