using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Context.Features;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Logging;
using TikTok.Local.Functions.Binding;

namespace TikTok.Local.Functions.Hosting;

/// <summary>
/// Runs functions through the worker's pipeline: scope, trace, time limit and retry policy.
/// </summary>
internal sealed class FunctionInvoker(
    IServiceProvider services,
    FunctionExecutionDelegate pipeline,
    HostSettings settings,
    TimeProvider time,
    ILoggerFactory loggers) : IDisposable
{
    /// <summary>What a function that ignores its cancelled token is still given before it counts as failed.</summary>
    private static readonly TimeSpan TimeoutGrace = TimeSpan.FromSeconds(10);

    private static readonly ActivitySource Source = new("TikTok.Local.Functions");
    private readonly CancellationTokenSource _abandon = new();

    /// <summary>Runs a function, again and again as its retry policy says. Failures are logged here and returned, not thrown.</summary>
    /// <param name="cancellationToken">Cancels the execution.</param>
    /// <param name="stopping">Ends the retries: a drain waits for what runs, not for what might.</param>
    /// <returns>Null when the function succeeded.</returns>
    public async Task<Exception?> InvokeAsync(HostedFunction function, TriggerInput input, CancellationToken cancellationToken, CancellationToken stopping)
    {
        var policy = RetryPolicy.From(function.Retry);
        for (var attempt = 0; ; attempt++)
        {
            var failure = await AttemptAsync(function, input, new RunningRetry(attempt, policy?.MaxRetryCount ?? 0), http: null, cancellationToken);
            if (failure is null || policy is null || !policy.Allows(attempt + 1) || cancellationToken.IsCancellationRequested || stopping.IsCancellationRequested)
            {
                return failure;
            }

            var delay = policy.Delay(attempt + 1, Random.Shared.NextDouble());
            Log(function).LogWarning("Retry {Retry} of {Function} in {Delay}.", attempt + 1, function.Name, delay);
            try
            {
                await Task.Delay(delay, time, stopping);
            }
            catch (OperationCanceledException)
            {
                return failure;
            }
        }
    }

    /// <summary>Runs an HTTP function; its result goes to the response.</summary>
    /// <returns>Null when the function succeeded.</returns>
    public Task<Exception?> InvokeAsync(HostedFunction function, TriggerInput input, HttpContext http) =>
        AttemptAsync(function, input, new RunningRetry(0, 0), http, http.RequestAborted);

    /// <summary>Cancels everything that runs: a drain has waited for long enough.</summary>
    public Task AbandonAsync() => _abandon.CancelAsync();

    public void Dispose() => _abandon.Dispose();

    private async Task<Exception?> AttemptAsync(
        HostedFunction function, TriggerInput input, RunningRetry retry, HttpContext? http, CancellationToken cancellationToken)
    {
        using var activity = Start(function, http);
        var invocation = new RunningInvocation(Guid.CreateVersion7().ToString(), function.Definition.Id, activity.Id!, activity.TraceStateString ?? string.Empty);
        activity.SetTag("faas.invocation_id", invocation.Id);
        var log = Log(function);
        using var scope = log.BeginScope(new InvocationScope(function.Name, invocation.Id));
        using var limit = new CancellationTokenSource(settings.FunctionTimeout, time);
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _abandon.Token);
        using var token = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, giveUp.Token);
        var started = time.GetTimestamp();
        var requestServices = http?.RequestServices;
        try
        {
            await using var context = new RunningContext(services, function.Definition, invocation, retry, input.BindingData, token.Token);
            context.Features.Set<IFunctionInputBindingFeature>(new ArgumentBinding(function.Parameter.Name!, input));
            if (http is not null)
            {
                http.RequestServices = context.InstanceServices;
                context.Features.Set(http);
            }

            log.LogDebug("Executing {Function}: {Reason}", function.Name, input.Reason);
            await RunAsync(context, giveUp.Token);
            log.Log(
                http is null ? LogLevel.Information : LogLevel.Debug,
                "Executed {Function} in {Elapsed:F0} ms: {Reason}", function.Name, time.GetElapsedTime(started).TotalMilliseconds, input.Reason);
            return null;
        }
        catch (OperationCanceledException error) when (http is not null && cancellationToken.IsCancellationRequested)
        {
            log.LogDebug("The client of {Function} went away.", function.Name);
            return error;
        }
        catch (Exception error)
        {
            var failure = limit.IsCancellationRequested && error is OperationCanceledException or TimeoutException
                ? new TimeoutException($"{function.Name} ran longer than the {settings.FunctionTimeout} of functionTimeout.", error)
                : error;
            activity.SetStatus(ActivityStatusCode.Error, failure.Message);
            log.LogError(failure, "Failed {Function} after {Elapsed:F0} ms: {Reason}", function.Name, time.GetElapsedTime(started).TotalMilliseconds, input.Reason);
            return failure;
        }
        finally
        {
            // The scope of the execution is gone; whoever answers in its place needs the host's.
            http?.RequestServices = requestServices!;
        }
    }

    private async Task RunAsync(FunctionContext context, CancellationToken giveUp)
    {
        var run = pipeline(context);
        if (run.IsCompleted)
        {
            await run;
            return;
        }

        var givenUp = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (giveUp.Register(() => givenUp.TrySetResult()))
        {
            if (await Task.WhenAny(run, givenUp.Task) == givenUp.Task)
            {
                await run.WaitAsync(TimeoutGrace, time, CancellationToken.None);
            }
        }

        await run;
    }

    private static Activity Start(HostedFunction function, HttpContext? http)
    {
        var kind = http is null ? ActivityKind.Consumer : ActivityKind.Server;
        if (Source.StartActivity(function.Name, kind) is { } sampled)
        {
            return sampled;
        }

        // Functions rely on the trace context even when nobody samples it.
        var activity = new Activity(function.Name);
        if (http?.Request.Headers.TraceParent.ToString() is { Length: > 0 } parent && Activity.Current is null)
        {
            activity.SetParentId(parent);
        }

        return activity.SetIdFormat(ActivityIdFormat.W3C).Start();
    }

    private ILogger Log(HostedFunction function) => loggers.CreateLogger(function.LogCategory);
}

/// <summary>Goes with every line that a function logs.</summary>
internal sealed record InvocationScope(string FunctionName, string InvocationId)
{
    public override string ToString() => $"{FunctionName} {InvocationId}";
}
