using System.Text.Json;
using Microsoft.Azure.Functions.Worker;
using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;
using TikTok.Core.Events;

namespace TikTok.Functions.Social.Comments;

/// <summary>
/// What follows from comments: the video's count, an event for those who learn from comments, and the end of what is deleted. It comes from the change feed and
/// not from the request, so that a request that dies after its batch loses none of it. Delivered again, or late, it comes to the same.
/// </summary>
public sealed class CommentChangeFunctions(VideoStore videos, CommentRemoval removal, InteractionLog log)
{
    /// <remarks>Retried for ever: changes given up on would be passed over.</remarks>
    [Function("FollowComments")]
    [ExponentialBackoffRetry(-1, "00:00:01", "00:01:00")]
    public async Task FollowAsync(
        [CosmosDBTrigger(Containers.Database, Containers.Comments, Connection = Connections.Cosmos, LeaseContainerName = Containers.Leases,
            LeaseContainerPrefix = "comments", StartFromBeginning = true, FeedPollDelay = 1_000)] IReadOnlyList<JsonElement> changes,
        CancellationToken cancellationToken)
    {
        foreach (var section in changes.OfDocumentType<CommentSection>(CommentSection.DocumentType).Where(s => s.ClosedAt is null))
            await videos.SetCommentsAsync(section.VideoId, section.Comments, section.Version, cancellationToken);

        var posted = changes.OfDocumentType<CommentPosted>(CommentPosted.DocumentType).Select(ToInteraction).ToList();
        if (posted.Count > 0) await log.AppendAsync(posted, cancellationToken);

        foreach (var deleted in changes.OfDocumentType<Comment>(Comment.DocumentType).Where(c => c.DeletedAt is not null))
            await removal.CollectAsync(CommentId.Parse(deleted.Id)!.Value, cancellationToken);
    }

    private static Interaction ToInteraction(CommentPosted posted) => new()
    {
        Id = posted.CommentId,
        Type = InteractionType.Comment,
        VideoId = posted.VideoId,
        UserId = posted.UserId,
        At = posted.At,
    };
}
