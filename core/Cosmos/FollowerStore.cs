using Microsoft.Azure.Cosmos;
using TikTok.Core.Documents;

namespace TikTok.Core.Cosmos;

/// <summary>The container <c>edgesIn</c>: who follows an account or asks to, and how many do. A mirror of the <see cref="AccountEdge"/>s in <c>edges</c>.</summary>
public sealed class FollowerStore(CosmosClient client)
{
    private readonly CountedEdges _mirrors = new(client.GetContainer(Containers.Database, Containers.EdgesIn));

    public Task<long> CountFollowersAsync(string targetId, CancellationToken cancellationToken) => _mirrors.CountAsync(targetId, cancellationToken);

    /// <inheritdoc cref="CountedEdges.ListAsync"/>
    public Task<IReadOnlyList<AccountEdge>> ListAsync(
        string targetId, FollowState state, string? after, int count, CancellationToken cancellationToken) =>
        _mirrors.ListAsync(targetId, state, after, count, cancellationToken);

    /// <summary>Removes an account that is being erased from among the followers of others, and takes it out of their counts.</summary>
    /// <inheritdoc cref="CountedEdges.RemoveAsync"/>
    public Task<int> RemoveFromAsync(string userId, int count, CancellationToken cancellationToken) =>
        _mirrors.RemoveAsync("targetId", "userId", userId, count, cancellationToken);

    /// <summary>
    /// Mirrors the follow of an edge of <c>edges</c>, and counts it. Of several states of one edge, told in any order and any number of times, the one with the
    /// highest <see cref="AccountEdge.FollowVersion"/> stands, and is counted once.
    /// </summary>
    public async Task MirrorAsync(AccountEdge edge, CancellationToken cancellationToken)
    {
        // An end is mirrored even where its beginning was not: whoever tells of the beginning late must find that it is over.
        if (edge.FollowVersion == 0) return;
        while (true)
        {
            var current = await _mirrors.FindAsync(edge.TargetId, edge.UserId, cancellationToken);
            if (current?.FollowVersion >= edge.FollowVersion) return;
            var next = edge with { Id = AccountEdge.IdFor(edge.UserId), Blocking = false, Muting = false, ETag = current?.ETag };
            if (await _mirrors.CommitAsync(edge.TargetId, current, next, max: null, cancellationToken) == EdgeCommit.Written) return;
        }
    }
}
