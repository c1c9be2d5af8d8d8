using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;
using TikTok.Core.Messages;
using TikTok.Core.Storage;

namespace TikTok.Functions.Videos.Processing;

/// <summary>
/// Brings a finished video's media into the container that its visibility asks for: copies, says where they are now, and only then deletes the old ones.
/// Viewers are sent to wherever the document says, so that a video plays throughout; who may see it changed with the visibility already.
/// </summary>
public sealed class MediaMover(
    VideoStore videos, VideoPipeline pipeline, VideoRemoval removal, VideoQueues queues, BlobServiceClient blobs, TimeProvider time)
{
    /// <summary>Longer than the host lets a function run (host.json's functionTimeout), so that whoever held an expired lock has ended.</summary>
    private static readonly TimeSpan LockLifetime = TimeSpan.FromMinutes(6);
    private static readonly TimeSpan BusyDelay = TimeSpan.FromSeconds(30);

    public async Task MoveAsync(string videoId, CancellationToken cancellationToken)
    {
        var mine = new MediaMoveLock(Id.New(time), time.GetUtcNow() + LockLifetime);
        var video = await videos.ChangeAsync(videoId, v => MayMove(v) && !IsBusy(v) ? v with { MoveLock = mine } : null, cancellationToken);
        if (video is null || !MayMove(video)) return;
        if (video.MoveLock != mine)
        {
            await queues.SendAsync(new MediaMove(videoId), cancellationToken, BusyDelay);
            return;
        }

        try
        {
            await MoveAsync(video, cancellationToken);
        }
        finally
        {
            // If the visibility changed meanwhile, this also asks for the next move.
            await pipeline.ChangeAsync(videoId, v => v.MoveLock == mine ? v with { MoveLock = null } : null, cancellationToken);
        }
    }

    private async Task MoveAsync(Video video, CancellationToken cancellationToken)
    {
        var to = video.WantedMediaContainer;
        if (video.MediaContainer != to)
        {
            await CopyAsync(video.VideoId, video.MediaContainer!, to, cancellationToken);
            var moved = await videos.ChangeAsync(
                video.VideoId, v => v.WantedMediaContainer == to || v.Status == VideoStatus.Deleted ? VideoTransitions.Move(v, to) : null, cancellationToken);
            if (moved is null || moved.Status == VideoStatus.Deleted) return;
            video = moved;
        }

        // Wherever the document does not point: the old place, or copies that are no longer wanted.
        await removal.RemoveMediaAsync(
            video.MediaContainer == BlobContainers.Media ? BlobContainers.PrivateMedia : BlobContainers.Media, video.VideoId, cancellationToken);
    }

    private async Task CopyAsync(string videoId, string from, string to, CancellationToken cancellationToken)
    {
        var source = blobs.GetBlobContainerClient(from);
        var target = blobs.GetBlobContainerClient(to);
        await foreach (var item in source.GetBlobsAsync(BlobTraits.None, BlobStates.None, MediaPaths.Prefix(videoId), cancellationToken))
        {
            // Within one account the copy needs no signature of its own, and takes the content's properties along.
            var blob = target.GetBlobClient(item.Name);
            var copy = await blob.StartCopyFromUriAsync(source.GetBlobClient(item.Name).Uri, cancellationToken: cancellationToken);
            await copy.WaitForCompletionAsync(cancellationToken);
            BlobProperties copied = await blob.GetPropertiesAsync(cancellationToken: cancellationToken);
            if (copied.CopyStatus is not CopyStatus.Success)
                throw new InvalidOperationException($"Blob '{item.Name}' was not copied: {copied.CopyStatusDescription ?? copied.CopyStatus.ToString()}.");
            await blob.SetHttpHeadersAsync(
                new BlobHttpHeaders { ContentType = copied.ContentType, CacheControl = CacheControl(to, copied.CacheControl) }, cancellationToken: cancellationToken);
        }
    }

    /// <summary>What only some may see must not stay in a shared cache.</summary>
    private static string? CacheControl(string container, string? before) => container == BlobContainers.Media
        ? before?.Replace("private", "public", StringComparison.Ordinal)
        : before?.Replace("public", "private", StringComparison.Ordinal);

    /// <summary>Before the encoder is done it would go on writing to the old place.</summary>
    private static bool MayMove(Video video) =>
        video is { MediaContainer: not null } && video.Status != VideoStatus.Deleted && (video.TranscodedAt is not null || video.Failure is not null);

    private bool IsBusy(Video video) => video.MoveLock is { } held && held.Until > time.GetUtcNow();
}
