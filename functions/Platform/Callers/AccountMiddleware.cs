using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using TikTok.Core.Cosmos;

namespace TikTok.Functions.Platform;

/// <summary>
/// Refuses to write anything for an account that is gone: its access tokens live on for up to a quarter of an hour, and what they wrote after the erasure had
/// passed would stay. Reading is left to the token's end: it shows what anyone may see, and saves a read per request.
/// </summary>
public sealed class AccountMiddleware(AccountStore accounts) : IFunctionsWorkerMiddleware
{
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        if (context.GetHttpContext() is { } http
            && !HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method)
            && http.Request.FindCaller() is { } caller
            && await accounts.FindAsync(caller.UserId, http.RequestAborted) is null)
        {
            throw Problems.Unauthorized("The account is gone.");
        }

        await next(context);
    }
}
