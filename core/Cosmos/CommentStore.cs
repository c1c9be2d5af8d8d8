using System.Net;
using Microsoft.Azure.Cosmos;
using TikTok.Core.Documents;

namespace TikTok.Core.Cosmos;

/// <summary>
/// The container <c>comments</c>: a video's comment tree, in the video's partition. Everything that counts changes in the transactional batch that records the act;
/// a reply takes its number in the same batch, so that whoever has read up to a number has missed nothing below it.
/// </summary>
public sealed class CommentStore(CosmosClient client, TimeProvider time)
{
    private const string Roots = "c.type = 'comment' AND (NOT IS_DEFINED(c.deletedAt) OR c.replies > 0)";
    private const string UnlessClosed = "FROM c WHERE NOT IS_DEFINED(c.closedAt)";
    private const string UnlessDeleted = "FROM c WHERE NOT IS_DEFINED(c.deletedAt)";

    /// <summary>How long a reply tries for its number before it gives up: longer than any thread was ever that busy, shorter than a client waits.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(500);

    private readonly Container _container = client.GetContainer(Containers.Database, Containers.Comments);

    /// <summary>The comment; a tombstone too. null when there is none.</summary>
    public Task<Comment?> FindAsync(CommentId id, CancellationToken cancellationToken) =>
        ReadAsync<Comment>(id.ToString(), id.VideoId, cancellationToken);

    /// <summary>Of <paramref name="ids"/>, the comments that exist, by id.</summary>
    public async Task<IReadOnlyDictionary<string, Comment>> FindManyAsync(
        string videoId, IReadOnlyCollection<string> ids, CancellationToken cancellationToken)
    {
        if (ids.Count == 0) return new Dictionary<string, Comment>(StringComparer.Ordinal);
        var keys = ids.Select(id => (id, new PartitionKey(videoId))).ToList();
        var found = await _container.ReadManyItemsAsync<Comment>(keys, cancellationToken: cancellationToken);
        return found.ToDictionary(comment => comment.Id, StringComparer.Ordinal);
    }

    /// <summary>null before the first comment.</summary>
    public Task<CommentSection?> FindSectionAsync(string videoId, CancellationToken cancellationToken) =>
        ReadAsync<CommentSection>(CommentSection.DocumentId, videoId, cancellationToken);

    /// <summary>The comments directly under the video, newest first.</summary>
    /// <param name="before">The id of the last one seen, or null to begin.</param>
    /// <param name="except">Ids to leave out.</param>
    /// <param name="count">How many at most.</param>
    public Task<IReadOnlyList<Comment>> ListRootsAsync(
        string videoId, string? before, IReadOnlyCollection<string> except, int count, CancellationToken cancellationToken)
    {
        var query = new QueryDefinition(
            $"SELECT * FROM c WHERE c.sortKey < @before AND {Roots} AND NOT ARRAY_CONTAINS(@except, c.id) ORDER BY c.sortKey DESC OFFSET 0 LIMIT @count")
            .WithParameter("@before", before ?? $"{videoId}.") // '.' sorts after the '-' that every root of the video goes on with.
            .WithParameter("@except", except)
            .WithParameter("@count", count);
        return ListAsync<Comment>(query, videoId, count, cancellationToken);
    }

    /// <summary>The ids of the comments directly under the video that most people like, and that anyone does.</summary>
    public Task<IReadOnlyList<string>> ListMostLikedAsync(string videoId, int count, CancellationToken cancellationToken)
    {
        var query = new QueryDefinition(
            "SELECT VALUE c.id FROM c WHERE c.type = 'comment' AND c.likes > 0 AND IS_DEFINED(c.sortKey) AND NOT IS_DEFINED(c.deletedAt) ORDER BY c.likes DESC OFFSET 0 LIMIT @count")
            .WithParameter("@count", count);
        return ListAsync<string>(query, videoId, count, cancellationToken);
    }

    /// <summary>The replies of a thread that are not deleted, in order.</summary>
    /// <param name="after">The number of the last one seen, or 0 to begin.</param>
    /// <param name="count">How many at most.</param>
    public Task<IReadOnlyList<Comment>> ListRepliesAsync(CommentId root, int after, int count, CancellationToken cancellationToken)
    {
        var query = new QueryDefinition(
            "SELECT * FROM c WHERE c.id > @after AND c.id < @end AND c.type = 'comment' AND NOT IS_DEFINED(c.deletedAt) ORDER BY c.id OFFSET 0 LIMIT @count")
            .WithParameter("@after", after == 0 ? $"{root}." : root.Reply(after).ToString())
            .WithParameter("@end", $"{root}/") // '/' sorts after the '.' that every reply goes on with.
            .WithParameter("@count", count);
        return ListAsync<Comment>(query, root.VideoId, count, cancellationToken);
    }

    /// <summary>Posts a comment; once only, however often the same operation is repeated.</summary>
    /// <returns>The comment; null when what it was to stand under is gone.</returns>
    /// <exception cref="TimeoutException">So many answer this thread at once that no number was to be had.</exception>
    public async Task<Comment?> PostAsync(CommentDraft draft, CancellationToken cancellationToken)
    {
        var operation = draft.OperationId ?? Id.New(time);
        var newRoot = CommentId.NewRoot(draft.VideoId, time);
        var started = time.GetTimestamp();
        for (var attempt = 0; ; attempt++)
        {
            var id = draft.Parent is { } parent ? await NextReplyAsync(parent.Root, cancellationToken) : newRoot;
            if (id is null) return null;

            var comment = draft.ToComment(id.Value, time.GetUtcNow());
            using var batch = await CommitAsync(comment, id.Value, operation, cancellationToken);
            if (batch.IsSuccessStatusCode) return comment;

            // What did not fail itself is marked as failed for the other's sake (424).
            var failed = Enumerable.Range(0, batch.Count).FirstOrDefault(i => batch[i].StatusCode != HttpStatusCode.FailedDependency);
            switch ((Part: failed, batch[failed].StatusCode))
            {
                case (0, HttpStatusCode.Conflict):
                    return await FindPostedAsync(draft.VideoId, operation, cancellationToken);
                case (1, HttpStatusCode.NotFound):
                    await OpenSectionAsync(draft.VideoId, cancellationToken);
                    continue;
                case (1, HttpStatusCode.PreconditionFailed):
                    return null;
                case (2 or 3, HttpStatusCode.Conflict or HttpStatusCode.PreconditionFailed or HttpStatusCode.NotFound):
                    break; // Someone else took the number, or the root is gone: read it again.
                default:
                    throw Refused(batch);
            }

            if (time.GetElapsedTime(started) > Patience) throw new TimeoutException("Too many replies to one comment at once.");
            await Task.Delay(Pause(attempt), time, cancellationToken);
        }
    }

    /// <summary>
    /// Deletes a comment: its content goes at once, and it from all counts. The tombstone stays above replies that there are; the change feed sees to the
    /// rest (<see cref="CommentRemoval.CollectAsync"/>).
    /// </summary>
    /// <returns>Whether this call deleted it; false when there was nothing to delete.</returns>
    public async Task<bool> DeleteAsync(CommentId id, CancellationToken cancellationToken)
    {
        PatchOperation[] empty =
        [
            PatchOperation.Set("/deletedAt", time.GetUtcNow()), PatchOperation.Set("/verified", false),
            PatchOperation.Remove("/userId"), PatchOperation.Remove("/username"), PatchOperation.Remove("/text"),
        ];
        var batch = _container.CreateTransactionalBatch(new PartitionKey(id.VideoId))
            .PatchItem(id.ToString(), empty, Quiet(UnlessDeleted))
            .PatchItem(CommentSection.DocumentId, Counted(-1), Quiet());
        if (!id.IsRoot) batch.PatchItem(id.Root.ToString(), [PatchOperation.Increment("/replies", -1)], Quiet());

        using var answer = await batch.ExecuteAsync(cancellationToken);
        if (answer.IsSuccessStatusCode) return true;
        if (answer.Any(part => part.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.PreconditionFailed)) return false;
        throw Refused(answer);
    }

    /// <summary>Shows this comment before all others, in place of the one that was.</summary>
    public Task PinAsync(CommentId id, CancellationToken cancellationToken) =>
        PatchSectionAsync(id.VideoId, PatchOperation.Set("/pinnedId", id.ToString()), UnlessClosed, cancellationToken);

    /// <summary>Shows this comment in its place again, if it is the pinned one.</summary>
    public Task UnpinAsync(CommentId id, CancellationToken cancellationToken) =>
        PatchSectionAsync(id.VideoId, PatchOperation.Remove("/pinnedId"), $"FROM c WHERE c.pinnedId = '{id}'", cancellationToken);

    private async Task<CommentId?> NextReplyAsync(CommentId rootId, CancellationToken cancellationToken) =>
        await FindAsync(rootId, cancellationToken) is { IsShown: true } root ? rootId.Reply(root.LastReply + 1) : null;

    private async Task<TransactionalBatchResponse> CommitAsync(Comment comment, CommentId id, string operation, CancellationToken cancellationToken)
    {
        var posted = new CommentPosted
        {
            Id = CommentPosted.IdFor(operation),
            VideoId = id.VideoId,
            CommentId = comment.Id,
            UserId = comment.UserId!,
            At = comment.CreatedAt,
        };
        var batch = _container.CreateTransactionalBatch(new PartitionKey(id.VideoId))
            .CreateItem(posted, Quiet())
            .PatchItem(CommentSection.DocumentId, Counted(1), Quiet(UnlessClosed))
            .CreateItem(comment, Quiet());

        // Conditional on the number alone, not on the ETag: likes of the root are no reason to begin again.
        if (!id.IsRoot)
        {
            batch.PatchItem(
                id.Root.ToString(),
                [PatchOperation.Increment("/replies", 1), PatchOperation.Set("/lastReply", id.Sequence)],
                Quiet($"FROM c WHERE c.lastReply = {id.Sequence - 1} AND (NOT IS_DEFINED(c.deletedAt) OR c.replies > 0)"));
        }

        return await batch.ExecuteAsync(cancellationToken);
    }

    private async Task<Comment?> FindPostedAsync(string videoId, string operation, CancellationToken cancellationToken)
    {
        var posted = await ReadAsync<CommentPosted>(CommentPosted.IdFor(operation), videoId, cancellationToken);
        return posted is not null && CommentId.Parse(posted.CommentId) is { } id && await FindAsync(id, cancellationToken) is { DeletedAt: null } comment
            ? comment
            : null;
    }

    private async Task OpenSectionAsync(string videoId, CancellationToken cancellationToken)
    {
        try
        {
            await _container.CreateItemAsync(new CommentSection { VideoId = videoId }, new PartitionKey(videoId), cancellationToken: cancellationToken);
        }
        catch (CosmosException e) when (e.StatusCode == HttpStatusCode.Conflict)
        {
            // Someone else's first comment came first.
        }
    }

    private async Task PatchSectionAsync(string videoId, PatchOperation change, string condition, CancellationToken cancellationToken)
    {
        try
        {
            await _container.PatchItemAsync<CommentSection>(
                CommentSection.DocumentId, new PartitionKey(videoId), [change], new PatchItemRequestOptions { FilterPredicate = condition }, cancellationToken);
        }
        catch (CosmosException e) when (e.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.PreconditionFailed)
        {
            // Then there is nothing to change.
        }
    }

    private Task<T?> ReadAsync<T>(string id, string videoId, CancellationToken cancellationToken)
        where T : class =>
        _container.FindAsync<T>(id, new PartitionKey(videoId), cancellationToken);

    private Task<IReadOnlyList<T>> ListAsync<T>(QueryDefinition query, string videoId, int count, CancellationToken cancellationToken) =>
        _container.ListAsync<T>(query, new PartitionKey(videoId), count, cancellationToken);

    private static PatchOperation[] Counted(int change) => [PatchOperation.Increment("/comments", change), PatchOperation.Increment("/version", 1)];

    private static TransactionalBatchPatchItemRequestOptions Quiet(string? condition = null) =>
        new() { EnableContentResponseOnWrite = false, FilterPredicate = condition };

    /// <summary>Any time up to one that doubles: those who met once should not meet again.</summary>
    private static TimeSpan Pause(int attempt)
    {
        var longest = Math.Min(LongestPause.TotalMilliseconds, 4 << Math.Min(attempt, 10));
        return TimeSpan.FromMilliseconds(Random.Shared.NextDouble() * longest);
    }

    private static CosmosException Refused(TransactionalBatchResponse batch) =>
        new(batch.ErrorMessage ?? "The batch was refused.", batch.StatusCode, 0, batch.ActivityId, batch.RequestCharge);
}

/// <summary>A comment that is to be posted.</summary>
/// <param name="Parent">The comment that it answers; null directly under the video.</param>
/// <param name="Text">As it is stored.</param>
/// <param name="OperationId">The same for each repetition of the same request; null when there are none.</param>
public sealed record CommentDraft(
    string VideoId, CommentId? Parent, string UserId, string Username, bool Verified, string Text, string? OperationId = null)
{
    internal Comment ToComment(CommentId id, DateTimeOffset now) => new()
    {
        Id = id.ToString(),
        VideoId = VideoId,
        UserId = UserId,
        Username = Username,
        Verified = Verified,
        Text = Text,
        ParentId = Parent?.ToString(),
        SortKey = id.IsRoot ? id.ToString() : null,
        CreatedAt = now,
    };
}
