using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Cosmos;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Logging;
using TikTok.Core.Telemetry;

namespace TikTok.Functions.Platform;

/// <summary>
/// Gives a request that is repeated with the same <c>Idempotency-Key</c> its first answer again for a day. The same key with another body is a 422; while the
/// first is still running, a 409. An answer of 500 and more, or one that only means "not now", frees the key.
/// </summary>
public sealed class IdempotencyMiddleware(
    FunctionCatalog catalog, IdempotencyStore store, PlatformSecret secret, ILogger<IdempotencyMiddleware> logger) : IFunctionsWorkerMiddleware
{
    internal const string Header = "Idempotency-Key";
    private const string ReplayedHeader = "Idempotency-Replayed";
    internal const int MaxKeyLength = 255;
    private const int MaxBodyBytes = 1024 * 1024;

    private const int DaySeconds = 24 * 60 * 60;

    /// <summary>As long as a function may run (host.json's functionTimeout).</summary>
    private const int RunningSeconds = 5 * 60;

    private static readonly TimeSpan StoreTimeout = TimeSpan.FromSeconds(5);

    private readonly IdempotencySeal _seal = new(secret);

    internal static ProblemException InProgress() => new(new Problem(
        "/problems/request-in-progress", "Request in progress", StatusCodes.Status409Conflict, $"A request with this {Header} is still running.")
    { RetryAfter = TimeSpan.FromSeconds(1) });

    internal static ProblemException KeyReused() => Problems.Of(
        StatusCodes.Status422UnprocessableEntity, "/problems/idempotency-key-reused", "Idempotency key reused", $"This {Header} was used for another request body.");

    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        if (context.GetHttpContext() is not { } http || ReadKey(http.Request, context) is not { } header)
        {
            await next(context);
            return;
        }

        var cancellationToken = http.RequestAborted;
        var body = await RequestBody.ReadAsync(http.Request, MaxBodyBytes, cancellationToken);
        var key = _seal.Hash(http.Request.FindCaller()?.UserId ?? "", http.Request.Method, http.Request.Path, header);
        http.Features.Set(new RequestOperation(key));
        var request = new IdempotentRequest { Id = key, Key = key, RequestHash = _seal.Hash(body.Span), Ttl = RunningSeconds };

        if (await store.TryReserveAsync(request, cancellationToken) is { } reserved)
            await RunAsync(context, next, http, reserved);
        else
            context.GetInvocationResult().Value = await ReplayAsync(request, cancellationToken);
    }

    private string? ReadKey(HttpRequest request, FunctionContext context)
    {
        var mode = catalog.Get(context.FunctionDefinition.Name).Idempotency;
        if (mode == IdempotencyMode.Ignored) return null;

        var values = request.Headers[Header];
        if (values.Count == 0)
            return mode == IdempotencyMode.Required ? throw Problems.Invalid(Header, "this header is required here") : null;
        return values is [{ Length: > 0 and <= MaxKeyLength } key] && key.All(c => c is > ' ' and <= '~')
            ? key
            : throw Problems.Invalid(Header, $"must be one value of 1 to {MaxKeyLength} visible ASCII characters");
    }

    private async Task<IResult> ReplayAsync(IdempotentRequest request, CancellationToken cancellationToken)
    {
        var earlier = await store.FindAsync(request.Key, cancellationToken);

        // The earlier one may have been freed or have expired since: the client is told to come again, as if it were still running.
        if (earlier is { Answer: null } or null) throw InProgress();
        if (!CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(earlier.RequestHash), Encoding.ASCII.GetBytes(request.RequestHash)))
            throw KeyReused();
        return new Replay(_seal.Open(earlier.Answer, request.Key), isReplayed: true);
    }

    private async Task RunAsync(FunctionContext context, FunctionExecutionDelegate next, HttpContext http, IdempotentRequest reserved)
    {
        RecordedAnswer? answer = null;
        try
        {
            try
            {
                await next(context);
                if (context.GetInvocationResult().Value is IResult result) answer = await RecordAsync(result, http.RequestServices);
            }
            catch (ProblemException e) when (IsFinal(e.Problem.Status))
            {
                answer = await RecordAsync(new ProblemAnswer(e.Problem), http.RequestServices);
            }

            if (answer is not null) context.GetInvocationResult().Value = new Replay(answer, isReplayed: false);
        }
        finally
        {
            await SettleAsync(reserved, answer);
        }
    }

    /// <summary>Keeps a final answer, or frees the key. Not the caller's to cancel: what is done is done.</summary>
    private async Task SettleAsync(IdempotentRequest reserved, RecordedAnswer? answer)
    {
        using var timeout = new CancellationTokenSource(StoreTimeout);
        try
        {
            if (answer is not null && IsFinal(answer.Status))
                await store.CompleteAsync(reserved with { Answer = _seal.Seal(answer, reserved.Key), Ttl = DaySeconds }, timeout.Token);
            else
                await store.ReleaseAsync(reserved, timeout.Token);
        }
        catch (Exception e) when (e is CosmosException or OperationCanceledException)
        {
            // The caller gets its answer all the same; until the reservation expires a repetition is told that the request still runs.
            logger.LogWarning(e.WithoutData(), "An idempotency reservation was left behind");
        }
    }

    private static bool IsFinal(int status) => status is < StatusCodes.Status500InternalServerError
        and not (StatusCodes.Status401Unauthorized or StatusCodes.Status408RequestTimeout or StatusCodes.Status429TooManyRequests);

    /// <summary>Lets the result write its answer where it can be kept.</summary>
    private static async Task<RecordedAnswer> RecordAsync(IResult result, IServiceProvider services)
    {
        using var body = new MemoryStream();
        var http = new DefaultHttpContext { RequestServices = services, Response = { Body = body } };
        await result.ExecuteAsync(http);
        return new RecordedAnswer(http.Response.StatusCode, http.Response.ContentType, http.Response.Headers.Location, body.ToArray());
    }

    private sealed class Replay(RecordedAnswer answer, bool isReplayed) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            var response = httpContext.Response;
            response.StatusCode = answer.Status;
            response.Headers.CacheControl = "no-store";
            if (isReplayed) response.Headers[ReplayedHeader] = "true";
            if (answer.Location is not null) response.Headers.Location = answer.Location;
            if (answer.Body.Length == 0) return;
            response.ContentType = answer.ContentType;
            response.ContentLength = answer.Body.Length;
            await response.Body.WriteAsync(answer.Body, httpContext.RequestAborted);
        }
    }
}
