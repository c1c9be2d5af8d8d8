using Azure;
using Azure.Storage.Queues;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using TikTok.Core;
using TikTok.Core.Storage;
using TikTok.Core.Telemetry;

namespace TikTok.Functions.Platform;

/// <summary>Measures how full the queues are. Storage itself publishes a depth once an hour and for the whole account.</summary>
/// <remarks>A timer runs on one instance at a time, so that the readings of one minute are one.</remarks>
public sealed partial class QueueDepthFunctions(QueueServiceClient queues, ILogger<QueueDepthFunctions> logger)
{
    [Function("QueueDepthsMeasured")]
    public async Task MeasureAsync([TimerTrigger("0 * * * * *")] TimerInfo timer, CancellationToken cancellationToken)
    {
        if (!Metrics.VideoProcessingQueueDepth.Enabled) return;
        foreach (var queue in Queues.All.SelectMany(queue => (string[])[queue, StorageSchema.Poison(queue)]))
        {
            try
            {
                var properties = await queues.GetQueueClient(queue).GetPropertiesAsync(cancellationToken);
                Metrics.VideoProcessingQueueDepth.Record(properties.Value.ApproximateMessagesCount, new KeyValuePair<string, object?>("queue", queue));
            }
            catch (RequestFailedException e)
            {
                Unknown(logger, queue, e);
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "The depth of queue {Queue} is not known")]
    private static partial void Unknown(ILogger logger, string queue, Exception e);
}
