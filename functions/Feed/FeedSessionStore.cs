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
    public async Task<bool> TrySaveAsync(FeedSession session, CancellationToken cancellationToken)
    {
        var options = new ItemRequestOptions { EnableContentResponseOnWrite = false, IfMatchEtag = session.ETag };
        try
        {
            _ = session.ETag is null
                ? await _container.CreateItemAsync(session, new PartitionKey(session.UserId), options, cancellationToken)
                : await _container.ReplaceItemAsync(session, session.Id, new PartitionKey(session.UserId), options, cancellationToken);
            return true;
        }
        catch (CosmosException e) when (e.StatusCode is HttpStatusCode.Conflict or HttpStatusCode.PreconditionFailed or HttpStatusCode.NotFound)
        {
            return false;
        }
    }
}
