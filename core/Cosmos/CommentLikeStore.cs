using System.Net;
using Microsoft.Azure.Cosmos;
using TikTok.Core.Documents;

namespace TikTok.Core.Cosmos;

/// <summary>
/// The <see cref="CommentLike"/>s, in the partition of their comment: creating one and adding to the count is one transactional batch, as is deleting one and
/// taking off. Whoever likes twice meets the document, and nothing changes.
/// </summary>
public sealed class CommentLikeStore(CosmosClient client, TimeProvider time)
{
    private const string UnlessDeleted = "FROM c WHERE NOT IS_DEFINED(c.deletedAt)";

    private readonly Container _container = client.GetContainer(Containers.Database, Containers.Comments);

    /// <summary>Of <paramref name="commentIds"/>, which are of one video, those that the account likes.</summary>
    public async Task<IReadOnlySet<string>> FindLikedAsync(
        string userId, string videoId, IReadOnlyCollection<string> commentIds, CancellationToken cancellationToken)
    {
        if (commentIds.Count == 0) return new HashSet<string>(StringComparer.Ordinal);
        var keys = commentIds.Select(id => (CommentLike.IdFor(id, userId), new PartitionKey(videoId))).ToList();
        var likes = await _container.ReadManyItemsAsync<CommentLike>(keys, cancellationToken: cancellationToken);
        return likes.Select(like => like.CommentId).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>Makes the account like the comment, or not, and answers the comment's count of likes; null when the comment is not there to be liked.</summary>
    public async Task<long?> SetAsync(string userId, CommentId commentId, bool liked, CancellationToken cancellationToken)
    {
        var (comment, partition) = (commentId.ToString(), new PartitionKey(commentId.VideoId));
        var batch = _container.CreateTransactionalBatch(partition);
        if (liked)
            batch.CreateItem(ToLike(userId, commentId));
        else
            batch.DeleteItem(CommentLike.IdFor(comment, userId));
        batch.PatchItem(
            comment,
            [PatchOperation.Increment("/likes", liked ? 1 : -1)],
            new TransactionalBatchPatchItemRequestOptions { FilterPredicate = liked ? UnlessDeleted : null });

        using var answer = await batch.ExecuteAsync(cancellationToken);
        if (answer.IsSuccessStatusCode)
        {
            var now = answer.GetOperationResultAtIndex<Comment>(1).Resource;
            return now.DeletedAt is null ? now.Likes : null;
        }

        if (answer[0].StatusCode is HttpStatusCode.Conflict or HttpStatusCode.NotFound) return await CountAsync(comment, partition, cancellationToken);
        if (answer[1].StatusCode is HttpStatusCode.NotFound or HttpStatusCode.PreconditionFailed) return null;
        throw new CosmosException(answer.ErrorMessage ?? "The like was refused.", answer.StatusCode, 0, answer.ActivityId, answer.RequestCharge);
    }

    private CommentLike ToLike(string userId, CommentId commentId) => new()
    {
        Id = CommentLike.IdFor(commentId.ToString(), userId),
        VideoId = commentId.VideoId,
        CommentId = commentId.ToString(),
        UserId = userId,
        LikedAt = time.GetUtcNow(),
    };

    private async Task<long?> CountAsync(string commentId, PartitionKey partition, CancellationToken cancellationToken) =>
        await _container.FindAsync<Comment>(commentId, partition, cancellationToken) is { DeletedAt: null } comment ? comment.Likes : null;
}
