using System.Net;
using Microsoft.Azure.Cosmos;
using TikTok.Core;
using TikTok.Core.Documents;

namespace TikTok.Functions.Accounts;

/// <summary>The session documents of the container <c>accounts</c>, each in its account's partition.</summary>
public sealed class SessionStore(CosmosClient client)
{
    private readonly Container _container = client.GetContainer(Containers.Database, Containers.Accounts);

    public async Task<Session?> FindAsync(string userId, string sessionId, CancellationToken cancellationToken)
    {
        try
        {
            return await _container.ReadItemAsync<Session>(Session.IdFor(sessionId), new PartitionKey(userId), cancellationToken: cancellationToken);
        }
        catch (CosmosException e) when (e.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
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

    /// <summary>Ends the session, if it still is one.</summary>
    public async Task DeleteAsync(string userId, string sessionId, CancellationToken cancellationToken)
    {
        try
        {
            await _container.DeleteItemAsync<Session>(Session.IdFor(sessionId), new PartitionKey(userId), cancellationToken: cancellationToken);
        }
        catch (CosmosException e) when (e.StatusCode == HttpStatusCode.NotFound)
        {
            // Then it is as wanted.
        }
    }
}
