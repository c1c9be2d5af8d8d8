using TikTok.Core.Documents;
using TikTok.Core.Messages;

namespace TikTok.Functions.Videos.Processing;

/// <summary>
/// The state machine of a video, as pure functions. Each fact (the blob landed, the words came, a step ended) is recorded by itself, and the status follows
/// from all facts recorded; so the facts may come in any order and any number of times, and end the same.
/// </summary>
/// <remarks>
/// What wins over what: deleted, then a moderator's decision, then "a rendition plays", then a failure, then the two halves of the upload.
/// A rendition wins over a failure, so that an encoder that gave up at 1080p, or a job that ran twice, takes no playing video down.
/// What work follows is not returned by the transitions but read off the state: <see cref="VideoWorkload.Outstanding"/>.
/// </remarks>
public static class VideoTransitions
{
    /// <summary>How long a tombstone outlives its video: longer than any upload URL or job that could still write a blob.</summary>
    public static readonly TimeSpan TombstoneLifetime = TimeSpan.FromDays(30);

    /// <summary>The committed blob was seen.</summary>
    /// <param name="bytes">Its size.</param>
    public static Video Land(Video video, long bytes, DateTimeOffset now)
    {
        if (video.Status == VideoStatus.Deleted) return Reopen(video);

        // A blob that is committed again when the pipeline is done with it must go again.
        if (video.Upload.LandedAt is not null)
            return video.Handovers.UploadRemoved is null ? video : video with { Handovers = video.Handovers with { UploadRemoved = null } };

        var landed = video with { Upload = video.Upload with { LandedAt = now, LandedBytes = bytes } };
        return bytes > video.Upload.FileSize
            ? Fail(landed, new VideoFailure(VideoStepNames.Upload, "The file is larger than was declared."), now)
            : Derive(landed, now);
    }

    /// <summary>The creator's words came. Until processing begins the latest words stand; from then on only an edit changes them.</summary>
    /// <param name="trace">The call's <c>traceparent</c>.</param>
    public static Video Complete(Video video, VideoWords words, DateTimeOffset now, string? trace = null)
    {
        if (video.Status == VideoStatus.Deleted || (video.Upload.CompletedAt is not null && video.Status != VideoStatus.Uploading)) return video;
        var completed = words.ApplyTo(video) with
        {
            Upload = video.Upload with { CompletedAt = video.Upload.CompletedAt ?? now, Trace = video.Upload.Trace ?? trace },
        };
        return Derive(completed, now);
    }

    /// <summary>What a step of the processing came to.</summary>
    public static Video Apply(Video video, VideoStep step, VideoLimits limits, DateTimeOffset now)
    {
        // Whoever reports may have written a blob after the clean-up.
        if (video.Status == VideoStatus.Deleted) return Reopen(video);
        return (step.Step, step.Outcome) switch
        {
            (VideoStepNames.Probe, StepOutcome.Succeeded) when step.Probe is { } probe => Probed(video, probe, limits, now),
            (VideoStepNames.Transcode, StepOutcome.Progress) => video with { Progress = Math.Max(video.Progress, Math.Clamp(step.Progress ?? 0, 0, 99)) },
            (VideoStepNames.Transcode, StepOutcome.Succeeded) => video with { TranscodedAt = video.TranscodedAt ?? now, Progress = 100 },
            (VideoStepNames.Rendition, StepOutcome.Succeeded) when step.Rendition is { } rendition => Derive(Joined(video, rendition), now),
            (VideoStepNames.Thumbnails, StepOutcome.Succeeded) =>
                video with { ThumbnailCount = Math.Max(video.ThumbnailCount, step.ThumbnailCount ?? 0) },

            // A video plays without thumbnails.
            (VideoStepNames.Thumbnails, StepOutcome.Failed) => video,
            (_, StepOutcome.Failed) => Fail(video, new VideoFailure(step.Step, step.Reason ?? "Processing failed."), now),
            _ => video,
        };
    }

    /// <summary>Processing has taken longer than any retry could; whoever had the job is gone.</summary>
    public static Video Abandon(Video video, DateTimeOffset now) => video.Status == VideoStatus.Processing
        ? Fail(video, new VideoFailure(VideoStepNames.Transcode, "Processing took too long and was given up."), now)
        : video;

    /// <summary>The blobs now lie in <paramref name="container"/>.</summary>
    public static Video Move(Video video, string container) => video.Status == VideoStatus.Deleted ? Reopen(video) : video with { MediaContainer = container };

    /// <summary>The creator's account is this; one older than was copied already changes nothing.</summary>
    public static Video Credit(Video video, Account creator) =>
        video.Status == VideoStatus.Deleted || creator.CopyVersion <= video.OwnerVersion ? video : video with
        {
            Username = creator.Username,
            Verified = creator.IsVerified,
            OwnerPrivate = creator.Private,
            OwnerCountry = creator.Country,
            OwnerVersion = creator.CopyVersion,
        };

    /// <summary>Wins over everything, for good.</summary>
    public static Video Delete(Video video) => video.AsDeleted();

    /// <summary>
    /// What is left when everything of a deleted video is gone: nothing of its content, only enough for late messages to find that it is deleted and for
    /// the creator's list to drop it.
    /// </summary>
    public static Video Bury(Video video, DateTimeOffset now) => video.Status != VideoStatus.Deleted ? video : new Video
    {
        Id = video.Id,
        VideoId = video.VideoId,
        UserId = video.UserId,
        Username = "",
        Status = VideoStatus.Deleted,
        Visibility = Visibility.Private,
        Upload = new Core.Documents.Upload { Filename = "", FileSize = 0, DurationMs = 0 },
        CreatedAt = video.CreatedAt,
        RemovedAt = now,
        Ttl = (int)TombstoneLifetime.TotalSeconds,
        ETag = video.ETag,
    };

    private static Video Reopen(Video deleted) => deleted.RemovedAt is null ? deleted : deleted with { RemovedAt = null };

    private static Video Probed(Video video, MediaProbe probe, VideoLimits limits, DateTimeOffset now)
    {
        if (video.Probe is not null) return video;
        var probed = video with { Probe = probe, MediaContainer = video.MediaContainer ?? video.WantedMediaContainer };
        return limits.RefusalOf(probe.DurationMs) is { } refusal
            ? Fail(probed, new VideoFailure(VideoStepNames.Probe, refusal), now)
            : Derive(probed, now);
    }

    private static Video Joined(Video video, Rendition rendition) => video.Renditions.Contains(rendition) ? video : video with
    {
        Renditions =
        [
            .. video.Renditions.Where(r => r.Name != rendition.Name).Append(rendition)
                .OrderBy(r => Math.Min(r.Width, r.Height)).ThenBy(r => r.Name, StringComparer.Ordinal),
        ],
    };

    /// <summary>Of several failures the one of the earliest step is kept: the others follow from it.</summary>
    private static Video Fail(Video video, VideoFailure failure, DateTimeOffset now)
    {
        var kept = video.Failure is { } other && Rank(other).CompareTo(Rank(failure)) <= 0 ? other : failure;
        return Derive(kept == video.Failure ? video : video with { Failure = kept }, now);

        static (int, string) Rank(VideoFailure f) => (
            f.Step switch { VideoStepNames.Upload => 0, VideoStepNames.Probe => 1, VideoStepNames.Transcode => 2, _ => 3 }, f.Reason);
    }

    private static Video Derive(Video video, DateTimeOffset now)
    {
        if (video.Status is VideoStatus.Deleted or VideoStatus.Review or VideoStatus.Blocked or VideoStatus.Copyright) return video;
        var status = video switch
        {
            { Upload.CompletedAt: not null, Renditions.Count: > 0 } => VideoStatus.Ready,
            { Failure: not null } => VideoStatus.Failed,
            { Upload: { CompletedAt: not null, LandedAt: not null } } => VideoStatus.Processing,
            _ => VideoStatus.Uploading,
        };
        return video with
        {
            Status = status,
            Reason = status == VideoStatus.Failed ? video.Failure!.Reason : null,
            PublishedAt = status == VideoStatus.Ready ? video.PublishedAt ?? now : video.PublishedAt,
        };
    }
}
