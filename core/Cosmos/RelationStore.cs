using Microsoft.Azure.Cosmos;
using TikTok.Core.Documents;

namespace TikTok.Core.Cosmos;

/// <summary>What two accounts are to each other, as the <c>edges</c> going out of both say: follows, blocks and mutes take effect with their write.</summary>
public sealed class RelationStore(CosmosClient client)
{
    private readonly Container _container = client.GetContainer(Containers.Database, Containers.Edges);

    /// <summary>What <paramref name="userId"/> and <paramref name="otherId"/> are to each other.</summary>
    public async Task<Relation> FindAsync(string userId, string otherId, CancellationToken cancellationToken) =>
        (await FindManyAsync(userId, [otherId], cancellationToken)).GetValueOrDefault(otherId, Relation.None);

    /// <summary>By the other's id; who is nothing to the account is absent.</summary>
    public async Task<IReadOnlyDictionary<string, Relation>> FindManyAsync(
        string userId, IReadOnlyCollection<string> otherIds, CancellationToken cancellationToken)
    {
        var others = otherIds.Where(id => id != userId).Distinct(StringComparer.Ordinal).ToList();
        if (others.Count == 0) return new Dictionary<string, Relation>(StringComparer.Ordinal);

        var keys = others.Select(other => (AccountEdge.IdFor(other), new PartitionKey(userId)))
            .Concat(others.Select(other => (AccountEdge.IdFor(userId), new PartitionKey(other)))).ToList();
        var edges = await _container.ReadManyItemsAsync<AccountEdge>(keys, cancellationToken: cancellationToken);
        return edges.GroupBy(edge => edge.UserId == userId ? edge.TargetId : edge.UserId, StringComparer.Ordinal)
            .ToDictionary(
                pair => pair.Key,
                pair => Relation.Of(pair.FirstOrDefault(e => e.UserId == userId), pair.FirstOrDefault(e => e.UserId != userId)),
                StringComparer.Ordinal);
    }
}

/// <summary>What an account and another are to each other, seen from the first.</summary>
public sealed record Relation(bool Following, bool Requested, bool FollowedBy, bool Blocking, bool BlockedBy, bool Muting)
{
    public static readonly Relation None = new(false, false, false, false, false, false);

    /// <summary>Neither sees anything of the other.</summary>
    public bool IsBlocked => Blocking || BlockedBy;

    /// <summary>A block ends follows and requests both ways, but writes in two partitions: between the two writes it wins already.</summary>
    internal static Relation Of(AccountEdge? ours, AccountEdge? theirs)
    {
        var (blocking, blockedBy) = (ours?.Blocking ?? false, theirs?.Blocking ?? false);
        var open = !blocking && !blockedBy;
        return new Relation(
            Following: open && ours?.Follow == FollowState.Following, Requested: open && ours?.Follow == FollowState.Requested,
            FollowedBy: open && theirs?.Follow == FollowState.Following, Blocking: blocking, BlockedBy: blockedBy, Muting: ours?.Muting ?? false);
    }
}
