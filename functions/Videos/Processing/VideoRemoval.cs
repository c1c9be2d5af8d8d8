using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;
using TikTok.Core.Events;
using TikTok.Core.Storage;

namespace TikTok.Functions.Videos.Processing;

/// <summary>Removes everything of a deleted video. Every part may be repeated, and the tombstone comes last, so that a run that broke off is done again whole.</summary>
public sealed class VideoRemoval(
    VideoStore videos, UserVideoStore userVideos, CommentRemoval comments, InteractionLog interactions, BlobServiceClient blobs, TimeProvider time)
{
    /// <summary>Also cleans up after an id that has no video (any more): whatever was written under it is nobody's.</summary>
    public async Task RemoveAsync(string videoId, CancellationToken cancellationToken)
    {
        var video = await videos.FindAsync(videoId, cancellationToken);
        if (video is not null && video.Status != VideoStatus.Deleted) return;

        await RemoveUploadAsync(videoId, cancellationToken);
        await RemoveMediaAsync(BlobContainers.Media, videoId, cancellationToken);
        await RemoveMediaAsync(BlobContainers.PrivateMedia, videoId, cancellationToken);
        await videos.RemoveSatellitesAsync(videoId, cancellationToken);
        await comments.ClearAsync(videoId, cancellationToken);
        if (video is null) return;

        await userVideos.RemoveAsync(video.UserId, videoId, cancellationToken);
        await AnnounceAsync(video, cancellationToken);
        await videos.ChangeAsync(videoId, v => VideoTransitions.Bury(v, time.GetUtcNow()), cancellationToken);
    }

    /// <summary>Deletes a committed blob, and blocks that were staged but never committed, which would otherwise lie unseen for a week.</summary>
    public async Task RemoveUploadAsync(string videoId, CancellationToken cancellationToken)
    {
        var blob = blobs.GetBlobContainerClient(BlobContainers.Uploads).GetBlockBlobClient(videoId);
        if (await blob.DeleteIfExistsAsync(cancellationToken: cancellationToken)) return;
        try
        {
            BlockList staged = await blob.GetBlockListAsync(BlockListTypes.Uncommitted, cancellationToken: cancellationToken);
            if (!staged.UncommittedBlocks.Any()) return;
            await blob.CommitBlockListAsync([], cancellationToken: cancellationToken);
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return;
        }

        await blob.DeleteIfExistsAsync(cancellationToken: cancellationToken);
    }

    /// <summary>Deletes the video's blobs in one media container.</summary>
    public async Task RemoveMediaAsync(string container, string videoId, CancellationToken cancellationToken)
    {
        var client = blobs.GetBlobContainerClient(container);
        await foreach (var blob in client.GetBlobsAsync(BlobTraits.None, BlobStates.None, MediaPaths.Prefix(videoId), cancellationToken))
            await client.GetBlobClient(blob.Name).DeleteIfExistsAsync(DeleteSnapshotsOption.IncludeSnapshots, cancellationToken: cancellationToken);
    }

    private Task AnnounceAsync(Video video, CancellationToken cancellationToken)
    {
        var removed = new Interaction
        {
            Id = $"removed:{video.VideoId}",
            Type = InteractionType.Removed,
            VideoId = video.VideoId,
            UserId = video.UserId,
            At = time.GetUtcNow(),
        };
        return interactions.AppendAsync([removed], cancellationToken);
    }
}
