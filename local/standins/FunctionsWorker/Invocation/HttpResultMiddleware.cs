using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker.Middleware;

namespace Microsoft.Azure.Functions.Worker.Invocation;

/// <summary>
/// Ties an HTTP execution to its request: <see cref="FunctionContextExtensions.GetHttpContext"/> answers from here inwards, and the result
/// that the inner steps leave is written to the response on the way out.
/// </summary>
internal sealed class HttpResultMiddleware : IFunctionsWorkerMiddleware
{
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        if (context.Features.Get<HttpContext>() is not { } http)
        {
            await next(context);
            return;
        }

        context.Items[FunctionContextExtensions.HttpContextKey] = http;
        await next(context);
        if (ResponseIn(context.Invocation().Result) is { } response)
        {
            await response.ExecuteAsync(http);
        }
    }

    private static IResult? ResponseIn(object? result) => result as IResult ?? result?.GetType()
        .GetProperties()
        .Where(property => property.GetCustomAttribute<HttpResultAttribute>() is not null)
        .Select(property => property.GetValue(result))
        .OfType<IResult>()
        .FirstOrDefault();
}
