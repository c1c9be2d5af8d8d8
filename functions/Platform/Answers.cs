using System.Text.Json;
using Microsoft.AspNetCore.Http;
using TikTok.Core;

namespace TikTok.Functions.Platform;

/// <summary>The answers of HTTP functions: JSON in <see cref="CoreJson"/>, never kept by a cache unless a function says so.</summary>
public static class Answers
{
    public static IResult Ok<T>(T body) => new JsonAnswer<T>(StatusCodes.Status200OK, body);

    /// <param name="location">Where the new thing can be read, if there is such a place.</param>
    public static IResult Created<T>(T body, string? location = null) => new JsonAnswer<T>(StatusCodes.Status201Created, body, location);

    public static IResult Accepted<T>(T body) => new JsonAnswer<T>(StatusCodes.Status202Accepted, body);

    public static IResult NoContent() => Results.NoContent();

    /// <summary>Any other status with a body.</summary>
    public static IResult Json<T>(int status, T body) => new JsonAnswer<T>(status, body);
}

/// <summary>A body in JSON.</summary>
internal sealed class JsonAnswer<T>(int status, T body, string? location = null, string contentType = "application/json; charset=utf-8") : IStatusCodeHttpResult, IResult
{
    public int? StatusCode => status;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(body, CoreJson.Options);
        var response = httpContext.Response;
        response.StatusCode = status;
        response.ContentType = contentType;
        response.ContentLength = bytes.Length;
        response.Headers.CacheControl = "no-store";
        response.Headers.XContentTypeOptions = "nosniff";
        if (location is not null) response.Headers.Location = location;
        await response.Body.WriteAsync(bytes, httpContext.RequestAborted);
    }
}

/// <summary>A <see cref="Platform.Problem"/> with the headers that belong to it.</summary>
internal sealed class ProblemAnswer(Problem problem) : IStatusCodeHttpResult, IResult
{
    public int? StatusCode => problem.Status;

    public Problem Problem => problem;

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var headers = httpContext.Response.Headers;
        if (problem.Status == StatusCodes.Status401Unauthorized) headers.WWWAuthenticate = "Bearer";
        if (problem.RetryAfter is { } wait) headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString();
        return new JsonAnswer<Problem>(problem.Status, problem, contentType: "application/problem+json").ExecuteAsync(httpContext);
    }
}
