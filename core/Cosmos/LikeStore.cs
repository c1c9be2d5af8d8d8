using System.Net;
using Microsoft.Azure.Cosmos;
using TikTok.Core.Documents;

namespace TikTok.Core.Cosmos;

/// <summary>
/// The <see cref="Like"/>s, which lie in their video's partition of <c>videos</c>, so that a like and the video's counter change in one transactional batch:
/// the count is exact whatever is repeated, raced or cut off.
/// </summary>
public sealed class LikeStore(CosmosClient client, TimeProvider time)
{
    private const string UnlessDeleted = "FROM c WHERE c.status = 'ready'";
    private const int UnlikedTtlSeconds = 30 * 24 * 60 * 60;

    private readonly Container _container = client.GetContainer(Containers.Database, Containers.Videos);

    /// <summary>Of <paramref name="videoIds"/>, those that the account likes.</summary>
    public async Task<IReadOnlySet<string>> FindLikedAsync(string userId, IReadOnlyCollection<string> videoIds, CancellationToken cancellationToken)
    {
        if (videoIds.Count == 0) return new HashSet<string>();
        var keys = videoIds.Select(videoId => (Like.IdFor(userId), new PartitionKey(videoId))).ToList();
        var likes = await _container.ReadManyItemsAsync<Like>(keys, cancellationToken: cancellationToken);
        return likes.Where(l => l.Liked).Select(l => l.VideoId).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>Makes the account like the video, or not, and answers the video's count of likes; null when the video is not there to be liked.</summary>
    public async Task<long?> SetAsync(string userId, string videoId, bool liked, CancellationToken cancellationToken)
    {
        while (true)
        {
            var current = await FindAsync(userId, videoId, cancellationToken);
            if ((current?.Liked ?? false) == liked) return await CountAsync(videoId, cancellationToken);

            using var batch = await CommitAsync(Next(current, userId, videoId, liked), current?.ETag, cancellationToken);
            if (batch.IsSuccessStatusCode) return batch.GetOperationResultAtIndex<Video>(1).Resource.Counters.Likes;

            // The like itself lost a race: decide again on what is there now. The video's own refusal (gone, or not ready) is final.
            if (batch[0].StatusCode is HttpStatusCode.Conflict or HttpStatusCode.PreconditionFailed or HttpStatusCode.NotFound) continue;
            if (batch[1].StatusCode is HttpStatusCode.NotFound or HttpStatusCode.PreconditionFailed) return null;
            throw new CosmosException(batch.ErrorMessage ?? "The like was refused.", batch.StatusCode, 0, batch.ActivityId, batch.RequestCharge);
        }
    }

    /// <summary>At most <paramref name="count"/> of the likes, and former likes, that the account has anywhere.</summary>
    public async Task<IReadOnlyList<Like>> FindOfAccountAsync(string userId, int count, CancellationToken cancellationToken)
    {
        var query = new QueryDefinition($"SELECT * FROM c WHERE c.type = '{Like.DocumentType}' AND c.userId = @user").WithParameter("@user", userId);
        return await _container.ListAsync<Like>(query, null, count, cancellationToken);
    }

    /// <summary>Removes the like and, unless it was taken back before or the video is deleted, takes it off the count.</summary>
    /// <returns>Whether it is gone; false when it changed since <paramref name="like"/> was read.</returns>
    public async Task<bool> TryRemoveAsync(Like like, CancellationToken cancellationToken)
    {
        var unchanged = new TransactionalBatchItemRequestOptions { IfMatchEtag = like.ETag };
        if (like.Liked)
        {
            using var counted = await _container.CreateTransactionalBatch(new PartitionKey(like.VideoId))
                .DeleteItem(like.Id, unchanged)
                .PatchItem(like.VideoId, [PatchOperation.Increment("/counters/likes", -1)], new TransactionalBatchPatchItemRequestOptions { FilterPredicate = "FROM c WHERE c.status != 'deleted'" })
                .ExecuteAsync(cancellationToken);
            if (counted.IsSuccessStatusCode || counted[0].StatusCode == HttpStatusCode.NotFound) return true;
            if (counted[0].StatusCode == HttpStatusCode.PreconditionFailed) return false;
            if (counted[1].StatusCode is not (HttpStatusCode.NotFound or HttpStatusCode.PreconditionFailed))
                throw new CosmosException(counted.ErrorMessage ?? "The removal was refused.", counted.StatusCode, 0, counted.ActivityId, counted.RequestCharge);
        }

        using var removed = await _container.DeleteItemStreamAsync(
            like.Id, new PartitionKey(like.VideoId), new ItemRequestOptions { IfMatchEtag = like.ETag }, cancellationToken);
        if (removed.StatusCode is HttpStatusCode.NotFound) return true;
        if (removed.StatusCode is HttpStatusCode.PreconditionFailed) return false;
        removed.EnsureSuccessStatusCode();
        return true;
    }

    private Like Next(Like? current, string userId, string videoId, bool liked) => new()
    {
        Id = Like.IdFor(userId),
        VideoId = videoId,
        UserId = userId,
        Liked = liked,
        ChangedAt = time.GetUtcNow(),
        Ttl = liked ? null : UnlikedTtlSeconds,
        ETag = current?.ETag,
    };

    private async Task<TransactionalBatchResponse> CommitAsync(Like like, string? etag, CancellationToken cancellationToken)
    {
        var batch = _container.CreateTransactionalBatch(new PartitionKey(like.VideoId));
        batch = etag is null
            ? batch.CreateItem(like)
            : batch.ReplaceItem(like.Id, like, new TransactionalBatchItemRequestOptions { IfMatchEtag = etag });
        batch.PatchItem(
            like.VideoId,
            [PatchOperation.Increment("/counters/likes", like.Liked ? 1 : -1)],
            new TransactionalBatchPatchItemRequestOptions { FilterPredicate = UnlessDeleted });
        return await batch.ExecuteAsync(cancellationToken);
    }

    private Task<Like?> FindAsync(string userId, string videoId, CancellationToken cancellationToken) =>
        _container.FindAsync<Like>(Like.IdFor(userId), new PartitionKey(videoId), cancellationToken);

    private async Task<long?> CountAsync(string videoId, CancellationToken cancellationToken) =>
        await _container.FindAsync<Video>(videoId, new PartitionKey(videoId), cancellationToken) is { Status: VideoStatus.Ready } video ? video.Counters.Likes : null;
}
