using TikTok.Core.Documents;

namespace TikTok.Functions.Videos.Processing;

/// <summary>Work that follows from a video's state.</summary>
public enum VideoWork
{
    /// <summary>Queue the probe job.</summary>
    Probe,

    /// <summary>Queue the transcode job.</summary>
    Transcode,

    /// <summary>Tell the log of interactions that the video is published.</summary>
    Publish,

    /// <summary>Delete the raw upload, which nothing needs any more.</summary>
    RemoveUpload,

    /// <summary>Queue the move of the media into the container that the visibility asks for.</summary>
    MoveMedia,

    /// <summary>Queue the removal of everything of a deleted video.</summary>
    Remove,
}

/// <summary>
/// Reads off a video's state what is still to be done, and records what was. Work is done after the state that asks for it is written, and recorded after
/// it is done: whoever crashes between leaves it outstanding for the redelivered message, or for the sweep.
/// </summary>
public static class VideoWorkload
{
    public static IReadOnlyList<VideoWork> Outstanding(Video video)
    {
        if (video.Status == VideoStatus.Deleted) return video.RemovedAt is null ? [VideoWork.Remove] : [];

        var given = video.Handovers;
        var over = video.TranscodedAt is not null || video.Failure is not null;
        var work = new List<VideoWork>();
        if (video.Status == VideoStatus.Processing && video.Probe is null && given.Probe is null) work.Add(VideoWork.Probe);
        if (video.Status == VideoStatus.Processing && video.Probe is not null && !over && given.Transcode is null) work.Add(VideoWork.Transcode);
        if (video.Status == VideoStatus.Ready && given.Published is null) work.Add(VideoWork.Publish);
        if (over && video.Upload.LandedAt is not null && given.UploadRemoved is null) work.Add(VideoWork.RemoveUpload);
        if (over && video.Renditions.Count > 0 && video.MediaContainer != video.WantedMediaContainer) work.Add(VideoWork.MoveMedia);
        return work;
    }

    /// <summary>Records that <paramref name="done"/> was done. Moves and removals are recorded by whoever carries them out.</summary>
    public static Video Settle(Video video, IReadOnlyCollection<VideoWork> done, DateTimeOffset now)
    {
        if (video.Status == VideoStatus.Deleted) return video;
        var given = video.Handovers;
        return video with
        {
            Handovers = given with
            {
                Probe = At(VideoWork.Probe, given.Probe),
                Transcode = At(VideoWork.Transcode, given.Transcode),
                Published = At(VideoWork.Publish, given.Published),
                UploadRemoved = At(VideoWork.RemoveUpload, given.UploadRemoved),
            },
        };

        DateTimeOffset? At(VideoWork work, DateTimeOffset? before) => done.Contains(work) ? before ?? now : before;
    }
}
