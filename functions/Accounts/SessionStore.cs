using System.Net;
using Microsoft.Azure.Cosmos;
using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;

namespace TikTok.Functions.Accounts;

/// <summary>The session documents of the container <c>accounts</c>, each in its account's partition.</summary>
public sealed class SessionStore(CosmosClient client)
{
    private readonly Container _container = client.GetContainer(Containers.Database, Containers.Accounts);

    public Task<Session?> FindAsync(string userId, string sessionId, CancellationToken cancellationToken) =>
        _container.FindAsync<Session>(Session.IdFor(sessionId), new PartitionKey(userId), cancellationToken);

    /// <summary>An account's sessions of one generation, newest first.</summary>
    /// <param name="after">The id of the last document seen, or null to begin.</param>
    /// <param name="count">How many at most.</param>
    public async Task<IReadOnlyList<Session>> ListAsync(string userId, int generation, string? after, int count, CancellationToken cancellationToken)
    {
        var query = new QueryDefinition(
            "SELECT * FROM c WHERE c.type = @type AND c.generation = @generation AND (@after = '' OR c.id < @after) ORDER BY c.id DESC OFFSET 0 LIMIT @count")
            .WithParameter("@type", Session.DocumentType)
            .WithParameter("@generation", generation)
            .WithParameter("@after", after ?? "")
            .WithParameter("@count", count);
        return await _container.ListAsync<Session>(query, new PartitionKey(userId), count, cancellationToken);
    }

    public Task CreateAsync(Session session, CancellationToken cancellationToken) =>
        _container.CreateItemAsync(session, new PartitionKey(session.UserId), cancellationToken: cancellationToken);

    /// <summary>Writes the session over the one whose ETag it carries. False: that is no longer there.</summary>
    public async Task<bool> TryReplaceAsync(Session session, CancellationToken cancellationToken)
    {
        try
        {
            await _container.ReplaceItemAsync(
                session, session.Id, new PartitionKey(session.UserId), new ItemRequestOptions { IfMatchEtag = session.ETag }, cancellationToken);
            return true;
        }
        catch (CosmosException e) when (e.StatusCode is HttpStatusCode.PreconditionFailed or HttpStatusCode.NotFound)
        {
            return false;
        }
    }

    /// <summary>
    /// Writes the account over the one whose ETag it carries and takes one session along into its generation, both or neither. False: the account has changed
    /// meanwhile, or the session is not there.
    /// </summary>
    public async Task<bool> TryOutliveAsync(Account account, string sessionId, CancellationToken cancellationToken)
    {
        using var batch = await _container.CreateTransactionalBatch(new PartitionKey(account.UserId))
            .ReplaceItem(account.Id, account, new TransactionalBatchItemRequestOptions { IfMatchEtag = account.ETag })
            .PatchItem(Session.IdFor(sessionId), [PatchOperation.Set("/generation", account.SessionGeneration)])
            .ExecuteAsync(cancellationToken);
        if (batch.IsSuccessStatusCode) return true;
        return batch.StatusCode is HttpStatusCode.PreconditionFailed or HttpStatusCode.NotFound
            ? false
            : throw new CosmosException(batch.ErrorMessage ?? "The account was refused.", batch.StatusCode, 0, batch.ActivityId, batch.RequestCharge);
    }

    /// <summary>Ends the session. False: there is none.</summary>
    public Task<bool> DeleteAsync(string userId, string sessionId, CancellationToken cancellationToken) =>
        _container.RemoveAsync(Session.IdFor(sessionId), new PartitionKey(userId), cancellationToken);
}
