using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Azure.Storage.Blobs;
using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;
using TikTok.Core.Messages;
using TikTok.Core.Storage;

namespace TikTok.Functions.Privacy;

/// <summary>
/// The person's videos with their blobs. Each is deleted the way its creator would; whoever carries that out says so on the tombstone, which is then looked after
/// (no blob may be left) and made nobody's.
/// </summary>
public sealed class VideosOfPerson(VideoStore videos, VideoQueues queues, BlobServiceClient blobs) : IPersonalData
{
    private const int PageSize = 50;

    public string Name => "videos";

    public IReadOnlyList<DataStore> Stores { get; } =
    [
        new(DataStoreKind.Container, Containers.Videos), new(DataStoreKind.BlobContainer, BlobContainers.Uploads),
        new(DataStoreKind.BlobContainer, BlobContainers.Media), new(DataStoreKind.BlobContainer, BlobContainers.PrivateMedia),
    ];

    public async IAsyncEnumerable<JsonObject> ExportAsync(Person person, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var video in await videos.FindOfCreatorAsync(person.UserId, areDeleted: false, int.MaxValue, cancellationToken))
        {
            yield return JsonSerializer.SerializeToNode(
                new ExportedVideo(
                    video.VideoId, video.Title, video.Description, video.Hashtags, video.SoundId, video.Visibility, video.Status, video.Upload.Filename,
                    video.Probe?.DurationMs ?? video.Upload.DurationMs, video.Counters, video.CreatedAt, video.PublishedAt, $"videos/{video.VideoId}"),
                CoreJson.Options)!.AsObject();
        }
    }

    public async Task<ErasureProgress> EraseAsync(Person person, CancellationToken cancellationToken)
    {
        // All are hidden before any is waited for.
        var shown = await videos.FindOfCreatorAsync(person.UserId, areDeleted: false, PageSize, cancellationToken);
        foreach (var video in shown)
        {
            await videos.ChangeAsync(video.VideoId, v => v.AsDeleted(), cancellationToken);
            await queues.SendAsync(new VideoDeletion(video.VideoId), cancellationToken);
        }
        if (shown.Count > 0) return ErasureProgress.More;

        var tombstones = await videos.FindOfCreatorAsync(person.UserId, areDeleted: true, PageSize, cancellationToken);
        var released = 0;
        foreach (var video in tombstones)
        {
            if (await TryReleaseAsync(video, cancellationToken)) released++;
        }
        if (tombstones.Count == 0) return ErasureProgress.Done;
        return released > 0 ? ErasureProgress.More : ErasureProgress.Waiting;
    }

    /// <summary>Makes the tombstone nobody's, once all that it stands for is gone.</summary>
    private async Task<bool> TryReleaseAsync(Video tombstone, CancellationToken cancellationToken)
    {
        if (tombstone.RemovedAt is null) return false;
        if (await HasBlobsAsync(tombstone.VideoId, cancellationToken))
        {
            await queues.SendAsync(new VideoDeletion(tombstone.VideoId), cancellationToken);
            return false;
        }

        await videos.ChangeAsync(
            tombstone.VideoId, v => v is { Status: VideoStatus.Deleted, RemovedAt: not null } ? v with { UserId = Account.Erased } : null, cancellationToken);
        return true;
    }

    public async Task<long> CountAsync(Person person, CancellationToken cancellationToken) =>
        (await videos.FindOfCreatorAsync(person.UserId, areDeleted: null, int.MaxValue, cancellationToken)).Count;

    private async Task<bool> HasBlobsAsync(string videoId, CancellationToken cancellationToken)
    {
        if (await blobs.GetBlobContainerClient(BlobContainers.Uploads).GetBlobClient(videoId).ExistsAsync(cancellationToken)) return true;
        foreach (var container in (string[])[BlobContainers.Media, BlobContainers.PrivateMedia])
        {
            await foreach (var _ in blobs.GetBlobContainerClient(container).GetBlobsAsync(prefix: MediaPaths.Prefix(videoId), cancellationToken: cancellationToken)) return true;
        }

        return false;
    }

    /// <param name="Link">Where the API tells, below its root, how to play it: addresses of media are only ever good for a while.</param>
    private sealed record ExportedVideo(
        string VideoId, string Title, string Description, IReadOnlyList<string> Hashtags, string? SoundId, Visibility Visibility, VideoStatus Status, string Filename,
        long DurationMs, VideoCounters Counters, DateTimeOffset CreatedAt, DateTimeOffset? PublishedAt, string Link);
}
