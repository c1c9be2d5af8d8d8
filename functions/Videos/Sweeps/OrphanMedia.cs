using Azure.Storage.Blobs;
using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;
using TikTok.Core.Messages;
using TikTok.Core.Storage;
using TikTok.Functions.Platform;

namespace TikTok.Functions.Videos.Sweeps;

/// <summary>
/// Renditions and thumbnails that nobody can reach: of no video, of one that is gone, or in the container that the video is not played from. Whoever removes and
/// moves them ordinarily is asked to do so again.
/// </summary>
public sealed class OrphanMedia(string container, BlobServiceClient blobs, VideoStore videos, VideoQueues queues, TimeProvider time) : ISweep
{
    /// <summary>Longer than an encoder works on one video, with every retry.</summary>
    public static readonly TimeSpan OldAfter = TimeSpan.FromDays(1);

    private readonly BlobContainerClient _media = blobs.GetBlobContainerClient(container);

    public string Name => container == BlobContainers.Media ? "orphanMedia" : "orphanPrivateMedia";

    public async Task<SweepOutcome> RunAsync(string? position, CancellationToken cancellationToken)
    {
        var (page, next) = await BlobPages.ReadAsync(_media, position, cancellationToken);
        var old = page.GroupBy(blob => blob.Name.Split('/')[0], StringComparer.Ordinal)
            .Where(group => Id.IsValid(group.Key) && group.All(blob => blob.Properties.LastModified < time.GetUtcNow() - OldAfter))
            .Select(group => group.Key)
            .ToList();
        var found = (await videos.FindManyAsync(old, cancellationToken)).ToDictionary(v => v.VideoId, StringComparer.Ordinal);
        var settled = 0;
        foreach (var videoId in old)
        {
            var video = found.GetValueOrDefault(videoId);
            if (video is null or { Status: VideoStatus.Deleted, RemovedAt: not null })
                await queues.SendAsync(new VideoDeletion(videoId), cancellationToken);
            else if (video is { Status: not VideoStatus.Deleted, TranscodedAt: not null } && video.MediaContainer != container)
                await queues.SendAsync(new MediaMove(videoId), cancellationToken);
            else
                continue;
            settled++;
        }

        return new SweepOutcome(page.Count, settled, next);
    }
}
