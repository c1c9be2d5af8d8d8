using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;

namespace TikTok.Functions.Platform;

/// <summary>
/// Reads the access token of an HTTP request. Without a valid one every function that is not <see cref="OpenAttribute"/> is refused here, and with one whose
/// role is below what the function <see cref="AllowsAttribute"/> too, so that a function cannot forget to ask.
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
        var function = catalog.Get(context.FunctionDefinition.Name);
        if (caller is not null)
            http.Features.Set(caller);
        else if (!function.IsOpen)
            throw Problems.Unauthorized(authorization.Count == 0 ? "This call needs an access token." : "The access token is not valid, or no longer.");
        if (caller?.Role < function.LeastRole) throw Problems.RoleRequired(function.LeastRole);
        return next(context);
    }
}
