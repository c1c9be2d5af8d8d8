using Azure.Storage.Blobs;
using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;
using TikTok.Core.Storage;
using TikTok.Functions.Platform;

namespace TikTok.Functions.Videos.Sweeps;

/// <summary>Raw uploads that no video needs: of no video, of one that is gone, or of one whose upload was deleted before and came again.</summary>
public sealed class OrphanUploads(BlobServiceClient blobs, VideoStore videos, TimeProvider time) : ISweep
{
    /// <summary>A day longer than any upload URL is good for.</summary>
    public static readonly TimeSpan OldAfter = TimeSpan.FromDays(1);

    private readonly BlobContainerClient _uploads = blobs.GetBlobContainerClient(BlobContainers.Uploads);

    public string Name => "orphanUploads";

    public async Task<SweepOutcome> RunAsync(string? position, CancellationToken cancellationToken)
    {
        var (page, next) = await BlobPages.ReadAsync(_uploads, position, cancellationToken);
        var old = page.Where(blob => blob.Properties.LastModified < time.GetUtcNow() - OldAfter).Select(blob => blob.Name).ToList();
        var needed = (await videos.FindManyAsync([.. old.Where(Id.IsValid)], cancellationToken)).Where(Needs).Select(v => v.VideoId).ToHashSet(StringComparer.Ordinal);
        var orphans = old.Where(name => !needed.Contains(name)).ToList();
        foreach (var name in orphans) await _uploads.DeleteBlobIfExistsAsync(name, cancellationToken: cancellationToken);
        return new SweepOutcome(page.Count, orphans.Count, next);
    }

    /// <summary>What is being deleted is left to whoever does it.</summary>
    private static bool Needs(Video video) => video.Status == VideoStatus.Deleted ? video.RemovedAt is null : video.Handovers.UploadRemoved is null;
}
