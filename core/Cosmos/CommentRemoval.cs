using System.Net;
using Microsoft.Azure.Cosmos;
using TikTok.Core.Documents;

namespace TikTok.Core.Cosmos;

/// <summary>
/// What goes with something else: the likes of a deleted comment, the comments of a deleted video, everything that an account left in <c>comments</c>. Each works in
/// pages of at most 100 documents and may be repeated: it finds what is left.
/// </summary>
public sealed class CommentRemoval(CosmosClient client, CommentStore comments, CommentLikeStore likes, TimeProvider time)
{
    /// <summary>What a transactional batch holds at most.</summary>
    private const int BatchSize = 100;

    /// <summary>How long a closed section bars the way: longer than a request that saw the video before may run.</summary>
    private const int ClosedTtlSeconds = 24 * 60 * 60;

    private readonly Container _container = client.GetContainer(Containers.Database, Containers.Comments);

    /// <summary>Removes all comments of a video that is deleted, and sees to it that none comes after.</summary>
    public async Task ClearAsync(string videoId, CancellationToken cancellationToken)
    {
        var closed = new CommentSection { VideoId = videoId, ClosedAt = time.GetUtcNow(), Ttl = ClosedTtlSeconds };
        await _container.UpsertItemAsync(closed, new PartitionKey(videoId), cancellationToken: cancellationToken);
        await RemoveAllAsync(
            videoId, new QueryDefinition($"SELECT TOP {BatchSize} VALUE c.id FROM c WHERE c.type != '{CommentSection.DocumentType}'"), cancellationToken);
    }

    /// <summary>Removes a deleted comment, with its likes, unless it is the tombstone above replies.</summary>
    public async Task CollectAsync(CommentId id, CancellationToken cancellationToken)
    {
        // No like comes after the deletion, so that what is found now is all.
        await RemoveAllAsync(
            id.VideoId,
            new QueryDefinition($"SELECT TOP {BatchSize} VALUE c.id FROM c WHERE c.id > @first AND c.id < @end")
                .WithParameter("@first", CommentLike.IdFor(id.ToString(), ""))
                .WithParameter("@end", $"like:{id};"), // ';' sorts after the ':' that a user's id follows.
            cancellationToken);
        if (await comments.FindAsync(id, cancellationToken) is not { IsShown: false } tombstone) return;

        // Where it changed since, the change feed tells of it again.
        var unchanged = new ItemRequestOptions { IfMatchEtag = tombstone.ETag };
        using var answer = await _container.DeleteItemStreamAsync(tombstone.Id, new PartitionKey(id.VideoId), unchanged, cancellationToken);
        if (answer.StatusCode is not (HttpStatusCode.NotFound or HttpStatusCode.PreconditionFailed)) answer.EnsureSuccessStatusCode();
    }

    /// <summary>
    /// Takes back what an account wrote and liked, a number of things at a time: comments are deleted as their author would, likes leave the counts. The account
    /// must not be able to write any more.
    /// </summary>
    /// <remarks>A query over all partitions: this is done once in an account's life, and no index by author is worth its price on every comment.</remarks>
    /// <returns>How many things were found; 0 when nothing of the account is left.</returns>
    public async Task<int> EraseAsync(string userId, int count, CancellationToken cancellationToken)
    {
        var query = new QueryDefinition("SELECT c.id, c.videoId, c.type, c.commentId FROM c WHERE c.userId = @userId OFFSET 0 LIMIT @count")
            .WithParameter("@userId", userId)
            .WithParameter("@count", count);
        var found = await _container.ListAsync<Trace>(query, null, count, cancellationToken);
        foreach (var trace in found) await EraseAsync(userId, trace, cancellationToken);
        return found.Count;
    }

    private async Task EraseAsync(string userId, Trace trace, CancellationToken cancellationToken)
    {
        switch (trace.Type)
        {
            case Comment.DocumentType:
                await comments.DeleteAsync(CommentId.Parse(trace.Id)!.Value, cancellationToken);
                break;
            case CommentLike.DocumentType:
                await likes.SetAsync(userId, CommentId.Parse(trace.CommentId)!.Value, liked: false, cancellationToken);
                break;
            default:
                await _container.RemoveAsync(trace.Id, new PartitionKey(trace.VideoId), cancellationToken);
                break;
        }
    }

    private async Task RemoveAllAsync(string videoId, QueryDefinition idsOfOneBatch, CancellationToken cancellationToken)
    {
        var partition = new PartitionKey(videoId);
        while (true)
        {
            var ids = await _container.ListAsync<string>(idsOfOneBatch, partition, null, cancellationToken);
            if (ids.Count == 0) return;

            var batch = _container.CreateTransactionalBatch(partition);
            foreach (var id in ids) batch.DeleteItem(id);
            using var answer = await batch.ExecuteAsync(cancellationToken);

            // One that is gone meanwhile fails its batch: see what is left.
            if (answer.IsSuccessStatusCode || answer.Any(part => part.StatusCode == HttpStatusCode.NotFound)) continue;
            throw new CosmosException(answer.ErrorMessage ?? "The batch was refused.", answer.StatusCode, 0, answer.ActivityId, answer.RequestCharge);
        }
    }

    private sealed record Trace(string Id, string VideoId, string Type, string? CommentId);
}
