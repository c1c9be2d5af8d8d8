using Azure.Storage.Blobs;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;
using TikTok.Core.Events;
using TikTok.Core.Messages;
using TikTok.Core.Storage;
using TikTok.Core.Telemetry;

namespace TikTok.Functions.Videos.Processing;

/// <summary>Changes videos, and does the work that follows from the change.</summary>
/// <remarks>
/// When a call returns, the change is written and its work handed over; when it throws, the change may be written, and the same call again finishes what is
/// outstanding. Two calls at once may hand over the same work twice, which every receiver bears.
/// </remarks>
public sealed class VideoPipeline(VideoStore videos, VideoQueues queues, InteractionLog interactions, BlobServiceClient blobs, TimeProvider time)
{
    /// <param name="change">One of the <see cref="VideoTransitions"/>; free of side effects, and null to leave the video as it is.</param>
    /// <returns>The video as it is now; null when there is none.</returns>
    public async Task<Video?> ChangeAsync(string videoId, Func<Video, Video?> change, CancellationToken cancellationToken)
    {
        Video? before = null;
        var video = await videos.ChangeAsync(videoId, v => change(before = v), cancellationToken);
        if (video is null) return null;
        ProcessingMetrics.Record(before!, video, time.GetUtcNow());
        return await FinishAsync(video, cancellationToken);
    }

    /// <summary>Does what is outstanding of a video as it was read.</summary>
    public async Task<Video> FinishAsync(Video video, CancellationToken cancellationToken)
    {
        var outstanding = VideoWorkload.Outstanding(video);
        if (outstanding.Count == 0) return video;
        foreach (var work in outstanding) await DoAsync(work, video, cancellationToken);
        return await videos.ChangeAsync(video.VideoId, v => VideoWorkload.Settle(v, outstanding, time.GetUtcNow()), cancellationToken) ?? video;
    }

    private async Task DoAsync(VideoWork work, Video video, CancellationToken cancellationToken)
    {
        using var activity = Tracing.StartWithin(NameOf(work), video.Upload.Trace);
        activity?.SetTag("video.id", video.VideoId);
        await HandOverAsync(work, video, cancellationToken);
    }

    private static string NameOf(VideoWork work) => work switch
    {
        VideoWork.Probe => "ask for probe",
        VideoWork.Transcode => "ask for transcode",
        VideoWork.Publish => "publish",
        VideoWork.RemoveUpload => "remove upload",
        VideoWork.MoveMedia => "ask for media move",
        VideoWork.Remove => "ask for removal",
        _ => throw new ArgumentOutOfRangeException(nameof(work), work, null),
    };

    private Task HandOverAsync(VideoWork work, Video video, CancellationToken cancellationToken) => work switch
    {
        VideoWork.Probe => queues.SendAsync(new ProbeJob(video.VideoId), cancellationToken),
        VideoWork.Transcode => queues.SendAsync(new TranscodeJob(video.VideoId, video.Probe!, video.MediaContainer!), cancellationToken),
        VideoWork.Publish => PublishAsync(video, cancellationToken),
        VideoWork.RemoveUpload => blobs.GetBlobContainerClient(BlobContainers.Uploads).GetBlobClient(video.VideoId)
            .DeleteIfExistsAsync(cancellationToken: cancellationToken),
        VideoWork.MoveMedia => queues.SendAsync(new MediaMove(video.VideoId), cancellationToken),
        VideoWork.Remove => queues.SendAsync(new VideoDeletion(video.VideoId), cancellationToken),
        _ => throw new ArgumentOutOfRangeException(nameof(work), work, null),
    };

    private Task PublishAsync(Video video, CancellationToken cancellationToken)
    {
        var published = new Interaction
        {
            Id = $"published:{video.VideoId}",
            Type = InteractionType.Published,
            VideoId = video.VideoId,
            UserId = video.UserId,
            At = video.PublishedAt!.Value,
        };
        return interactions.AppendAsync([published], cancellationToken);
    }
}
