using Microsoft.Azure.Cosmos;
using TikTok.Core.Documents;

namespace TikTok.Core.Cosmos;

/// <summary>
/// The <see cref="AccountEdge"/>s of the container <c>edges</c>: the truth of who follows, blocks and mutes whom, and how many an account follows. Whoever
/// changes one tells <see cref="FollowerStore"/>; the change feed does so again.
/// </summary>
public sealed class AccountEdgeStore(CosmosClient client, TimeProvider time)
{
    /// <summary>How many accounts one may follow.</summary>
    public const int MaxFollowing = 10_000;

    private readonly CountedEdges _edges = new(client.GetContainer(Containers.Database, Containers.Edges));

    /// <summary>What <paramref name="userId"/> is to <paramref name="targetId"/>; nothing, if it never did anything.</summary>
    public async Task<AccountEdge> FindAsync(string userId, string targetId, CancellationToken cancellationToken) =>
        await _edges.FindAsync(userId, targetId, cancellationToken) ?? AccountEdge.Between(userId, targetId);

    public Task<long> CountFollowingAsync(string userId, CancellationToken cancellationToken) => _edges.CountAsync(userId, cancellationToken);

    /// <inheritdoc cref="CountedEdges.ListAsync"/>
    public Task<IReadOnlyList<AccountEdge>> ListFollowingAsync(string userId, string? after, int count, CancellationToken cancellationToken) =>
        _edges.ListAsync(userId, FollowState.Following, after, count, cancellationToken);

    /// <summary>
    /// Changes <see cref="AccountEdge.Follow"/>, <see cref="AccountEdge.Blocking"/> and <see cref="AccountEdge.Muting"/> under optimistic concurrency:
    /// <paramref name="change"/> is asked again when somebody else wrote meanwhile, so it must be free of side effects; what equals its argument is not written.
    /// </summary>
    /// <returns>The edge as it is now; null, and nothing changed, when it would be one follow more than <see cref="MaxFollowing"/>.</returns>
    public async Task<AccountEdge?> ChangeAsync(
        string userId, string targetId, Func<AccountEdge, AccountEdge> change, CancellationToken cancellationToken)
    {
        while (true)
        {
            var current = await FindAsync(userId, targetId, cancellationToken);
            var next = Version(current, change(current));
            if (next == current) return current;
            switch (await _edges.CommitAsync(userId, current, next, MaxFollowing, cancellationToken))
            {
                case EdgeCommit.Written: return next;
                case EdgeCommit.Full: return null;
                case EdgeCommit.Raced: break;
            }
        }
    }

    /// <summary>Removes what others are to an account that is being erased, and takes it out of their counts.</summary>
    /// <inheritdoc cref="CountedEdges.RemoveAsync"/>
    public Task<int> RemoveToAsync(string targetId, int count, CancellationToken cancellationToken) =>
        _edges.RemoveAsync("userId", "targetId", targetId, count, cancellationToken);

    private AccountEdge Version(AccountEdge current, AccountEdge next) => next.Follow == current.Follow ? next : next with
    {
        FollowVersion = Math.Max(current.FollowVersion + 1, time.GetUtcNow().ToUnixTimeMilliseconds()),
        EndedFollow = next.Follow == FollowState.None && current.Follow == FollowState.Following,
    };
}
