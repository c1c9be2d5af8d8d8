using System.Reflection;
using Azure.Messaging.EventHubs;
using Azure.Storage.Blobs;
using Azure.Storage.Queues.Models;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;
using NCrontab;
using TikTok.Local.Functions.Binding;

namespace TikTok.Local.Functions.Hosting;

/// <summary>What each kind of trigger demands of its function.</summary>
internal static class TriggerRules
{
    public static string BindingType(TriggerBindingAttribute trigger) => trigger switch
    {
        HttpTriggerAttribute => "httpTrigger",
        QueueTriggerAttribute => "queueTrigger",
        BlobTriggerAttribute => "blobTrigger",
        EventHubTriggerAttribute => "eventHubTrigger",
        TimerTriggerAttribute => "timerTrigger",
        CosmosDBTriggerAttribute => "cosmosDBTrigger",
        _ => trigger.GetType().Name,
    };

    public static IEnumerable<string> Check(MethodInfo method, ParameterInfo parameter, TriggerBindingAttribute trigger)
    {
        var retryable = trigger is EventHubTriggerAttribute or TimerTriggerAttribute or CosmosDBTriggerAttribute;
        if (!retryable && method.GetCustomAttribute<RetryAttribute>() is not null)
        {
            yield return "a retry policy counts for Event Hubs, timer and Cosmos DB triggers only; queues and blobs retry by their own settings.";
        }

        var own = trigger switch
        {
            HttpTriggerAttribute http => Http(method, parameter, http),
            QueueTriggerAttribute => Payload(parameter, typeof(QueueMessage)),
            BlobTriggerAttribute blob => Blob(parameter, blob),
            EventHubTriggerAttribute hub => EventHub(parameter, hub),
            TimerTriggerAttribute timer => Timer(parameter, timer),
            CosmosDBTriggerAttribute cosmos => Cosmos(parameter, cosmos),
            _ => [$"the trigger {trigger.GetType().Name} is not known to the local host."],
        };
        foreach (var error in own)
        {
            yield return error;
        }

        foreach (var other in method.GetParameters().Where(other => other != parameter))
        {
            if (other.ParameterType != typeof(FunctionContext) && other.ParameterType != typeof(CancellationToken) && !ArgumentBinding.CanConvert(other.ParameterType))
            {
                yield return $"nothing can bind the parameter '{other.Name}' of type {other.ParameterType}.";
            }
        }
    }

    private static IEnumerable<string> Http(MethodInfo method, ParameterInfo parameter, HttpTriggerAttribute trigger)
    {
        if (parameter.ParameterType != typeof(HttpRequest))
        {
            yield return $"an HTTP function takes {nameof(HttpRequest)}, not {parameter.ParameterType}.";
        }

        var returned = method.ReturnType.IsGenericType && method.ReturnType.GetGenericTypeDefinition() == typeof(Task<>)
            ? method.ReturnType.GenericTypeArguments[0]
            : method.ReturnType;
        if (!typeof(IResult).IsAssignableFrom(returned) && !returned.GetProperties().Any(p => p.GetCustomAttribute<HttpResultAttribute>() is not null))
        {
            yield return $"an HTTP function returns {nameof(IResult)} or Task<{nameof(IResult)}>, not {method.ReturnType}.";
        }

        if (trigger.Route is { } route && Invalid(() => RoutePatternFactory.Parse(route)) is { } error)
        {
            yield return $"the route '{route}': {error}";
        }
    }

    private static IEnumerable<string> Payload(ParameterInfo parameter, params Type[] rich)
    {
        var type = parameter.ParameterType;
        if (!rich.Contains(type) && !IsPayload(type))
        {
            yield return $"the trigger cannot bind {type}; take string, byte[], BinaryData, {string.Join(", ", rich.Select(t => t.Name))} or a class of your own.";
        }
    }

    private static IEnumerable<string> Blob(ParameterInfo parameter, BlobTriggerAttribute trigger)
    {
        if (trigger.BlobPath.IndexOf('/', StringComparison.Ordinal) is var slash && (slash <= 0 || slash == trigger.BlobPath.Length - 1))
        {
            yield return $"the path '{trigger.BlobPath}' is written container/name.";
        }
        else if (trigger.BlobPath[..slash].Contains('{', StringComparison.Ordinal))
        {
            yield return $"the path '{trigger.BlobPath}': the container of a trigger is fixed.";
        }
        else if (Invalid(() => new PathTemplate(trigger.BlobPath)) is { } error)
        {
            yield return error;
        }

        foreach (var wrong in Payload(parameter, typeof(Stream), typeof(BlobClient)))
        {
            yield return wrong;
        }
    }

    private static IEnumerable<string> EventHub(ParameterInfo parameter, EventHubTriggerAttribute trigger)
    {
        var type = parameter.ParameterType;
        var element = type.IsArray && type != typeof(byte[]) ? type.GetElementType() : null;
        if (trigger.IsBatched && element is null)
        {
            yield return $"a batched Event Hubs trigger binds an array (string[], EventData[], byte[][], T[]), not {type}; or set IsBatched = false.";
        }
        else if (!trigger.IsBatched && element is not null)
        {
            yield return $"an Event Hubs trigger with IsBatched = false binds one event, not {type}.";
        }
        else if ((element ?? type) is var item && item != typeof(EventData) && !IsPayload(item))
        {
            yield return $"the trigger cannot bind {type}; take EventData, string, byte[], BinaryData or a class of your own, in an array when batched.";
        }
    }

    private static IEnumerable<string> Timer(ParameterInfo parameter, TimerTriggerAttribute trigger)
    {
        if (parameter.ParameterType != typeof(TimerInfo))
        {
            yield return $"a timer function takes {nameof(TimerInfo)}, not {parameter.ParameterType}.";
        }

        if (!trigger.Schedule.Contains('%', StringComparison.Ordinal) && Invalid(() => Timers.TimerSchedule.Parse(trigger.Schedule)) is { } error)
        {
            yield return error;
        }
    }

    private static IEnumerable<string> Cosmos(ParameterInfo parameter, CosmosDBTriggerAttribute trigger)
    {
        var type = parameter.ParameterType;
        var isList = type.IsArray || (type.IsGenericType && type.IsAssignableTo(typeof(System.Collections.IEnumerable)));
        if (type != typeof(string) && !isList)
        {
            yield return $"a Cosmos DB trigger binds a list (IReadOnlyList<T>, T[]) or a JSON string, not {type}.";
        }

        if (trigger.ChangeFeedMode != CosmosDBChangeFeedMode.LatestVersion)
        {
            yield return "the local host reads the change feed in its latest-version mode only.";
        }

        if (trigger.StartFromBeginning && trigger.StartFromTime is not null)
        {
            yield return "StartFromBeginning and StartFromTime exclude each other.";
        }
    }

    private static bool IsPayload(Type type) => type == typeof(string) || type == typeof(byte[]) || type == typeof(BinaryData)
        || type == typeof(ReadOnlyMemory<byte>) || type.IsArray || (!type.IsPrimitive && !type.IsInterface && !type.IsAbstract && !IsFramework(type));

    private static bool IsFramework(Type type) => type.Namespace is { } space && !type.IsGenericType
        && (space is "System" or "System.IO" || space.StartsWith("Azure.", StringComparison.Ordinal) || space.StartsWith("Microsoft.", StringComparison.Ordinal));

    private static string? Invalid(Func<object> parse)
    {
        try
        {
            parse();
            return null;
        }
        catch (Exception error) when (error is FormatException or RoutePatternException or CrontabException)
        {
            return error.Message;
        }
    }
}
