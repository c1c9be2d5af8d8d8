using System.Text.Json;
using Microsoft.Extensions.Logging;
using TikTok.Core;
using TikTok.Core.Documents;
using TikTok.Core.Messages;
using TikTok.Core.Storage;
using TikTok.Core.Telemetry;
using TikTok.Transcoder.Hls;
using TikTok.Transcoder.Jobs;
using TikTok.Transcoder.Planning;
using TikTok.Transcoder.Probing;
using TikTok.Transcoder.Publishing;

namespace TikTok.Transcoder.Encoding;

/// <summary>Queue <c>transcode-jobs</c>: source down, one ffmpeg process, then thumbnails and renditions up, lowest first.</summary>
internal sealed class TranscodeWork(MediaBlobs blobs, Prober prober, Encoder encoder, StepQueue steps, TimeProvider time, ILogger<TranscodeWork> log)
{
    /// <summary>Less than this share of the probed duration in the result means that the source broke off.</summary>
    private const double LeastShare = 0.9;

    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(1);

    /// <exception cref="JsonException">Not a <see cref="TranscodeJob"/>.</exception>
    public VideoJob Parse(string body)
    {
        var job = JsonSerializer.Deserialize<TranscodeJob>(body, CoreJson.Options) ?? throw new JsonException("null");
        if (!Id.IsValid(job.VideoId)) throw new JsonException("A video id is missing or malformed.");
        if (job.Probe is not { Width: > 0, Height: > 0, DurationMs: > 0 }) throw new JsonException("The probe is missing or empty.");
        if (job.MediaContainer is not (BlobContainers.Media or BlobContainers.PrivateMedia)) throw new JsonException("The media container is not one of ours.");
        return new VideoJob(
            job.VideoId,
            VideoStepNames.Transcode,
            "The video could not be converted. Its file may be damaged; please export it again and upload it anew.",
            video => video.TranscodedAt is not null,
            (folder, cancellationToken) => RunAsync(job, folder, cancellationToken));
    }

    private async Task RunAsync(TranscodeJob job, string folder, CancellationToken cancellationToken)
    {
        // The encoder does not make the same bytes twice (x264's rate control depends on how its threads fall), and caches hold what was published:
        // a rendition that an earlier delivery has finished stays as it is.
        var whole = Ladder.Plan(job.Probe);
        var (published, thumbnails) = await blobs.FindPublishedAsync(job.MediaContainer, job.VideoId, cancellationToken);
        var finished = published.Where(r => whole.Rungs.Any(rung => (rung.Name, rung.Width, rung.Height) == (r.Name, r.Width, r.Height))).ToDictionary(r => r.Name);
        var plan = whole with { Rungs = [.. whole.Rungs.Where(r => !finished.ContainsKey(r.Name))] };

        IReadOnlyList<RenditionFile> files = [];
        if (plan.Rungs.Count > 0 || thumbnails == 0)
        {
            if (plan.Rungs.Count == 0) plan = whole with { Rungs = [whole.ThumbnailRung] };
            var source = Path.Combine(folder, "source");
            using (Tracing.Source.StartActivity("download")) await blobs.DownloadSourceAsync(job.VideoId, source, cancellationToken);
            plan = plan with { HighDynamicRange = await prober.HighDynamicRangeAsync(source, cancellationToken) };
            files = await EncodeAsync(job, plan, source, folder, thumbnails == 0, cancellationToken);
            if (thumbnails == 0) thumbnails = await PublishThumbnailsAsync(job, plan, source, folder, files[0].Duration, cancellationToken);
        }

        await SendAsync(new VideoStep { VideoId = job.VideoId, Step = VideoStepNames.Thumbnails, Outcome = StepOutcome.Succeeded, ThumbnailCount = thumbnails });
        await PublishRenditionsAsync(job, whole, finished, files, cancellationToken);

        // Nothing more will be written: the raw upload may go, and the media may be moved.
        await SendAsync(new VideoStep { VideoId = job.VideoId, Step = VideoStepNames.Transcode, Outcome = StepOutcome.Succeeded });

        Task SendAsync(VideoStep step) => steps.SendAsync(step, cancellationToken);
    }

    private async Task<IReadOnlyList<RenditionFile>> EncodeAsync(
        TranscodeJob job, LadderPlan plan, string source, string folder, bool thumbnails, CancellationToken cancellationToken)
    {
        log.LogInformation("Encoding {Rungs} at {FrameRate}", string.Join(' ', plan.Rungs.Select(r => $"{r.Name}={r.Width}x{r.Height}")), plan.FrameRate.Text);
        using var activity = Tracing.Source.StartActivity("encode");
        activity?.SetTag("video.renditions", plan.Rungs.Count);
        var began = time.GetTimestamp();
        await using (var progress = new ProgressReports(steps, job.VideoId, plan.Duration, time, log, cancellationToken))
        {
            await encoder.EncodeAsync(plan, job.Probe.Rotation, source, folder, progress.Report, cancellationToken, thumbnails);
        }
        log.LogInformation("ffmpeg took {Milliseconds:0} ms", time.GetElapsedTime(began).TotalMilliseconds);

        var files = plan.Rungs
            .Select(rung => RenditionFile.Read(EncodeCommand.RenditionFile(folder, rung), rung, plan.FrameRate) ?? throw new RefusedException(ProbeRules.Damaged))
            .ToList();
        return files[0].Duration + Tolerance < plan.Duration * LeastShare
            ? throw new RefusedException($"The file is damaged: only {files[0].Duration.TotalSeconds:0.#} s of {plan.Duration.TotalSeconds:0.#} s could be read.")
            : files;
    }

    /// <returns>How many there are.</returns>
    private async Task<int> PublishThumbnailsAsync(
        TranscodeJob job, LadderPlan plan, string source, string folder, TimeSpan duration, CancellationToken cancellationToken)
    {
        using var activity = Tracing.Source.StartActivity("publish thumbnails");
        if (CountThumbnails(folder) < Ladder.ThumbnailCount)
        {
            // The pictures end before the file says so: spread the thumbnails over what there is. A clip of fewer frames has fewer thumbnails.
            await encoder.ExtractThumbnailsAsync(plan, source, folder, duration * 0.9, cancellationToken);
        }
        var count = CountThumbnails(folder);
        if (count == 0) throw new RefusedException(ProbeRules.Damaged);
        await Task.WhenAll(Enumerable.Range(1, count).Select(number => blobs.UploadPictureAsync(
            job.MediaContainer, MediaPaths.Thumbnail(job.VideoId, number), EncodeCommand.ThumbnailFile(folder, number), cancellationToken)));
        return count;
    }

    /// <summary>The order matters: at no moment does a playlist name a blob that is not there.</summary>
    private async Task PublishRenditionsAsync(
        TranscodeJob job, LadderPlan whole, Dictionary<string, Rendition> finished, IReadOnlyList<RenditionFile> files, CancellationToken cancellationToken)
    {
        var published = new List<Rendition>();
        foreach (var rung in whole.Rungs)
        {
            using var activity = Tracing.Source.StartActivity("publish rendition");
            activity?.SetTag("video.resolution", rung.Name);
            if (finished.TryGetValue(rung.Name, out var rendition))
            {
                published.Add(rendition);
            }
            else
            {
                var file = files.First(f => f.Rendition.Name == rung.Name);
                rendition = file.Rendition;
                await blobs.UploadVideoAsync(job.MediaContainer, MediaPaths.Rendition(job.VideoId, rung.Name), file.File, cancellationToken);
                await blobs.UploadPlaylistAsync(job.MediaContainer, job.VideoId, rendition, file.Playlist, cancellationToken);
                published.Add(rendition);
            }

            // Rungs that were finished before are all in the first playlist that is written, so that it never names fewer than it did.
            var playable = published.Concat(whole.Rungs.Skip(published.Count).Where(r => finished.ContainsKey(r.Name)).Select(r => finished[r.Name]));
            await blobs.UploadMasterAsync(job.MediaContainer, job.VideoId, MasterPlaylist.Write([.. playable]), cancellationToken);
            var step = new VideoStep { VideoId = job.VideoId, Step = VideoStepNames.Rendition, Outcome = StepOutcome.Succeeded, Rendition = rendition };
            await steps.SendAsync(step, cancellationToken);
        }
    }

    private static int CountThumbnails(string folder) =>
        Enumerable.Range(1, Ladder.ThumbnailCount).TakeWhile(n => File.Exists(EncodeCommand.ThumbnailFile(folder, n))).Count();
}
