using System.Text.Json;
using TikTok.Core;
using TikTok.Core.Messages;
using TikTok.Core.Telemetry;
using TikTok.Transcoder.Jobs;
using TikTok.Transcoder.Publishing;

namespace TikTok.Transcoder.Probing;

/// <summary>
/// Queue <c>probe</c>. The upload is copied to local disk first: ffprobe then needs no network at all, so nothing in a hostile file can make it
/// fetch anything, and managed identity needs no SAS. It costs one transfer within the region.
/// </summary>
internal sealed class ProbeWork(MediaBlobs blobs, Prober prober, StepQueue steps)
{
    /// <exception cref="JsonException">Not a <see cref="ProbeJob"/>.</exception>
    public VideoJob Parse(string body)
    {
        var job = JsonSerializer.Deserialize<ProbeJob>(body, CoreJson.Options) ?? throw new JsonException("null");
        if (!Id.IsValid(job.VideoId)) throw new JsonException("A video id is missing or malformed.");
        return new VideoJob(
            job.VideoId,
            VideoStepNames.Probe,
            "The video could not be examined because of a fault on our side. Please upload it again later.",
            video => video.Probe is not null,
            (folder, cancellationToken) => RunAsync(job, folder, cancellationToken));
    }

    private async Task RunAsync(ProbeJob job, string folder, CancellationToken cancellationToken)
    {
        var source = Path.Combine(folder, "source");
        using (Tracing.Source.StartActivity("download")) await blobs.DownloadSourceAsync(job.VideoId, source, cancellationToken);
        ProbeVerdict verdict;
        using (Tracing.Source.StartActivity("examine")) verdict = await prober.ProbeAsync(source, cancellationToken);
        if (verdict.Reason is not null) throw new RefusedException(verdict.Reason);
        var step = new VideoStep { VideoId = job.VideoId, Step = VideoStepNames.Probe, Outcome = StepOutcome.Succeeded, Probe = verdict.Probe };
        await steps.SendAsync(step, cancellationToken);
    }
}
