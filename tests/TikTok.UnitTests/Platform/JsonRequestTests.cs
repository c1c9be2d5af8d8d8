using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.AspNetCore.Http;
using TikTok.Functions.Platform;

namespace TikTok.UnitTests.Platform;

public sealed class JsonRequestTests
{
    public enum Colour { Red, DarkBlue }

    public sealed record Inner(string Name, int? Size = null);

    public sealed record Body(
        string Title, long Count = 0, bool? Flag = null, Colour Colour = Colour.Red, DateOnly? Day = null, Inner? Inner = null,
        IReadOnlyList<Inner>? List = null);

    [Fact]
    public async Task ReadJson_whole_body()
    {
        var body = await ReadAsync("""{"title":"x","count":3,"flag":true,"colour":"darkBlue","day":"2024-02-29","inner":{"name":"n"},"list":[{"name":"a","size":1}]}""");
        Assert.Equal(new Body("x", 3, true, Colour.DarkBlue, new DateOnly(2024, 2, 29), new Inner("n")), body with { List = null });
        Assert.Equal([new Inner("a", 1)], body.List);
    }

    [Fact]
    public async Task ReadJson_optional_members_may_be_absent_or_null() =>
        Assert.Equal(new Body("x"), await ReadAsync("""{"title":"x","flag":null,"inner":null}"""));

    [Theory]
    [InlineData("""{"title":"x","colour":"darkBlue","more":1}""", "more", "is not known here")]
    [InlineData("""{"title":"x","Title":"x"}""", "Title", "is not known here")]
    [InlineData("""{"title":"x","inner":{"name":"n","more":1}}""", "inner.more", "is not known here")]
    [InlineData("""{"title":"x","title":"y"}""", "title", "is given twice")]
    [InlineData("""{"title":"x","list":[{"name":"a"},{"name":"b","name":"c"}]}""", "list[1].name", "is given twice")]
    [InlineData("""{"title":"x","\u0074itle":"y"}""", "title", "is given twice")]
    [InlineData("""{"title":"x","colour":"red, darkBlue"}""", "colour", "must be one of red, darkBlue")]
    [InlineData("""{"title":"x","colour":"\ud800"}""", "colour", "must be one of red, darkBlue")]
    [InlineData("""{"title":"x","colour":"Red"}""", "colour", "must be one of red, darkBlue")]
    [InlineData("""{"title":"x","colour":"1"}""", "colour", "must be one of red, darkBlue")]
    [InlineData("""{}""", "title", "is required")]
    [InlineData("""{"title":"x","list":[{"name":"a"},{}]}""", "list[1].name", "is required")]
    [InlineData("""{"title":null}""", "title", "must not be null")]
    [InlineData("""{"title":"x","count":null}""", "count", "must not be null")]
    [InlineData("""{"title":"x","list":[null]}""", "list[0]", "must be an object")]
    [InlineData("""{"title":1}""", "title", "must be text")]
    [InlineData("""{"title":"\ud800"}""", "title", "must be text")]
    [InlineData("""{"title":"x","count":"3"}""", "count", "must be a whole number")]
    [InlineData("""{"title":"x","count":3.5}""", "count", "must be a whole number")]
    [InlineData("""{"title":"x","count":9223372036854775808}""", "count", "must be a whole number")]
    [InlineData("""{"title":"x","flag":"true"}""", "flag", "must be true or false")]
    [InlineData("""{"title":"x","colour":"green"}""", "colour", "must be one of red, darkBlue")]
    [InlineData("""{"title":"x","colour":1}""", "colour", "must be one of red, darkBlue")]
    [InlineData("""{"title":"x","day":"2023-02-29"}""", "day", "must be a date such as 2001-12-31")]
    [InlineData("""{"title":"x","inner":[]}""", "inner", "must be an object")]
    [InlineData("""{"title":"x","list":{}}""", "list", "must be a list")]
    [InlineData("""{"title":"x","list":[{"name":"a","size":"big"}]}""", "list[0].size", "must be a whole number")]
    public async Task ReadJson_member_at_fault_is_named(string json, string field, string why)
    {
        var problem = await ProblemAsync(json);
        Assert.Equal((400, "/problems/invalid"), (problem.Status, problem.Type));
        var error = Assert.Single(problem.Errors!);
        Assert.Equal((field, why), (error.Key, Assert.Single(error.Value)));
    }

    [Fact]
    public async Task ReadJson_all_members_at_fault_are_named() =>
        Assert.Equal(["count", "more", "title"], (await ProblemAsync("""{"more":1,"count":"x"}""")).Errors!.Keys);

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"text\"")]
    [InlineData("{")]
    [InlineData("{\"title\":\"x\"} {}")]
    [InlineData("{\"title\":\"x\"}x")]
    [InlineData("{\"title\":\"x\",}")]
    [InlineData("{/**/\"title\":\"x\"}")]
    [InlineData("{'title':'x'}")]
    [InlineData("{\"\\ud800\":1}")]
    public async Task ReadJson_not_a_JSON_object_is_malformed(string json)
    {
        var problem = await ProblemAsync(json);
        Assert.Equal((400, "/problems/malformed"), (problem.Status, problem.Type));
    }

    [Fact]
    public async Task ReadJson_invalid_UTF8_is_refused()
    {
        byte[] json = [.. "{\"title\":\""u8, 0xC3, 0x28, .. "\"}"u8];
        var thrown = await Assert.ThrowsAsync<ProblemException>(() => Request(json).ReadJsonAsync<Body>(default));
        Assert.Equal(400, thrown.Problem.Status);
    }

    [Fact]
    public async Task ReadJson_deeper_than_32_levels_is_malformed()
    {
        var problem = await ProblemAsync($$"""{"title":{{new string('[', 32)}}{{new string(']', 32)}}}""");
        Assert.Equal("/problems/malformed", problem.Type);
        Assert.Equal("/problems/invalid", (await ProblemAsync($$"""{"title":{{new string('[', 31)}}{{new string(']', 31)}}}""")).Type);
    }

    [Fact]
    public async Task ReadJson_longer_than_64_KB_is_too_large_whether_it_says_so_or_not()
    {
        var json = Encoding.UTF8.GetBytes($$"""{"title":"{{new string('x', 64 * 1024)}}"}""");
        foreach (long? declared in new long?[] { json.Length, null })
        {
            var request = Request(json);
            request.ContentLength = declared;
            var thrown = await Assert.ThrowsAsync<ProblemException>(() => request.ReadJsonAsync<Body>(default));
            Assert.Equal(413, thrown.Problem.Status);
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("text/plain")]
    [InlineData("application/jsonp")]
    [InlineData("application/json; charset=utf-16")]
    public async Task ReadJson_other_media_type_is_unsupported(string? contentType)
    {
        var request = Request("""{"title":"x"}"""u8.ToArray());
        request.ContentType = contentType;
        var thrown = await Assert.ThrowsAsync<ProblemException>(() => request.ReadJsonAsync<Body>(default));
        Assert.Equal(415, thrown.Problem.Status);
    }

    [Fact]
    public void ReadJson_any_bytes_give_a_body_or_a_problem_with_a_4xx() =>
        Prop.ForAll<byte[]>(bytes =>
        {
            try
            {
                return JsonRequestExtensions.Parse<Body>(bytes) is not null;
            }
            catch (ProblemException e)
            {
                return e.Problem.Status is >= 400 and < 500;
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void ReadJson_any_title_comes_through_as_it_was_sent() =>
        Prop.ForAll<NonNull<string>>(title =>
        {
            var valid = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(title.Get));
            var json = System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(new { title = valid });
            return string.Equals(JsonRequestExtensions.Parse<Body>(json).Title, valid, StringComparison.Ordinal);
        }).QuickCheckThrowOnFailure();

    private static Task<Body> ReadAsync(string json) => Request(Encoding.UTF8.GetBytes(json)).ReadJsonAsync<Body>(default);

    private static async Task<Problem> ProblemAsync(string json) => (await Assert.ThrowsAsync<ProblemException>(() => ReadAsync(json))).Problem;

    private static HttpRequest Request(byte[] body)
    {
        var http = new DefaultHttpContext();
        http.Request.ContentType = "application/json";
        http.Request.Body = new MemoryStream(body);
        return http.Request;
    }
}
