using Azure.Storage.Queues;

namespace TikTok.Core.Messages;

/// <summary>Sends the messages of the video pipeline. A message is in its queue when the call returns; when it throws, it may be.</summary>
public sealed class VideoQueues(QueueServiceClient queues)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(15);

    public Task SendAsync(ProbeJob job, CancellationToken cancellationToken) => SendAsync(Queues.Probe, job, cancellationToken);

    public Task SendAsync(TranscodeJob job, CancellationToken cancellationToken) => SendAsync(Queues.TranscodeJobs, job, cancellationToken);

    public Task SendAsync(VideoStep step, CancellationToken cancellationToken) => SendAsync(Queues.VideoSteps, step, cancellationToken);

    public Task SendAsync(VideoDeletion deletion, CancellationToken cancellationToken) => SendAsync(Queues.VideoDeletions, deletion, cancellationToken);

    /// <param name="delay">How long until it may be received.</param>
    public Task SendAsync(MediaMove move, CancellationToken cancellationToken, TimeSpan? delay = null) =>
        SendAsync(Queues.MediaMoves, move, cancellationToken, delay);

    private async Task SendAsync<T>(string queue, T message, CancellationToken cancellationToken, TimeSpan? delay = null)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(Timeout);
        try
        {
            await queues.GetQueueClient(queue).SendTracedAsync(message, limited.Token, delay);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"Queue '{queue}' did not take the message within {Timeout.TotalSeconds} s.", e);
        }
    }
}
