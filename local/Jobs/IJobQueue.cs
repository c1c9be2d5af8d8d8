using Azure;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;

namespace TikTok.Local.Jobs;

/// <summary>A queue, as a scaler sees it.</summary>
internal interface IJobQueue
{
    /// <summary>How many messages wait to be taken; counting stops at 32, as the scaler's peek does.</summary>
    Task<int> VisibleAsync(CancellationToken cancellationToken);
}

internal sealed class StorageJobQueue(QueueClient queue) : IJobQueue
{
    private const int MostPeeked = 32;

    public async Task<int> VisibleAsync(CancellationToken cancellationToken)
    {
        try
        {
            return (await queue.PeekMessagesAsync(MostPeeked, cancellationToken)).Value.Length;
        }
        catch (RequestFailedException error) when (error.ErrorCode == QueueErrorCode.QueueNotFound)
        {
            return 0;
        }
    }
}
