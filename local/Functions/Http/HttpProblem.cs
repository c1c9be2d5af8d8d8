using Microsoft.AspNetCore.Http;

namespace TikTok.Local.Functions.Http;

/// <summary>The host's own errors as RFC 9457 problem documents; in Azure their bodies are empty.</summary>
internal static class HttpProblem
{
    public static Task WriteAsync(HttpContext http, int status, string type, string title, string detail)
    {
        if (http.Response.HasStarted)
        {
            http.Abort();
            return Task.CompletedTask;
        }

        return Results.Problem(statusCode: status, type: $"/problems/{type}", title: title, detail: detail).ExecuteAsync(http);
    }
}
