using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;

namespace TikTok.Functions.Platform;

/// <summary>
/// Refuses every function that is not <see cref="OpenAttribute"/> to whom <see cref="CallerMiddleware"/> has not found to be a caller, and to callers whose
/// role is below what the function <see cref="AllowsAttribute"/>, so that a function cannot forget to ask.
/// </summary>
public sealed class AccessMiddleware(FunctionCatalog catalog) : IFunctionsWorkerMiddleware
{
    public Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        if (context.GetHttpContext() is not { } http) return next(context);

        var function = catalog.Get(context.FunctionDefinition.Name);
        var caller = http.Request.FindCaller();
        if (caller is null && !function.IsOpen)
        {
            throw Problems.Unauthorized(
                http.Request.Headers.Authorization.Count == 0 ? "This call needs an access token." : "The access token is not valid, or no longer.");
        }

        if (caller?.Role < function.LeastRole) throw Problems.RoleRequired(function.LeastRole);
        return next(context);
    }
}
