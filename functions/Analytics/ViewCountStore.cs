using System.Net;
using Microsoft.Azure.Cosmos;
using TikTok.Core;
using TikTok.Core.Documents;

namespace TikTok.Functions.Analytics;

/// <summary>
/// Adds views to the documents of <c>videos</c>, exactly once per event: in one transactional batch the counter grows and the <see cref="CountedOffset"/> of the
/// log's partition moves, so that an event delivered again is seen to be counted, whenever its reader died.
/// </summary>
public sealed class ViewCountStore(CosmosClient client)
{
    private const string UnlessDeleted = "FROM c WHERE c.status != 'deleted'";

    private readonly Container _container = client.GetContainer(Containers.Database, Containers.Videos);

    /// <param name="videoId">A video that need not exist: what was watched before it was deleted counts for nothing.</param>
    /// <param name="hubPartition">The partition of the log that the events came from.</param>
    /// <param name="sequenceNumbers">Of the video's watch events, ascending; some or all may have been counted before.</param>
    public async Task CountAsync(string videoId, string hubPartition, IReadOnlyList<long> sequenceNumbers, CancellationToken cancellationToken)
    {
        while (true)
        {
            var counted = await FindCountedAsync(videoId, hubPartition, cancellationToken);
            var views = sequenceNumbers.Count(s => s > (counted?.SequenceNumber ?? -1));
            if (views == 0) return;

            var next = new CountedOffset { Id = CountedOffset.IdFor(hubPartition), VideoId = videoId, SequenceNumber = sequenceNumbers[^1] };
            using var batch = await CommitAsync(next, counted?.ETag, views, cancellationToken);
            if (batch.IsSuccessStatusCode) return;

            // Another reader of this partition was first (ownership was just moving): see what is left to count.
            if (batch[0].StatusCode is HttpStatusCode.Conflict or HttpStatusCode.PreconditionFailed or HttpStatusCode.NotFound) continue;
            if (batch[1].StatusCode is HttpStatusCode.NotFound or HttpStatusCode.PreconditionFailed) return;
            throw new CosmosException(batch.ErrorMessage ?? "The views were refused.", batch.StatusCode, 0, batch.ActivityId, batch.RequestCharge);
        }
    }

    private async Task<TransactionalBatchResponse> CommitAsync(CountedOffset offset, string? etag, int views, CancellationToken cancellationToken)
    {
        var quiet = new TransactionalBatchItemRequestOptions { EnableContentResponseOnWrite = false, IfMatchEtag = etag };
        var batch = _container.CreateTransactionalBatch(new PartitionKey(offset.VideoId));
        batch = etag is null ? batch.CreateItem(offset, quiet) : batch.ReplaceItem(offset.Id, offset, quiet);
        batch.PatchItem(
            offset.VideoId,
            [PatchOperation.Increment("/counters/views", views)],
            new TransactionalBatchPatchItemRequestOptions { FilterPredicate = UnlessDeleted, EnableContentResponseOnWrite = false });
        return await batch.ExecuteAsync(cancellationToken);
    }

    private async Task<CountedOffset?> FindCountedAsync(string videoId, string hubPartition, CancellationToken cancellationToken)
    {
        try
        {
            return await _container.ReadItemAsync<CountedOffset>(CountedOffset.IdFor(hubPartition), new PartitionKey(videoId), cancellationToken: cancellationToken);
        }
        catch (CosmosException e) when (e.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
    }
}
