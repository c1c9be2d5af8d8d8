using Microsoft.Azure.Cosmos;
using TikTok.Core.Documents;

namespace TikTok.Core.Cosmos;

/// <summary>What two accounts are to each other, as the <c>edges</c> going out of both say: follows, blocks and mutes take effect with their write.</summary>
public sealed class RelationStore(CosmosClient client)
{
    private static readonly EdgeKind[] Ours = [EdgeKind.Follow, EdgeKind.FollowRequest, EdgeKind.Block, EdgeKind.Mute];
    private static readonly EdgeKind[] Theirs = [EdgeKind.Follow, EdgeKind.Block];

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

        var keys = others.SelectMany(other => Ours.Select(kind => (Edge.IdFor(kind, other), new PartitionKey(userId)))
            .Concat(Theirs.Select(kind => (Edge.IdFor(kind, userId), new PartitionKey(other))))).ToList();
        var edges = await _container.ReadManyItemsAsync<Edge>(keys, cancellationToken: cancellationToken);
        return edges.GroupBy(edge => edge.UserId == userId ? edge.TargetId : edge.UserId, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => Relation.Of(userId, group), StringComparer.Ordinal);
    }
}

/// <summary>What an account and another are to each other, seen from the first.</summary>
public sealed record Relation(bool Following, bool Requested, bool FollowedBy, bool Blocking, bool BlockedBy, bool Muting)
{
    public static readonly Relation None = new(false, false, false, false, false, false);

    /// <summary>Neither sees anything of the other.</summary>
    public bool IsBlocked => Blocking || BlockedBy;

    internal static Relation Of(string userId, IEnumerable<Edge> edges)
    {
        var (ours, theirs) = (edges.Where(e => e.UserId == userId).Select(e => e.Kind).ToHashSet(), edges.Where(e => e.UserId != userId).Select(e => e.Kind).ToHashSet());
        return new Relation(
            Following: ours.Contains(EdgeKind.Follow), Requested: ours.Contains(EdgeKind.FollowRequest), FollowedBy: theirs.Contains(EdgeKind.Follow),
            Blocking: ours.Contains(EdgeKind.Block), BlockedBy: theirs.Contains(EdgeKind.Block), Muting: ours.Contains(EdgeKind.Mute));
    }
}
