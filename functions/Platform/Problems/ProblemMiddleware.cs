using System.Diagnostics;
using System.Net;
using Azure;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Cosmos;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Logging;
using TikTok.Core.Telemetry;

namespace TikTok.Functions.Platform;

/// <summary>
/// Turns what an HTTP function throws into a problem document. What nobody foresaw becomes a 500 that says nothing of the inside;
/// the log has the rest under the same trace id.
/// </summary>
public sealed class ProblemMiddleware(ILogger<ProblemMiddleware> logger) : IFunctionsWorkerMiddleware
{
    private static readonly TimeSpan DependencyRetry = TimeSpan.FromSeconds(1);

    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        if (context.GetHttpContext() is not { } http)
        {
            await next(context);
            return;
        }

        try
        {
            await next(context);
        }
        catch (Exception e) when (e is not OperationCanceledException || !http.RequestAborted.IsCancellationRequested)
        {
            var problem = ProblemOf(e);
            if (problem.Status >= StatusCodes.Status500InternalServerError)
            {
                Activity.Current.Fail(e);
                logger.LogError(e.WithoutData(), "{Function} failed: {Status} {ProblemType}", context.FunctionDefinition.Name, problem.Status, problem.Type);
            }
            else
            {
                logger.LogInformation("{Function} refused: {Status} {ProblemType}", context.FunctionDefinition.Name, problem.Status, problem.Type);
            }
            context.GetInvocationResult().Value = new ProblemAnswer(problem with { TraceId = TraceIdOf(context) });
        }
        catch (OperationCanceledException)
        {
            // Nobody listens any more; 499 is what proxies log for it.
            context.GetInvocationResult().Value = Results.StatusCode(StatusCodes.Status499ClientClosedRequest);
        }
    }

    internal static Problem ProblemOf(Exception exception) => exception switch
    {
        ProblemException e => e.Problem,
        CosmosException { StatusCode: HttpStatusCode.TooManyRequests } e => Problems.Unavailable(e.RetryAfter ?? DependencyRetry).Problem,
        CosmosException { StatusCode: HttpStatusCode.ServiceUnavailable or HttpStatusCode.RequestTimeout } => Problems.Unavailable(DependencyRetry).Problem,
        RequestFailedException { Status: 0 or 408 or 429 or 500 or 503 } => Problems.Unavailable(DependencyRetry).Problem,
        HttpRequestException or TimeoutException => Problems.Unavailable(DependencyRetry).Problem,
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => Problems.TooLarge(RequestBody.MaxBytes).Problem,
        BadHttpRequestException { StatusCode: StatusCodes.Status408RequestTimeout } => Problems.RequestTimeout().Problem,
        BadHttpRequestException => Problems.Malformed("The request broke off or was not valid HTTP.").Problem,
        _ => new Problem("/problems/internal", "Internal error", StatusCodes.Status500InternalServerError),
    };

    private static string? TraceIdOf(FunctionContext context) =>
        ActivityContext.TryParse(context.TraceContext.TraceParent, null, out var trace) ? trace.TraceId.ToHexString() : Activity.Current?.TraceId.ToHexString();
}
