using System.Text.Json;
using Microsoft.Azure.Functions.Worker;
using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;
using TikTok.Core.Events;

namespace TikTok.Functions.Social;

/// <summary>
/// What follows from a change of the social graph, from the change feed and not from the request, so that a request that dies after its write loses nothing.
/// All of it bears repetition, delay and disorder.
/// </summary>
/// <remarks>Retried for ever: changes given up on would be passed over.</remarks>
public sealed class GraphChangeFunctions(SocialGraph graph, InteractionLog log)
{
    /// <summary>Mirrors follows, and ends those that a block cuts.</summary>
    [Function("SettleEdges")]
    [ExponentialBackoffRetry(-1, "00:00:01", "00:01:00")]
    public async Task SettleAsync(
        [CosmosDBTrigger(Containers.Database, Containers.Edges, Connection = Connections.Cosmos, LeaseContainerName = Containers.Leases,
            LeaseContainerPrefix = "accountEdges", StartFromBeginning = true, FeedPollDelay = 1_000)] IReadOnlyList<JsonElement> changes,
        CancellationToken cancellationToken)
    {
        foreach (var edge in changes.OfDocumentType<AccountEdge>(AccountEdge.DocumentType)) await graph.SettleAsync(edge, cancellationToken);
    }

    /// <summary>Tells the log of follows and unfollows. A mirror changes only when its follow does, so that a mute or a block is not taken for one.</summary>
    [Function("AnnounceFollows")]
    [ExponentialBackoffRetry(-1, "00:00:01", "00:01:00")]
    public async Task AnnounceAsync(
        [CosmosDBTrigger(Containers.Database, Containers.EdgesIn, Connection = Connections.Cosmos, LeaseContainerName = Containers.Leases,
            LeaseContainerPrefix = "follows", StartFromBeginning = true, FeedPollDelay = 1_000)] IReadOnlyList<JsonElement> changes,
        CancellationToken cancellationToken)
    {
        var news = changes.OfDocumentType<AccountEdge>(AccountEdge.DocumentType)
            .Where(edge => edge.Follow == FollowState.Following || edge.EndedFollow)
            .Select(ToInteraction)
            .ToList();
        if (news.Count > 0) await log.AppendAsync(news, cancellationToken);
    }

    /// <summary>Lets everyone follow who asked to, when a private account becomes public.</summary>
    [Function("AcceptRequestsOfPublicAccounts")]
    [ExponentialBackoffRetry(-1, "00:00:01", "00:01:00")]
    public async Task AcceptAsync(
        [CosmosDBTrigger(Containers.Database, Containers.Accounts, Connection = Connections.Cosmos, LeaseContainerName = Containers.Leases,
            LeaseContainerPrefix = "followRequests", StartFromBeginning = true, FeedPollDelay = 1_000)] IReadOnlyList<JsonElement> changes,
        CancellationToken cancellationToken)
    {
        foreach (var account in changes.OfDocumentType<Account>(Account.DocumentType).Where(a => !a.Private)) await graph.AcceptAllAsync(account.UserId, cancellationToken);
    }

    private static Interaction ToInteraction(AccountEdge edge) => new()
    {
        Id = $"follow:{edge.UserId}:{edge.TargetId}:{edge.FollowVersion}",
        Type = edge.Follow == FollowState.Following ? InteractionType.Follow : InteractionType.Unfollow,
        TargetUserId = edge.TargetId,
        UserId = edge.UserId,
        At = DateTimeOffset.FromUnixTimeMilliseconds(edge.FollowVersion),
    };
}
