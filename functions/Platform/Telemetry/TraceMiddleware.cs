using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using TikTok.Core.Telemetry;

namespace TikTok.Functions.Platform;

/// <summary>
/// Gives every execution its span and its measurement. What a queue message or event was sent in is the trace that goes on; the host, which does not know
/// of it, is linked. Everything else goes on in the host's trace, which for HTTP is the client's.
/// </summary>
public sealed class TraceMiddleware(FunctionCatalog catalog, TimeProvider time) : IFunctionsWorkerMiddleware
{
    private const int MaxLinks = 32;

    private readonly ConcurrentDictionary<string, string> _triggers = new(StringComparer.Ordinal);

    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        var started = time.GetTimestamp();
        var trigger = _triggers.GetOrAdd(context.FunctionDefinition.Name, static (_, context) => TriggerOf(context), context);
        using var activity = Start(context, trigger);
        var outcome = "failed";
        try
        {
            await next(context);
            outcome = OutcomeOf(context, activity);
        }
        catch (Exception e)
        {
            activity.Fail(e);

            // The host logs what it gets.
            if (e.WithoutData() is var said && said != e) throw said;
            throw;
        }
        finally
        {
            Metrics.FunctionDuration.Record(
                time.GetElapsedTime(started).TotalSeconds, new("function", context.FunctionDefinition.Name), new("trigger", trigger), new("outcome", outcome));
        }
    }

    private Activity? Start(FunctionContext context, string trigger)
    {
        if (!Tracing.Source.HasListeners()) return null;

        var name = context.FunctionDefinition.Name;
        ActivityContext.TryParse(context.TraceContext.TraceParent, context.TraceContext.TraceState, isRemote: true, out var host);
        var senders = SendersOf(context, trigger);
        var parent = senders.Count == 1 ? senders[0] : host;
        var links = senders.Count == 1 ? [host] : senders;
        var activity = Tracing.Source.StartActivity(
            trigger == "http" ? NameOf(catalog.Get(name)) : name,
            trigger switch { "queue" or "eventHub" or "cosmosDB" or "blob" => ActivityKind.Consumer, _ => ActivityKind.Internal },
            parent,
            links: links.Where(link => link != default).Select(link => new ActivityLink(link)));
        return activity?.SetTag("faas.name", name).SetTag("faas.trigger", trigger).SetTag("faas.invocation_id", context.InvocationId);
    }

    private static string NameOf(HttpFunction function) => $"{string.Join('/', function.Methods)} {function.Route}";

    /// <summary>By the name of the trigger's binding, <c>queueTrigger</c>.</summary>
    private static string TriggerOf(FunctionContext context)
    {
        const string Suffix = "Trigger";
        foreach (var binding in context.FunctionDefinition.InputBindings.Values)
        {
            if (binding.Type.EndsWith(Suffix, StringComparison.OrdinalIgnoreCase))
            {
                return binding.Type switch
                {
                    "httpTrigger" => "http",
                    "queueTrigger" => "queue",
                    "eventHubTrigger" => "eventHub",
                    "cosmosDBTrigger" => "cosmosDB",
                    "blobTrigger" => "blob",
                    "timerTrigger" => "timer",
                    _ => binding.Type[..^Suffix.Length],
                };
            }
        }
        return "none";
    }

    /// <summary>A blob or a changed document carries no trace of its own: what it begins goes by what is stored, as a video's upload says.</summary>
    private static IReadOnlyList<ActivityContext> SendersOf(FunctionContext context, string trigger)
    {
        var data = context.BindingContext.BindingData;
        return trigger switch
        {
            "queue" when Text("QueueTrigger") is { } message && MessageTrace.Read(message) is var sender && sender != default => [sender],
            "eventHub" when (Text("PropertiesArray") ?? Text("Properties")) is { } properties => MessageTrace.ReadProperties(properties, MaxLinks),
            _ => [],
        };

        string? Text(string name) => data.TryGetValue(name, out var value) ? value as string : null;
    }

    private static string OutcomeOf(FunctionContext context, Activity? activity)
    {
        if (context.GetHttpContext() is null || context.GetInvocationResult().Value is not IStatusCodeHttpResult { StatusCode: { } status }) return "ok";
        activity?.SetTag("http.response.status_code", status);

        // What a function answers of its own will is no failure of it: the health's 503, a status passed on.
        if (status < StatusCodes.Status400BadRequest || context.GetInvocationResult().Value is not ProblemAnswer) return "ok";
        if (status < StatusCodes.Status500InternalServerError) return "refused";
        if (activity is { Status: ActivityStatusCode.Unset }) activity.SetStatus(ActivityStatusCode.Error);
        return "failed";
    }
}
