using Azure.Storage.Queues;
using TikTok.Core;
using TikTok.Core.Messages;

namespace TikTok.Transcoder.Jobs;

/// <summary>Answers into queue <c>video-steps</c>.</summary>
internal sealed class StepQueue(QueueServiceClient queues)
{
    private readonly QueueClient _queue = queues.GetQueueClient(Queues.VideoSteps);

    public Task SendAsync(VideoStep step, CancellationToken cancellationToken) => _queue.SendTracedAsync(step, cancellationToken);
}
