using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Hosting;

namespace TikTok.LocalTests.Functions;

public sealed class HttpTriggerTests : IAsyncLifetime, IDisposable
{
    private readonly Recorder _recorder = new();
    private TestHost _host = null!;
    private HttpClient _http = null!;

    public async Task InitializeAsync()
    {
        _host = await TestHost.StartAsync(
            "http-tests", [typeof(Api)], new Dictionary<string, string?> { ["Host:CORS"] = "https://app.example" }, _recorder,
            builder => builder.UseWhen<TraceHeader>(context => context.GetHttpContext() is not null));
        _http = new HttpClient { BaseAddress = new Uri(_host.Address, "/api/v1/") };
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    public void Dispose() => _http.Dispose();

    [Fact]
    public async Task Route_values_query_and_scope_reach_the_function()
    {
        using var response = await _http.GetAsync("things/42/parts?name=wheel");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("42 wheel", await response.Content.ReadFromJsonAsync<string>());
        Assert.Equal("Parts", response.Headers.GetValues("x-function").Single());
        Assert.Matches("^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$", response.Headers.GetValues("x-trace").Single());
    }

    [Fact]
    public async Task A_route_constraint_that_fails_is_404_as_a_problem_document()
    {
        using var response = await _http.GetAsync("things/many/parts");

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal("/problems/no-route", (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("type").GetString());
    }

    [Fact]
    public async Task A_route_may_be_constrained_by_a_pattern()
    {
        Assert.Equal("#abc", await _http.GetFromJsonAsync<string>("tags/abc"));
        using var other = await _http.GetAsync("tags/a-c");
        Assert.Equal(HttpStatusCode.NotFound, other.StatusCode);
    }

    [Fact]
    public async Task A_method_that_is_not_offered_is_405_with_Allow()
    {
        using var response = await _http.DeleteAsync("things/42/parts");

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Contains("GET", response.Content.Headers.Allow);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal("/problems/method-not-allowed", (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("type").GetString());
    }

    [Fact]
    public async Task A_404_of_the_function_itself_keeps_its_body()
    {
        using var response = await _http.GetAsync("missing");

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("mine", await response.Content.ReadFromJsonAsync<string>());
    }

    [Fact]
    public async Task HEAD_answers_as_GET_without_a_body()
    {
        using var response = await _http.SendAsync(new HttpRequestMessage(HttpMethod.Head, "things/42/parts"));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task A_preflight_of_an_allowed_origin_is_answered_and_of_another_is_not()
    {
        async Task<bool> AllowedAsync(string origin)
        {
            using var request = new HttpRequestMessage(HttpMethod.Options, "things/42/parts");
            request.Headers.Add("Origin", origin);
            request.Headers.Add("Access-Control-Request-Method", "GET");
            using var response = await _http.SendAsync(request);
            return response.Headers.Contains("Access-Control-Allow-Origin");
        }

        Assert.True(await AllowedAsync("https://app.example"));
        Assert.False(await AllowedAsync("https://other.example"));
    }

    [Fact]
    public async Task A_function_of_level_Function_needs_a_key()
    {
        using var without = await _http.GetAsync("guarded");
        Assert.Equal(HttpStatusCode.Unauthorized, without.StatusCode);

        var keys = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(_host.DataFolder, "keys.json"))).RootElement;
        using var byQuery = await _http.GetAsync($"guarded?code={keys.GetProperty("default").GetString()}");
        Assert.Equal(HttpStatusCode.OK, byQuery.StatusCode);
        using var request = new HttpRequestMessage(HttpMethod.Get, "guarded") { Headers = { { "x-functions-key", keys.GetProperty("master").GetString() } } };
        using var byHeader = await _http.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, byHeader.StatusCode);
    }

    [Fact]
    public async Task An_exception_is_500_and_says_nothing_of_itself()
    {
        using var response = await _http.GetAsync("broken");

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        var body = await response.Content.ReadAsStringAsync();
        Assert.Contains("/problems/internal", body, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task More_requests_than_may_wait_are_429_with_RetryAfter()
    {
        var finish = new TaskCompletionSource();
        _recorder.Behaviour = (_, _) => finish.Task;
        var requests = Enumerable.Range(0, 5).Select(_ => _http.GetAsync("slow")).ToList();

        // Two run and two wait until they may finish: whichever comes last is the one that is answered.
        var refused = await Task.WhenAny(requests).Unwrap();

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(1), refused.Headers.RetryAfter?.Delta);
        finish.SetResult();
        var answers = await Task.WhenAll(requests);
        Assert.Equal(4, answers.Count(answer => answer.StatusCode == HttpStatusCode.OK));
    }

    [Fact]
    public async Task A_client_that_goes_away_cancels_the_function()
    {
        var cancelled = new TaskCompletionSource();
        _recorder.Behaviour = async (_, cancel) =>
        {
            await using (cancel.Register(cancelled.SetResult))
            {
                await Task.Delay(Timeout.Infinite, cancel);
            }
        };
        using var client = new CancellationTokenSource();
        var request = _http.GetAsync("slow", client.Token);
        await _recorder.NextAsync();

        await client.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
        await cancelled.Task.WaitAsync(TimeSpan.FromSeconds(10), CancellationToken.None);
    }

    [Fact]
    public async Task The_status_page_says_that_it_runs()
    {
        var status = await _http.GetFromJsonAsync<JsonElement>(new Uri(_host.Address, "/admin/host/status"));

        Assert.Equal("Running", status.GetProperty("state").GetString());
    }

    public sealed class TraceHeader : IFunctionsWorkerMiddleware
    {
        public Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
        {
            var headers = context.GetHttpContext()!.Response.Headers;
            headers["x-function"] = context.FunctionDefinition.Name;
            headers["x-trace"] = context.TraceContext.TraceParent;
            return next(context);
        }
    }

    public sealed class Api(Recorder recorder)
    {
        [Function("Parts")]
        public IResult Parts([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "things/{id:int}/parts")] HttpRequest request, int id, string name) =>
            Results.Ok($"{id} {name}");

        [Function("Missing")]
        public Task<IResult> Missing([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "missing")] HttpRequest request) =>
            Task.FromResult(Results.NotFound("mine"));

        [Function("Tag")]
        public IResult Tag([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "tags/{tag:regex(^[a-z]+$)}")] HttpRequest request, string tag) =>
            Results.Ok($"#{tag}");

        [Function("Guarded")]
        public IResult Guarded([HttpTrigger(AuthorizationLevel.Function, "get", Route = "guarded")] HttpRequest request) => Results.Ok();

        [Function("Broken")]
        public IResult Broken([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "broken")] HttpRequest request) =>
            throw new InvalidOperationException("secret");

        [Function("slow")]
        public async Task<IResult> Slow([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest request, FunctionContext context)
        {
            await recorder.SeeAsync("slow", "", context.CancellationToken);
            return Results.Ok();
        }
    }
}
