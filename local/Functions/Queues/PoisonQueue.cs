using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;

namespace TikTok.Local.Functions.Queues;

/// <summary>Where messages go that nobody could handle; they stay until somebody takes them.</summary>
internal static class PoisonQueue
{
    /// <summary>A crash between the two steps leaves the message in both queues, never in none.</summary>
    public static async Task MoveAsync(QueueClient queue, QueueMessage message, string receipt, QueueClient poison)
    {
        await poison.CreateIfNotExistsAsync(cancellationToken: CancellationToken.None);
        await poison.SendMessageAsync(message.Body, timeToLive: TimeSpan.FromSeconds(-1), cancellationToken: CancellationToken.None);
        await queue.DeleteMessageAsync(message.MessageId, receipt, CancellationToken.None);
    }
}
