using Azure.Storage.Queues;

namespace TikTok.Core.Messages;

/// <summary>Sends <see cref="PrivacyWork"/>. It is in its queue when the call returns; when it throws, it may be.</summary>
public sealed class PrivacyQueue(QueueServiceClient queues)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(15);

    /// <param name="delay">How long until it may be received, at most 7 days.</param>
    public async Task SendAsync(PrivacyWork work, CancellationToken cancellationToken, TimeSpan? delay = null)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(Timeout);
        try
        {
            await queues.GetQueueClient(Queues.PrivacyRequests).SendTracedAsync(work, limited.Token, delay);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"Queue '{Queues.PrivacyRequests}' did not take the message within {Timeout.TotalSeconds} s.", e);
        }
    }
}
