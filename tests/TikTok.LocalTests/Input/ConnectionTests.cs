using System.Text;
using Xunit.Abstractions;

namespace TikTok.LocalTests.Input;

/// <summary>Connections and headers as no good client has them.</summary>
[Collection(nameof(ProductService))]
public sealed class ConnectionTests(InputSceneFixture fixture, ITestOutputHelper output) : InputTests(fixture, output)
{
    [Fact]
    public Task Bodies_that_stop_are_not_waited_for() => TimedOutAsync(null);

    /// <summary>Fast enough for the web server, which refuses less than 240 bytes a second by itself, and still never there.</summary>
    [Fact]
    public Task Bodies_that_trickle_are_not_waited_for() => TimedOutAsync(("        "u8.ToArray().Concat(new byte[192].Select(_ => (byte)' ')).ToArray(), TimeSpan.FromMilliseconds(400)));

    [Theory]
    [InlineData("Content-Length: 99999999999999999999")]
    [InlineData("Content-Length: -1")]
    [InlineData("Content-Length: 5\r\nContent-Length: 6")]
    [InlineData("Content-Length: 5\r\nTransfer-Encoding: chunked")]
    [InlineData("Transfer-Encoding: gzip")]
    [InlineData("Transfer-Encoding: chunked, identity")]
    [InlineData("Transfer-Encoding : chunked")]
    [InlineData("Content-Length: 2\r\n X: 1")]
    [InlineData("Host: lured.example")]
    public async Task Requests_that_two_readers_could_read_differently_are_refused(string header)
    {
        var head = RawHttp.Head("POST", "/api/v1/auth/login", "Content-Type: application/json", header);
        var (status, text) = await RawHttp.SendAsync(Service.Http.BaseAddress!, [.. head, .. "{}"u8]);
        Assert.True(status is 0 or (>= 400 and < 500), $"{status}: {text}");
    }

    [Fact]
    public async Task Headers_with_tricks_in_them_break_nothing()
    {
        (string, string)[] headers =
        [
            ("traceparent", "00-00000000000000000000000000000000-0000000000000000-00"), ("traceparent", "x"), ("traceparent", new string('0', 5_000)), ("tracestate", new string('a', 5_000)), ("baggage", "a=%00,b=%0d%0a"),
            ("User-Agent", "\u001B[31m\t\u0080é"), ("User-Agent", new string('u', 10_000)), ("X-Forwarded-For", "127.0.0.1, \u00E9, 999.9.9.9"), ("X-Forwarded-For", string.Join(',', Enumerable.Repeat("1.2.3.4", 1_000))),
            ("X-Forwarded-Proto", "gopher"), ("Accept", "application/xml;q=x"), ("Accept-Encoding", "gzip, br, *;q=0"), ("Accept-Language", "\u00E9"), ("Range", "bytes=0-18446744073709551615,5-1"), ("If-None-Match", "*"), ("If-Match", "x"),
            ("Expect", "100-continue"), ("Upgrade", "websocket"), ("Connection", "Upgrade, X-Client-State"), ("X-Client-State", "{"), ("Origin", "https://lured.example"), ("Cookie", new string('c', 10_000)), ("Date", "yesterday"),
        ];
        await Parallel.ForEachAsync(Operations, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (operation, _) =>
        {
            foreach (var header in headers) await SurvivedAsync(operation, BodyOf(operation), new Variation { Headers = [header] });
        });
    }

    [Fact]
    public async Task Device_is_shown_as_plain_text_whatever_it_calls_itself()
    {
        var login = Operations.Single(o => o.Path == "/auth/login");
        await SendAsync(login, BodyOf(login), new Variation { Headers = [("User-Agent", "<b>\u001B[31mPhone\u0080é</b>")] });

        var sessions = await Service.Http.SendAsync(HttpMethod.Get, "users/me/sessions", token: Scene.Other.AccessToken);
        var devices = sessions.Body.GetProperty("items").EnumerateArray().Select(s => s.GetProperty("device").GetString()!).ToList();

        Assert.Contains("<b> [31mPhone </b>", devices);
        Assert.All(devices, device => Assert.DoesNotContain(device, c => c is < ' ' or > '~'));
    }

    [Fact]
    public async Task Answers_are_never_kept_nor_taken_for_something_else()
    {
        foreach (var operation in Operations.Where(o => o.Method == HttpMethod.Get))
        {
            foreach (var path in new[] { Scene.PathFor(operation), operation.Fill(_ => "x") })
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, path);
                if (Scene.TokenFor(operation) is { } token) request.Headers.Authorization = new("Bearer", token);
                using var answer = await Service.Http.SendAsync(request);

                var (cache, sniff) = (answer.Headers.CacheControl?.ToString() ?? "", answer.Headers.TryGetValues("X-Content-Type-Options", out var values) ? values.Single() : "");
                if (!cache.Contains("no-store", StringComparison.Ordinal) || sniff != "nosniff" || answer.Headers.Contains("Server") || answer.Headers.Contains("X-Powered-By") || answer.Headers.Contains("Access-Control-Allow-Origin"))
                    Note(operation, null, $"{(int)answer.StatusCode} with headers {answer.Headers}");
            }
        }
    }

    private async Task TimedOutAsync((byte[], TimeSpan)? more)
    {
        await Task.WhenAll(WithBody.Select(async operation =>
        {
            var headers = new List<string> { "Content-Type: application/json", "Content-Length: 60000" };
            if (Scene.TokenFor(operation) is { } token) headers.Add($"Authorization: Bearer {token}");
            byte[] request = [.. RawHttp.Head(operation.Method.Method, $"/api/v1/{Scene.PathFor(operation)}", headers), .. Encoding.UTF8.GetBytes("{")];
            var (status, text) = await RawHttp.SendAsync(Service.Http.BaseAddress!, request, more);
            if (status != 408 || Refusal.Fault(operation, status, text) is not null) Note(operation, null, $"answered {status}: {text}");
        }));
    }
}
