using System.Globalization;
using System.Runtime.ExceptionServices;
using Microsoft.Azure.Cosmos;

namespace TikTok.Core.Telemetry;

/// <summary>
/// Exceptions as they may be logged. A <see cref="CosmosException"/> prints its diagnostics, and in them the address of what was asked for: an id that is a
/// username, a key that is a network address. What it says about the failure is kept, and where it happened.
/// </summary>
public static class LoggedException
{
    /// <returns>The same exception when nothing in it is about persons; else one that says the same without.</returns>
    public static Exception WithoutData(this Exception exception)
    {
        var found = exception;
        while (found is not null and not CosmosException) found = found.InnerException;
        if (found is not CosmosException cosmos) return exception;

        var answer = string.Create(CultureInfo.InvariantCulture, $"Cosmos DB answered {(int)cosmos.StatusCode}/{cosmos.SubStatusCode}, activity {cosmos.ActivityId}.");
        var said = new DependencyException(ReferenceEquals(cosmos, exception) ? answer : $"{exception.GetType().FullName}: {answer}");
        return exception.StackTrace is { } trace ? ExceptionDispatchInfo.SetRemoteStackTrace(said, trace) : said;
    }
}

/// <summary>A service that this one depends on failed.</summary>
public sealed class DependencyException(string message) : Exception(message);
