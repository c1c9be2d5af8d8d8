using System.Net;
using TikTok.Core;
using Xunit.Abstractions;

namespace TikTok.LocalTests.Input;

/// <summary>Addresses: ids, queries, cursors, paths and methods that lead nowhere.</summary>
[Collection(nameof(ProductService))]
public sealed class AddressTests(InputSceneFixture fixture, ITestOutputHelper output) : InputTests(fixture, output)
{
    [Fact]
    public async Task Ids_that_are_none_or_of_nothing_find_nothing()
    {
        string[] ids =
        [
            Id.New(TimeProvider.System), "00000000000000000000000000", "x", "null", "-1", new string('v', 26), new string('a', 1_000), "%00", "%2e%2e%2f%2e%2e", "a%2Fb", "%5c..%5c", "%F0%9F%98%80", "c.id%3Dc.id",
            "'%20OR%20'1'='1", "%E2%80%AE", "*", "%C0%AF", "%0d%0aX:%201", "a;b", "account:x", "%23", "%3Fa=b", $"{Scene.OwnVideo}%20", Scene.OwnVideo.ToUpperInvariant(),
            $"{Scene.OwnComment}.1.00000000", $"{Scene.OwnComment}.1.99999999", $"{Scene.OwnComment}.1.-0000001", $"{Scene.OwnComment}.2.00000001", $"{Scene.OwnComment}.1.1", $"{Scene.OwnVideo}-", $"{Scene.Sender.UserId}.{Scene.OwnVideo}",
        ];
        foreach (var operation in Operations.Where(o => o.PathParameters.Any()))
        {
            foreach (var (id, at) in ids.Select((id, at) => (id, at)))
            {
                // What is taken back, or never was, is not there afterwards: that is what the call asked for.
                var with = new Variation(Path: operation.Fill(_ => id));
                if (at < 2 && IsTakingBack(operation)) await SurvivedAsync(operation, BodyOf(operation), with);
                else await RefusedAsync(operation, BodyOf(operation), with: with);
            }
        }
    }

    [Fact]
    public async Task Query_parameters_that_are_not_what_they_should_be_are_named()
    {
        string[] numbers = ["-1", "0", "101", "99999999999999999999", "1.5", "1e2", "x", "", "0x10", "１", " 1", "+1", "null"];
        string[] times = ["", "x", "0", "2026-02-30T00:00:00Z", "2026-01-01", "2026-01-01T00:00:00", "99999-01-01T00:00:00Z", "-0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-01-01T25:00:00Z", "2026-01-01T00:00:00+99:00"];
        foreach (var operation in Operations)
        {
            foreach (var (name, schema) in operation.QueryParameters.Where(q => q.Name != "cursor"))
            {
                var isTime = schema.TryGetProperty("format", out var format) && format.GetString() == "date-time";
                var values = TypeOf(schema) == "integer" ? numbers : IsEnum(schema) ? ["x", "-1", "0", "1", "", "VIDEOS"] : isTime ? times : [];
                foreach (var value in values)
                {
                    // Without a zone it is UTC's, as the answers are.
                    if (isTime && value.EndsWith("00:00:00", StringComparison.Ordinal)) await SurvivedAsync(operation, null, new Variation(Query: $"{name}={value}"));
                    else await RefusedAsync(operation, null, HttpStatusCode.BadRequest, name, new Variation(Query: $"{name}={Uri.EscapeDataString(value)}"));
                }

                if (values.Length > 0) await RefusedAsync(operation, null, HttpStatusCode.BadRequest, name, new Variation(Query: $"{name}=1&{name}=1"));
            }
        }
    }

    [Fact]
    public async Task Cursors_that_were_changed_made_up_or_are_of_another_list_are_named()
    {
        var comments = Operations.Single(o => o.Name == "GET /videos/{id}/comments");
        var (_, first) = await SendAsync(comments, null, new Variation(Query: "limit=1"));
        using var page = System.Text.Json.JsonDocument.Parse(first);
        var real = page.RootElement.GetProperty("nextCursor").GetString()!;
        Assert.Equal(200, (await SendAsync(comments, null, new Variation(Query: $"cursor={real}"))).Status);

        string[] changed =
        [
            .. Enumerable.Range(0, real.Length).Select(i => $"{real[..i]}{(real[i] == 'A' ? 'B' : 'A')}{real[(i + 1)..]}"), .. Enumerable.Range(0, real.Length).Select(i => real[..i]),
            $"{real}A", $"{real}=", $" {real}", real.ToUpperInvariant(), $"{real}{real}", $"{real}\0",
        ];
        foreach (var cursor in changed) await RefusedAsync(comments, null, HttpStatusCode.BadRequest, "cursor", new Variation(Query: $"cursor={Uri.EscapeDataString(cursor)}"));
        await RefusedAsync(comments, null, HttpStatusCode.BadRequest, "cursor", new Variation(Path: $"videos/{Scene.OthersVideo}/comments", Query: $"cursor={real}"));
        await RefusedAsync(comments, null, HttpStatusCode.BadRequest, "cursor", new Variation(Query: $"sort=newest&cursor={real}"));
        await RefusedAsync(comments, null, HttpStatusCode.BadRequest, "cursor", new Variation(Query: $"cursor={real}&cursor={real}"));

        foreach (var operation in Operations.Where(o => o.QueryParameters.Any(q => q.Name == "cursor")))
        {
            string[] madeUp = ["", "x", "e30", new string('A', 32), new string('A', 5_000), "..", "null", "%2500"];
            foreach (var cursor in operation.Name == comments.Name ? madeUp : [.. madeUp, real])
                await RefusedAsync(operation, null, HttpStatusCode.BadRequest, "cursor", new Variation(Query: $"cursor={cursor}"));
        }
    }

    [Fact]
    public async Task Methods_that_a_route_does_not_have_do_nothing()
    {
        foreach (var path in Operations.GroupBy(o => o.Path))
        {
            var declared = path.Select(o => o.Method).ToHashSet();
            foreach (var method in new[] { "GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "X" }.Select(m => new HttpMethod(m)).Where(m => !declared.Contains(m)))
            {
                // A path may be another route's as well: users/me is one, users/{id} another.
                var with = new Variation(Method: method);
                var (status, text) = await SendAsync(path.First(), null, with);
                if (status is not (404 or 405)) Note(path.First(), with, $"answered {status}: {Refusal.Shorten(text)}");
            }

            // No other header makes a method into another.
            var reading = path.FirstOrDefault(o => o.Method == HttpMethod.Get);
            if (reading is not null && !InputScene.Ends(reading))
                await SurvivedAsync(reading, null, new Variation { Headers = [("X-HTTP-Method-Override", "DELETE"), ("X-Original-URL", "/api/v1/users/me"), ("X-Forwarded-Host", "lured.example")] });
        }

        Assert.Equal(200, (await SendAsync(Operations.Single(o => o.Name == "GET /users/me"), null)).Status);
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
    [InlineData("/api/v1/videos/\u00AEx")]
    [InlineData("*")]
    [InlineData("http://lured.example/api/v1/users/me")]
    public async Task Paths_with_tricks_in_them_lead_nowhere(string path)
    {
        var (status, text) = await RawHttp.SendAsync(Service.Http.BaseAddress!, RawHttp.Head("GET", path, "Connection: close"));
        Assert.True(status is >= 400 and < 500, $"{status}: {text}");
    }

    /// <summary>Calls that end in the same state whether there was something to end or not.</summary>
    private static bool IsTakingBack(ApiOperation operation) => operation.Name is
        "DELETE /users/{id}/follow" or "DELETE /users/{id}/block" or "DELETE /users/{id}/mute" or "DELETE /users/me/follow-requests/{userId}";
}
