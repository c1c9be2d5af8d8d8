using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;

namespace TikTok.Functions.Platform;

/// <summary>Counts every request: of its caller, or without one of the address it came from. Stands behind the step that knows the caller.</summary>
public sealed class RequestLimitMiddleware(RouteLimits limits) : IFunctionsWorkerMiddleware
{
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        if (context.GetHttpContext() is { } http)
            await limits.TakeAsync(http, http.Request.FindCaller() is null ? RouteClass.AnonymousRequests : RouteClass.Requests);
        await next(context);
    }
}

/// <summary>
/// Counts the calls of functions that are <see cref="LimitedAttribute"/>. Stands behind the idempotency keys, so that a repetition that is answered from
/// memory is not counted; and a call that was refused for what it asked, or has failed, gets its token back.
/// </summary>
public sealed class RouteLimitMiddleware(RouteLimits limits, FunctionCatalog catalog) : IFunctionsWorkerMiddleware
{
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        if (context.GetHttpContext() is not { } http || catalog.Get(context.FunctionDefinition.Name).Limit is not { } routeClass)
        {
            await next(context);
            return;
        }

        var taken = await limits.TakeAsync(http, routeClass);
        var hasHappened = false;
        try
        {
            await next(context);
            hasHappened = context.GetInvocationResult().Value is not IStatusCodeHttpResult { StatusCode: >= StatusCodes.Status400BadRequest }
                && http.Features.Get<RouteLimits.NothingNew>() is null;
        }
        finally
        {
            if (!hasHappened) limits.Return(taken);
        }
    }
}
