using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace TikTok.LocalTests.Functions;

/// <summary>What settings do to HTTP functions; each test has a host of its own.</summary>
public sealed class HttpSettingsTests
{
    private const string Origin = "https://app.example";

    [Theory]
    [InlineData(Origin, "true", Origin, "true")]
    [InlineData(Origin, "false", Origin, null)]
    [InlineData("https://other.example", "true", null, null)]
    [InlineData("*", "true", "*", null)]
    public async Task Credentials_are_allowed_to_listed_origins_only(string listed, string credentials, string? allowedOrigin, string? allowedCredentials)
    {
        await using var host = await StartAsync(("Host:CORS", listed), ("Host:CORSCredentials", credentials));
        using var http = new HttpClient { BaseAddress = host.Address };
        using var preflight = new HttpRequestMessage(HttpMethod.Options, "/api/v1/fast");
        preflight.Headers.Add("Access-Control-Request-Method", "GET");
        using var get = new HttpRequestMessage(HttpMethod.Get, "/api/v1/fast");
        using var missing = new HttpRequestMessage(HttpMethod.Get, "/api/v1/missing");

        foreach (var request in (HttpRequestMessage[])[preflight, get, missing])
        {
            request.Headers.Add("Origin", Origin);
            using var response = await http.SendAsync(request);

            Assert.Equal(allowedOrigin, Header(response, "Access-Control-Allow-Origin"));
            Assert.Equal(allowedCredentials, Header(response, "Access-Control-Allow-Credentials"));
        }
    }

    [Fact]
    public async Task A_function_that_outlasts_functionTimeout_is_504()
    {
        await using var host = await StartAsync(("AzureFunctionsJobHost:functionTimeout", "00:00:00.2"));
        using var http = new HttpClient { BaseAddress = host.Address };

        using var response = await http.GetAsync("/api/v1/endless");

        Assert.Equal(HttpStatusCode.GatewayTimeout, response.StatusCode);
        Assert.Equal("/problems/timeout", (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("type").GetString());
    }

    [Fact]
    public async Task A_drain_answers_the_request_that_runs()
    {
        var finish = new TaskCompletionSource();
        var recorder = new Recorder { Behaviour = (_, _) => finish.Task };
        await using var host = await StartAsync(recorder);
        using var http = new HttpClient { BaseAddress = host.Address };
        var running = http.GetAsync("/api/v1/fast");
        await recorder.NextAsync();

        var stopping = host.StopAsync();
        Assert.False(stopping.IsCompleted);
        finish.SetResult();

        Assert.Equal(HttpStatusCode.OK, (await running).StatusCode);
        await stopping;
    }

    private static Task<TestHost> StartAsync(params (string Name, string Value)[] settings) => StartAsync(new Recorder(), settings);

    private static Task<TestHost> StartAsync(Recorder recorder, params (string Name, string Value)[] settings) => TestHost.StartAsync(
        "http-settings", [typeof(Api)], settings.ToDictionary(setting => setting.Name, setting => (string?)setting.Value), recorder);

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? values.Single() : null;

    public sealed class Api(Recorder recorder)
    {
        [Function("fast")]
        public async Task<IResult> Fast([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest request, CancellationToken cancel)
        {
            await recorder.SeeAsync("fast", "", cancel);
            return Results.Ok();
        }

        [Function("endless")]
        public async Task<IResult> Endless([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest request, CancellationToken cancel)
        {
            await Task.Delay(Timeout.Infinite, cancel);
            return Results.Ok();
        }
    }
}
