using System.Net;
using Microsoft.Azure.Cosmos;
using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;
using TikTok.Core.Events;

namespace TikTok.Functions.Analytics;

/// <summary>
/// Adds views to the documents of <c>videos</c>, exactly once per event: in one transactional batch the counter grows and the <see cref="CountedOffset"/> of the
/// log's partition moves, so that an event that comes again is seen to be counted, whenever its reader or its producer died.
/// </summary>
public sealed class ViewCountStore(CosmosClient client)
{
    private const string UnlessDeleted = "FROM c WHERE c.status != 'deleted'";

    private readonly Container _container = client.GetContainer(Containers.Database, Containers.Videos);

    /// <param name="videoId">A video that need not exist: what was watched before it was deleted counts for nothing.</param>
    /// <param name="watches">The video's watch events of one partition of the log, in its order; some or all may have been counted before.</param>
    public async Task CountAsync(string videoId, IReadOnlyList<LoggedInteraction> watches, CancellationToken cancellationToken)
    {
        var id = CountedOffset.IdFor(watches[0].Partition);
        while (true)
        {
            var counted = await FindCountedAsync(videoId, id, cancellationToken);
            var (fresh, window) = (counted?.Window ?? EventWindow.Empty).Take(watches);
            if (fresh.Count == 0) return;

            var next = new CountedOffset { Id = id, VideoId = videoId, Window = window };
            using var batch = await CommitAsync(next, counted?.ETag, fresh.Count, cancellationToken);
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

    private Task<CountedOffset?> FindCountedAsync(string videoId, string id, CancellationToken cancellationToken) =>
        _container.FindAsync<CountedOffset>(id, new PartitionKey(videoId), cancellationToken);
}
