using System.Text.Json;
using Microsoft.Azure.Functions.Worker;
using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;
using TikTok.Functions.Videos.Processing;

namespace TikTok.Functions.Videos;

/// <summary>Keeps the creators' lists of videos, and what the videos copy of their creators.</summary>
public sealed class UserVideosFunctions(VideoStore videos, UserVideoStore userVideos, CreatorCopies copies)
{
    /// <remarks>
    /// A batch may come twice, or late: the list is brought in line with the video as it is now, not as it was in the feed. A document is read after the
    /// change that told of it, and the changes of one partition come in order, so that the last writing of a row is of the last state.
    /// </remarks>
    [Function("UserVideosKept")]
    [ExponentialBackoffRetry(-1, "00:00:01", "00:01:00")]
    public async Task KeepAsync(
        [CosmosDBTrigger(
            Containers.Database,
            Containers.Videos,
            Connection = Connections.Cosmos,
            LeaseContainerName = Containers.Leases,
            LeaseContainerPrefix = "userVideos",
            StartFromBeginning = true,
            FeedPollDelay = 1_000)]
        IReadOnlyList<JsonElement> changes,
        CancellationToken cancellationToken)
    {
        var changed = changes.OfDocumentType<Video>(Video.DocumentType)
            .Select(video => video.VideoId)
            .Distinct(StringComparer.Ordinal)
            .ToList();
        var found = await videos.FindManyAsync(changed, cancellationToken);
        foreach (var video in found) await userVideos.ReflectAsync(video, cancellationToken);
        await copies.RefreshAsync([.. found.Where(v => v.Status != VideoStatus.Deleted)], cancellationToken);
    }

    /// <summary>A creator's name, verification or privacy may have changed.</summary>
    [Function("CreatorCopiesKept")]
    [ExponentialBackoffRetry(-1, "00:00:01", "00:01:00")]
    public async Task SpreadAsync(
        [CosmosDBTrigger(
            Containers.Database,
            Containers.Accounts,
            Connection = Connections.Cosmos,
            LeaseContainerName = Containers.Leases,
            LeaseContainerPrefix = "creatorCopies",
            StartFromBeginning = true,
            FeedPollDelay = 1_000)]
        IReadOnlyList<JsonElement> changes,
        CancellationToken cancellationToken)
    {
        var due = changes.OfDocumentType<Account>(Account.DocumentType)
            .Where(a => a.CopiedVersion < a.CopyVersion);
        foreach (var account in due) await copies.SpreadAsync(account.UserId, cancellationToken);
    }
}
