using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;
using TikTok.Core.Events;
using TikTok.Functions.Platform;

namespace TikTok.Functions.Social;

/// <summary>Shares: each call counts one, and one that is repeated with its <c>Idempotency-Key</c> counts no more.</summary>
public sealed class ShareFunctions(ShareStore shares, VisibleVideos videos, InteractionLog log)
{
    [Function("ShareVideo"), Limited(RouteClass.Shares), Answers<ShareAnswer>]
    public async Task<IResult> ShareAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "videos/{id}/share")] HttpRequest request, string id, CancellationToken cancellationToken)
    {
        var caller = request.RequireCaller();
        await videos.FindAsync(id, caller, cancellationToken);
        var count = await shares.AddAsync(caller.UserId, id, request.FindOperationId(), cancellationToken) ?? throw Problems.NotFound("video");
        return Answers.Ok(new ShareAnswer(count));
    }

    /// <summary>Tells those who learn from shares. Delivered again, an event carries the same id.</summary>
    /// <remarks>Retried for ever: changes given up on would be passed over.</remarks>
    [Function("TellShares")]
    [ExponentialBackoffRetry(-1, "00:00:01", "00:01:00")]
    public async Task TellAsync(
        [CosmosDBTrigger(Containers.Database, Containers.Videos, Connection = Connections.Cosmos, LeaseContainerName = Containers.Leases,
            LeaseContainerPrefix = "shares", StartFromBeginning = true, FeedPollDelay = 1_000)] IReadOnlyList<JsonElement> changes,
        CancellationToken cancellationToken)
    {
        var shared = changes.OfDocumentType<Share>(Share.DocumentType).Select(ToInteraction).ToList();
        if (shared.Count > 0) await log.AppendAsync(shared, cancellationToken);
    }

    private static Interaction ToInteraction(Share share) => new()
    {
        Id = $"{share.VideoId}:{share.Id}",
        Type = InteractionType.Share,
        VideoId = share.VideoId,
        UserId = share.UserId,
        At = share.SharedAt,
    };
}

/// <param name="ShareCount">Everyone's shares, the caller's included.</param>
public sealed record ShareAnswer(long ShareCount);
