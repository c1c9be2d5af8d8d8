using Microsoft.Azure.Cosmos;
using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;

namespace TikTok.Functions.Social;

/// <summary>The <c>edges</c> container: what an account likes, newest first by id of the video.</summary>
public sealed class EdgeStore(CosmosClient client)
{
    private readonly Container _container = client.GetContainer(Containers.Database, Containers.Edges);

    public Task PutAsync(Edge edge, CancellationToken cancellationToken) =>
        _container.UpsertItemAsync(edge, new PartitionKey(edge.UserId), new ItemRequestOptions { EnableContentResponseOnWrite = false }, cancellationToken);

    /// <summary>Removes the edge; nothing happens when it is not there.</summary>
    public Task RemoveAsync(string userId, string edgeId, CancellationToken cancellationToken) =>
        _container.RemoveAsync(edgeId, new PartitionKey(userId), cancellationToken);
}
