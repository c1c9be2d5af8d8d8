using Microsoft.Azure.Cosmos;
using TikTok.Core.Documents;

namespace TikTok.Core.Cosmos;

/// <summary>The container <c>privacyRequests</c>.</summary>
public sealed class PrivacyRequestStore(CosmosClient client)
{
    private readonly Container _container = client.GetContainer(Containers.Database, Containers.PrivacyRequests);

    public Task<PrivacyRequest?> FindAsync(string userId, PrivacyRequestKind kind, CancellationToken cancellationToken) =>
        _container.FindAsync<PrivacyRequest>(PrivacyRequest.IdFor(kind), new PartitionKey(userId), cancellationToken);

    /// <summary>
    /// Writes the request over the one whose ETag it carries, or where there is none if it carries none.
    /// </summary>
    /// <returns>The request as it is now; null when somebody else wrote meanwhile.</returns>
    public async Task<PrivacyRequest?> TrySaveAsync(PrivacyRequest request, CancellationToken cancellationToken)
    {
        var etag = await _container.TrySaveAsync(request, request.Id, request.ETag, new PartitionKey(request.UserId), cancellationToken);
        return etag is null ? null : request with { ETag = etag };
    }

    /// <summary>Requests that are due, and that nobody has written to since.</summary>
    public async Task<IReadOnlyList<PrivacyRequest>> FindIdleAsync(DateTimeOffset idleSince, int count, CancellationToken cancellationToken)
    {
        var query = new QueryDefinition("SELECT * FROM c WHERE c.status != 'completed' AND c._ts < @idle AND (NOT IS_DEFINED(c.dueAt) OR c.dueAt < @idleTime)")
            .WithParameter("@idle", idleSince.ToUnixTimeSeconds())
            .WithParameter("@idleTime", idleSince);
        return await _container.ListAsync<PrivacyRequest>(query, null, count, cancellationToken);
    }
}
