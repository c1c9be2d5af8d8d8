using System.Globalization;
using System.Net;
using Microsoft.Azure.Cosmos;
using TikTok.Core.Documents;

namespace TikTok.Core.Cosmos;

internal enum EdgeCommit { Written, Raced, Full }

/// <summary>The <see cref="AccountEdge"/>s of a container and the <see cref="FollowCount"/> of each of its partitions, which change together or not at all.</summary>
internal sealed class CountedEdges(Container container)
{
    public Task<AccountEdge?> FindAsync(string partition, string otherId, CancellationToken cancellationToken) =>
        ReadAsync<AccountEdge>(partition, AccountEdge.IdFor(otherId), cancellationToken);

    public async Task<long> CountAsync(string partition, CancellationToken cancellationToken) =>
        (await ReadAsync<FollowCount>(partition, FollowCount.DocumentId, cancellationToken))?.Count ?? 0;

    /// <summary>The partition's follows or requests, those that began last first.</summary>
    /// <param name="after">The <see cref="AccountEdge.SortKey"/> of the last one seen, or null to begin.</param>
    /// <param name="count">How many at most.</param>
    public async Task<IReadOnlyList<AccountEdge>> ListAsync(
        string partition, FollowState state, string? after, int count, CancellationToken cancellationToken)
    {
        var query = new QueryDefinition(
            $"""
            SELECT * FROM c WHERE c.type = '{AccountEdge.DocumentType}' AND c.follow = @state AND (@after = '' OR c.sortKey < @after)
            ORDER BY c.sortKey DESC OFFSET 0 LIMIT @count
            """)
            .WithParameter("@state", state == FollowState.Following ? "following" : "requested")
            .WithParameter("@after", after ?? "")
            .WithParameter("@count", count);
        return await container.ListAsync<AccountEdge>(query, new PartitionKey(partition), count, cancellationToken);
    }

    /// <summary>Writes <paramref name="next"/> over <paramref name="current"/> if nobody did meanwhile, and counts the difference.</summary>
    /// <param name="max">How many follows the partition may hold; null: any number.</param>
    public async Task<EdgeCommit> CommitAsync(string partition, AccountEdge? current, AccountEdge next, long? max, CancellationToken cancellationToken)
    {
        var added = Weight(next) - Weight(current);
        while (true)
        {
            using var batch = await WriteAsync(partition, current, next, added, max, cancellationToken);
            if (batch.IsSuccessStatusCode) return EdgeCommit.Written;
            if (batch[0].StatusCode is HttpStatusCode.Conflict or HttpStatusCode.PreconditionFailed or HttpStatusCode.NotFound) return EdgeCommit.Raced;
            switch (added == 0 ? default : batch[1].StatusCode)
            {
                case HttpStatusCode.NotFound:
                    await BeginCountAsync(partition, cancellationToken);
                    break;
                case HttpStatusCode.PreconditionFailed:
                    return EdgeCommit.Full;
                default:
                    throw new CosmosException(batch.ErrorMessage ?? "The edge was refused.", batch.StatusCode, 0, batch.ActivityId, batch.RequestCharge);
            }
        }
    }

    /// <summary>Removes edges from all partitions with this account at their far end, and what they count for there.</summary>
    /// <param name="partitionProperty">The property that the container is partitioned by.</param>
    /// <param name="farProperty">The property that holds the far end.</param>
    /// <param name="count">How many at most.</param>
    /// <returns>How many were found; fewer may have been removed where somebody else was writing.</returns>
    public async Task<int> RemoveAsync(string partitionProperty, string farProperty, string farId, int count, CancellationToken cancellationToken)
    {
        var query = new QueryDefinition(
            $"SELECT c.{partitionProperty} AS partition, c.id, c.follow, c._etag AS etag FROM c WHERE c.type = '{AccountEdge.DocumentType}' AND c.{farProperty} = @far OFFSET 0 LIMIT @count")
            .WithParameter("@far", farId)
            .WithParameter("@count", count);
        var found = await container.ListAsync<FarEdge>(query, null, count, cancellationToken);
        foreach (var edge in found) await RemoveAsync(edge, cancellationToken);
        return found.Count;
    }

    private async Task RemoveAsync(FarEdge edge, CancellationToken cancellationToken)
    {
        var batch = container.CreateTransactionalBatch(new PartitionKey(edge.Partition))
            .DeleteItem(edge.Id, new TransactionalBatchItemRequestOptions { IfMatchEtag = edge.ETag });
        if (edge.Follow == FollowState.Following) batch.PatchItem(FollowCount.DocumentId, [PatchOperation.Increment("/count", -1)]);
        using var answer = await batch.ExecuteAsync(cancellationToken);

        // Whoever wrote meanwhile left it for the next time.
        if (answer.IsSuccessStatusCode || answer[0].StatusCode is HttpStatusCode.PreconditionFailed or HttpStatusCode.NotFound) return;
        if (edge.Follow == FollowState.Following && answer[1].StatusCode == HttpStatusCode.NotFound)
        {
            // The account there is being erased too, and its count was first.
            await container.RemoveAsync(edge.Id, new PartitionKey(edge.Partition), cancellationToken);
            return;
        }
        throw new CosmosException(answer.ErrorMessage ?? "The edge was not removed.", answer.StatusCode, 0, answer.ActivityId, answer.RequestCharge);
    }

    private static int Weight(AccountEdge? edge) => edge?.Follow == FollowState.Following ? 1 : 0;

    private async Task<TransactionalBatchResponse> WriteAsync(
        string partition, AccountEdge? current, AccountEdge next, int added, long? max, CancellationToken cancellationToken)
    {
        var quiet = new TransactionalBatchItemRequestOptions { EnableContentResponseOnWrite = false, IfMatchEtag = current?.ETag };
        var batch = container.CreateTransactionalBatch(new PartitionKey(partition));
        batch = current?.ETag is null ? batch.CreateItem(next, quiet) : batch.ReplaceItem(next.Id, next, quiet);
        if (added != 0)
        {
            batch.PatchItem(
                FollowCount.DocumentId,
                [PatchOperation.Increment("/count", added)],
                new TransactionalBatchPatchItemRequestOptions
                {
                    EnableContentResponseOnWrite = false,
                    FilterPredicate = added > 0 && max is { } most ? string.Create(CultureInfo.InvariantCulture, $"FROM c WHERE c.count < {most}") : null,
                });
        }
        return await batch.ExecuteAsync(cancellationToken);
    }

    /// <summary>Once in an account's life; a count of nothing is as true as none.</summary>
    private async Task BeginCountAsync(string partition, CancellationToken cancellationToken)
    {
        try
        {
            await container.CreateItemAsync(
                new FollowCount { UserId = partition, TargetId = partition }, new PartitionKey(partition), cancellationToken: cancellationToken);
        }
        catch (CosmosException e) when (e.StatusCode == HttpStatusCode.Conflict)
        {
            // Another follow of this account was first.
        }
    }

    private Task<T?> ReadAsync<T>(string partition, string id, CancellationToken cancellationToken)
        where T : class =>
        container.FindAsync<T>(id, new PartitionKey(partition), cancellationToken);

    private sealed record FarEdge(string Partition, string Id, FollowState Follow, string ETag);
}
