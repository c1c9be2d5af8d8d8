using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;

namespace TikTok.Functions.Platform;

/// <summary>
/// Reads the access token of an HTTP request. Without a valid one every function that is not <see cref="OpenAttribute"/> is refused here,
/// so that a function cannot forget to ask.
/// </summary>
public sealed class CallerMiddleware(AccessTokens tokens, FunctionCatalog catalog) : IFunctionsWorkerMiddleware
{
    private const string Scheme = "Bearer ";

    public Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        if (context.GetHttpContext() is not { } http) return next(context);

        var authorization = http.Request.Headers.Authorization;
        var caller = authorization is [{ } header] && header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            ? tokens.Read(header[Scheme.Length..].Trim())
            : null;
        if (caller is not null)
            http.Features.Set(caller);
        else if (!catalog.Get(context.FunctionDefinition.Name).IsOpen)
            throw Problems.Unauthorized(authorization.Count == 0 ? "This call needs an access token." : "The access token is not valid, or no longer.");
        return next(context);
    }
}
