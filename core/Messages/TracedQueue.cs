using System.Diagnostics;
using Azure.Storage.Queues;
using TikTok.Core.Telemetry;

namespace TikTok.Core.Messages;

public static class TracedQueue
{
    /// <summary>Sends a message that carries the trace it was sent in.</summary>
    /// <param name="delay">How long until it may be received.</param>
    public static async Task SendTracedAsync<T>(this QueueClient queue, T message, CancellationToken cancellationToken, TimeSpan? delay = null)
    {
        using var activity = Tracing.Source.HasListeners() ? Tracing.Source.StartActivity($"send {queue.Name}", ActivityKind.Producer) : null;
        activity?.SetTag("messaging.system", "azure_queue_storage").SetTag("messaging.operation.type", "send").SetTag("messaging.destination.name", queue.Name);
        try
        {
            await queue.SendMessageAsync(MessageTrace.Write(message), visibilityTimeout: delay, cancellationToken: cancellationToken);
        }
        catch (Exception e)
        {
            activity.Fail(e);
            throw;
        }
    }
}
