using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;

namespace TikTok.Functions.Platform;

/// <summary>Reads the access token of an HTTP request; one that is not valid is as none. Whether one is needed is <see cref="AccessMiddleware"/>'s to say.</summary>
public sealed class CallerMiddleware(AccessTokens tokens) : IFunctionsWorkerMiddleware
{
    private const string Scheme = "Bearer ";

    public Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        if (context.GetHttpContext() is not { } http) return next(context);

        var authorization = http.Request.Headers.Authorization;
        var caller = authorization is [{ } header] && header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            ? tokens.Read(header[Scheme.Length..].Trim())
            : null;
        if (caller is not null) http.Features.Set(caller);
        return next(context);
    }
}
