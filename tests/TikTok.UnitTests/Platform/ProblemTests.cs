using System.Net;
using System.Text.Json;
using Azure;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Cosmos;
using TikTok.Functions.Platform;

namespace TikTok.UnitTests.Platform;

public sealed class ProblemTests
{
    [Fact]
    public async Task ProblemAnswer_is_an_RFC_9457_document()
    {
        var (response, json) = await AnswerAsync(Problems.Invalid("title", "is required").Problem with { TraceId = "abc" });
        Assert.Equal(400, response.StatusCode);
        Assert.Equal("application/problem+json", response.ContentType);
        Assert.Equal(
            """{"type":"/problems/invalid","title":"Invalid request","status":400,"detail":"See errors for what is wrong with which field.","errors":{"title":["is required"]},"traceId":"abc"}""",
            json);
    }

    [Fact]
    public async Task ProblemAnswer_without_more_has_no_empty_members()
    {
        var (_, json) = await AnswerAsync(new Problem("/problems/internal", "Internal error", 500));
        Assert.Equal("""{"type":"/problems/internal","title":"Internal error","status":500}""", json);
    }

    [Fact]
    public async Task ProblemAnswer_401_asks_for_a_bearer_token()
    {
        var (response, _) = await AnswerAsync(Problems.Unauthorized("why").Problem);
        Assert.Equal("Bearer", response.Headers.WWWAuthenticate);
    }

    [Theory]
    [InlineData(0.2, "1")]
    [InlineData(1.5, "2")]
    public async Task ProblemAnswer_429_says_when_to_come_again_in_whole_seconds(double seconds, string header)
    {
        var (response, json) = await AnswerAsync(Problems.TooManyRequests(TimeSpan.FromSeconds(seconds)).Problem);
        Assert.Equal(header, response.Headers.RetryAfter);
        Assert.DoesNotContain("retryAfter", json);
    }

    public static TheoryData<Exception, int> Exceptions => new()
    {
        { Problems.NotFound("video"), 404 },
        { new CosmosException("", HttpStatusCode.TooManyRequests, 0, "", 0), 503 },
        { new CosmosException("", HttpStatusCode.ServiceUnavailable, 0, "", 0), 503 },
        { new CosmosException("", HttpStatusCode.Conflict, 0, "", 0), 500 },
        { new RequestFailedException(503, ""), 503 },
        { new RequestFailedException(404, ""), 500 },
        { new HttpRequestException(), 503 },
        { new TimeoutException(), 503 },
        { new BadHttpRequestException("", 400), 400 },
        { new BadHttpRequestException("", 413), 413 },
        { new InvalidOperationException("the secret is 42"), 500 },
    };

    [Theory]
    [MemberData(nameof(Exceptions))]
    public void ProblemOf_exception_has_its_status_and_nothing_of_its_message(Exception exception, int status)
    {
        var problem = ProblemMiddleware.ProblemOf(exception);
        Assert.Equal(status, problem.Status);
        Assert.StartsWith("/problems/", problem.Type);
        Assert.DoesNotContain("42", JsonSerializer.Serialize(problem));
    }

    private static async Task<(HttpResponse Response, string Json)> AnswerAsync(Problem problem)
    {
        using var body = new MemoryStream();
        var http = new DefaultHttpContext { Response = { Body = body } };
        await new ProblemAnswer(problem).ExecuteAsync(http);
        return (http.Response, System.Text.Encoding.UTF8.GetString(body.ToArray()));
    }
}
