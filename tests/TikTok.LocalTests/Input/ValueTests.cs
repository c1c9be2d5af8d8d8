using System.Net;
using System.Text.Json;
using Xunit.Abstractions;

namespace TikTok.LocalTests.Input;

/// <summary>Bodies of the right shape with a value that is not one, in every member of every body.</summary>
[Collection(nameof(ProductService))]
public sealed class ValueTests(InputSceneFixture fixture, ITestOutputHelper output) : InputTests(fixture, output)
{
    [Fact]
    public async Task Values_of_another_type_are_named()
    {
        foreach (var (operation, member, schema) in Members)
        {
            string[] others = TypeOf(schema) switch
            {
                "integer" => ["\"1\"", "1.5", "1e400", "-1e400", "123456789012345678901234567890", "true", "[]", "{}"],
                "boolean" => ["\"true\"", "1", "[]", "\"\""],
                "array" => ["1", "\"a\"", "{}", "[[]]", "[1]", "[null]", "[{}]"],
                "object" => ["1", "\"a\"", "[]"],
                _ when IsEnum(schema) => ["1", "-1", "\"1\"", "\"-1\"", "\"99\"", "\"\"", "\"none\"", "\"\\ud800\"", "[]", "{}", "true", $"\"{string.Join(", ", schema.GetProperty("enum").EnumerateArray())}\""],
                _ => ["1", "true", "[]", "{}", "\"\\ud800\""],
            };
            foreach (var other in others) await RefusedAsync(operation, With(operation, member, other), HttpStatusCode.BadRequest, member);
        }
    }

    [Fact]
    public async Task Nothing_where_something_is_asked_for_is_named()
    {
        foreach (var operation in WithBody)
        {
            var schema = Scene.Document.Resolve(operation.Body!.Value);
            foreach (var member in schema.TryGetProperty("required", out var required) ? required.EnumerateArray().Select(r => r.GetString()!) : [])
            {
                await RefusedAsync(operation, With(operation, member, "null"), HttpStatusCode.BadRequest, member);
                var without = Valid(operation);
                without.Remove(member);
                await RefusedAsync(operation, Content(without.ToJsonString()), HttpStatusCode.BadRequest, member);
            }
        }
    }

    [Fact]
    public async Task Numbers_beyond_all_sense_are_named()
    {
        foreach (var (operation, member, _) in Members.Where(m => TypeOf(m.Schema) == "integer"))
        {
            foreach (var number in new[] { "-1", "-9223372036854775808", "9223372036854775807" }) await RefusedAsync(operation, With(operation, member, number), HttpStatusCode.BadRequest, member);
        }
    }

    [Fact]
    public async Task Dates_that_there_are_not_are_named()
    {
        foreach (var (operation, member, _) in Members.Where(m => m.Schema.TryGetProperty("format", out var format) && format.GetString() is "date" or "date-time"))
        {
            foreach (var date in new[] { "", "2001-02-30", "2001-13-01", "01-01-2001", "2001-1-1", "0000-00-00", "9999-12-31", "0001-01-01", "2001-01-01T00:00:00Z", "٢٠٠١-٠١-٠١", "now" })
                await RefusedAsync(operation, With(operation, member, Quoted(date)), HttpStatusCode.BadRequest, member);
        }
    }

    [Fact]
    public async Task Lists_that_are_too_long_are_named()
    {
        foreach (var (operation, member, schema) in Members.Where(m => TypeOf(m.Schema) == "array"))
        {
            var item = new BodyGenerator(Scene, new Random(7)).Valid(schema.GetProperty("items"), member)!.ToJsonString();
            await RefusedAsync(operation, With(operation, member, $"[{string.Join(',', Enumerable.Repeat(item, 60_000 / (item.Length + 1)))}]"), HttpStatusCode.BadRequest, member);
        }
    }

    [Fact]
    public async Task Text_that_is_too_long_is_named()
    {
        string[] texts = [new string('a', 40_000), string.Concat(Enumerable.Repeat("e\u0301", 5_000)), $"a{new string('\u0301', 10_000)}", new string('한', 20_000)];
        foreach (var (operation, member, schema) in Texts)
        {
            foreach (var text in texts)
            {
                if (SaysNothing(operation, member)) await SurvivedAsync(operation, With(operation, member, Quoted(text)), new Variation());
                else await RefusedAsync(operation, With(operation, member, Quoted(text)), HttpStatusCode.BadRequest, member);
            }
        }
    }

    [Fact]
    public async Task Text_that_is_not_what_it_seems_is_named()
    {
        // A password may be of any characters.
        string[] texts = ["a\0b", "\u0007", "\u001B[31m", "\u007F", "\u0085", "\u202Egnp.exe", "\u2066x\u2069", "a\u2028b", "\uFFFE", "\uFFFF", "\U000E0041", "\uFEFF"];
        foreach (var (operation, member, _) in Texts.Where(t => !t.Member.Contains("assword", StringComparison.Ordinal) && !SaysNothing(t.Operation, t.Member)))
        {
            foreach (var text in texts) await RefusedAsync(operation, With(operation, member, Quoted($"a{text}b")), HttpStatusCode.BadRequest, member);
        }
    }

    [Fact]
    public async Task Names_with_paths_in_them_are_named()
    {
        var init = Operations.Single(o => o.Path == "/videos/upload/init");
        foreach (var name in new[] { "../../etc/passwd", "..\\..\\x.mp4", "/etc/passwd", "C:\\x.mp4", "C:x", "..", ".", "a/b.mp4", "x.mp4:stream", "", "   " })
            await RefusedAsync(init, With(init, "filename", Quoted(name)), HttpStatusCode.BadRequest, "filename");
        var register = Operations.Single(o => o.Path == "/auth/register");
        foreach (var name in new[] { "../x", "a/b", "a b", "ａｂｃｄ", "аdmin", "a\u200Db", "me%2f", "%00ab", "a'b--", "{\"$ne\":1}" })
            await RefusedAsync(register, With(register, "username", Quoted(name)), HttpStatusCode.BadRequest, "username");
    }

    private IEnumerable<(ApiOperation Operation, string Member, JsonElement Schema)> Texts =>
        Members.Where(m => TypeOf(m.Schema) == "string" && !IsEnum(m.Schema) && !m.Schema.TryGetProperty("format", out _));

    /// <summary>Where a wrong value gets the answer of an unknown one: nobody learns whether a name exists, or what a token looks like.</summary>
    private static bool SaysNothing(ApiOperation operation, string member) => operation.Path is "/auth/login" || member is "refreshToken" or "currentPassword"
        || operation is { Path: "/users/me", Method.Method: "DELETE" };
}
