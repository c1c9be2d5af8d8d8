using System.Text.Json;
using Microsoft.Azure.Functions.Worker;
using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;
using TikTok.Core.Events;

namespace TikTok.Functions.Social;

/// <summary>
/// What follows from a like: its mirror in the account's own partition, and an event for those who learn from likes. Both come from the change feed and not
/// from the request, so that a request that dies after its batch loses neither. Delivered again, the mirror is the same and the event carries the same id.
/// </summary>
public sealed class LikeChangeFunctions(EdgeStore edges, AccountStore accounts, InteractionLog log)
{
    /// <remarks>Retried for ever: changes given up on would be passed over.</remarks>
    [Function("MirrorLikes")]
    [ExponentialBackoffRetry(-1, "00:00:01", "00:01:00")]
    public async Task MirrorAsync(
        [CosmosDBTrigger(Containers.Database, Containers.Videos, Connection = Connections.Cosmos, LeaseContainerName = Containers.Leases,
            LeaseContainerPrefix = "likes", StartFromBeginning = true, FeedPollDelay = 1_000)] IReadOnlyList<JsonElement> changes,
        CancellationToken cancellationToken)
    {
        var likes = changes.OfDocumentType<Like>(Like.DocumentType).ToList();
        var existing = await accounts.FindExistingAsync([.. likes.Select(l => l.UserId)], cancellationToken);
        foreach (var like in likes.Where(l => existing.Contains(l.UserId))) await MirrorAsync(like, cancellationToken);
        if (likes.Count > 0) await log.AppendAsync([.. likes.Select(ToInteraction)], cancellationToken);
    }

    private Task MirrorAsync(Like like, CancellationToken cancellationToken)
    {
        var edge = new Edge { Id = Edge.IdFor(EdgeKind.Like, like.VideoId), UserId = like.UserId, TargetId = like.VideoId, Kind = EdgeKind.Like, CreatedAt = like.ChangedAt };
        return like.Liked ? edges.PutAsync(edge, cancellationToken) : edges.RemoveAsync(edge.UserId, edge.Id, cancellationToken);
    }

    private static Interaction ToInteraction(Like like) => new()
    {
        Id = $"{like.VideoId}:{like.UserId}:{like.ChangedAt.ToUnixTimeMilliseconds()}",
        Type = like.Liked ? InteractionType.Like : InteractionType.Unlike,
        VideoId = like.VideoId,
        UserId = like.UserId,
        At = like.ChangedAt,
    };
}
