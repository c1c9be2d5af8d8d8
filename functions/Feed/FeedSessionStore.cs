using System.Net;
using Microsoft.Azure.Cosmos;
using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;

namespace TikTok.Functions.Feed;

/// <summary>The <c>feedSessions</c> container.</summary>
public sealed class FeedSessionStore(CosmosClient client)
{
    private readonly Container _container = client.GetContainer(Containers.Database, Containers.FeedSessions);

    public Task<FeedSession?> FindAsync(string userId, string sessionId, CancellationToken cancellationToken) =>
        _container.FindAsync<FeedSession>(sessionId, new PartitionKey(userId), cancellationToken);

    /// <summary>Writes the session if nobody did since it was read; false when somebody did.</summary>
    /// <param name="latest">Written along with it, in one transaction, in place of the one before; null: it stays.</param>
    public async Task<bool> TrySaveAsync(FeedSession session, LatestPage? latest, CancellationToken cancellationToken)
    {
        var batch = _container.CreateTransactionalBatch(new PartitionKey(session.UserId));
        batch = session.ETag is null
            ? batch.CreateItem(session, new TransactionalBatchItemRequestOptions { EnableContentResponseOnWrite = false })
            : batch.ReplaceItem(session.Id, session, new TransactionalBatchItemRequestOptions { EnableContentResponseOnWrite = false, IfMatchEtag = session.ETag });
        if (latest is not null) batch = batch.UpsertItem(latest, new TransactionalBatchItemRequestOptions { EnableContentResponseOnWrite = false });

        using var answer = await batch.ExecuteAsync(cancellationToken);
        if (answer.IsSuccessStatusCode) return true;
        if (answer.StatusCode is HttpStatusCode.Conflict or HttpStatusCode.PreconditionFailed or HttpStatusCode.NotFound) return false;
        throw new CosmosException(answer.ErrorMessage ?? "The session was refused.", answer.StatusCode, 0, answer.ActivityId, answer.RequestCharge);
    }

    public Task<LatestPage?> FindLatestAsync(string userId, CancellationToken cancellationToken) =>
        _container.FindAsync<LatestPage>(LatestPage.TheId, new PartitionKey(userId), cancellationToken);

    /// <summary>Writes the page if nobody did since it was read; false when somebody did.</summary>
    public async Task<bool> TryReplaceLatestAsync(LatestPage page, CancellationToken cancellationToken) =>
        await _container.TrySaveAsync(page, page.Id, page.ETag, new PartitionKey(page.UserId), cancellationToken) is not null;

    /// <summary>Removes the page, if there is one.</summary>
    public Task ForgetLatestAsync(string userId, CancellationToken cancellationToken) =>
        _container.RemoveAsync(LatestPage.TheId, new PartitionKey(userId), cancellationToken);
}
