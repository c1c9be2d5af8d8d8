using System.Net;
using Microsoft.Azure.Cosmos;
using TikTok.Core.Documents;

namespace TikTok.Core.Cosmos;

/// <summary>The <see cref="Share"/>s, in their video's partition of <c>videos</c>: a share and the video's counter change in one transactional batch.</summary>
public sealed class ShareStore(CosmosClient client, VideoStore videos, TimeProvider time)
{
    private readonly Container _container = client.GetContainer(Containers.Database, Containers.Videos);

    /// <summary>Counts one share and answers the video's count of shares; null when the video is not there to be shared.</summary>
    /// <param name="operationId">The same for each repetition of the same request, which counts once; null when there are none.</param>
    public async Task<long?> AddAsync(string userId, string videoId, string? operationId, CancellationToken cancellationToken)
    {
        var share = new Share { Id = Share.IdFor(operationId ?? Id.New(time)), VideoId = videoId, UserId = userId, SharedAt = time.GetUtcNow() };
        using var batch = await _container.CreateTransactionalBatch(new PartitionKey(videoId))
            .CreateItem(share)
            .PatchItem(
                videoId,
                [PatchOperation.Increment("/counters/shares", 1)],
                new TransactionalBatchPatchItemRequestOptions { FilterPredicate = "FROM c WHERE c.status = 'ready'" })
            .ExecuteAsync(cancellationToken);
        if (batch.IsSuccessStatusCode) return batch.GetOperationResultAtIndex<Video>(1).Resource.Counters.Shares;

        if (batch[0].StatusCode == HttpStatusCode.Conflict)
            return await videos.FindAsync(videoId, cancellationToken) is { Status: VideoStatus.Ready } video ? video.Counters.Shares : null;
        if (batch[1].StatusCode is HttpStatusCode.NotFound or HttpStatusCode.PreconditionFailed) return null;
        throw new CosmosException(batch.ErrorMessage ?? "The share was refused.", batch.StatusCode, 0, batch.ActivityId, batch.RequestCharge);
    }

    /// <summary>At most <paramref name="count"/> of the account's shares, anywhere. Those older than <see cref="Share.TtlSeconds"/> are gone of themselves.</summary>
    public async Task<IReadOnlyList<Share>> FindOfAccountAsync(string userId, int count, CancellationToken cancellationToken)
    {
        var query = new QueryDefinition($"SELECT * FROM c WHERE c.type = '{Share.DocumentType}' AND c.userId = @user").WithParameter("@user", userId);
        return await _container.ListAsync<Share>(query, null, count, cancellationToken);
    }

    /// <summary>Forgets who shared. The count stays.</summary>
    public async Task RemoveAsync(Share share, CancellationToken cancellationToken)
    {
        await _container.RemoveAsync(share.Id, new PartitionKey(share.VideoId), cancellationToken);
    }
}
