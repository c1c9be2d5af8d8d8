using TikTok.Core.Cosmos;
using TikTok.Core.Documents;
using TikTok.Functions.Platform;
using TikTok.Functions.Videos.Processing;

namespace TikTok.Functions.Videos.Sweeps;

/// <summary>
/// Finishes what nobody will come back for: work left outstanding by a crash whose message or caller was not repeated, jobs that vanished with their
/// message, uploads begun and never finished.
/// </summary>
public sealed class UnsettledVideos(VideoStore videos, VideoPipeline pipeline, TimeProvider time) : ISweep
{
    /// <summary>Longer than a message is hidden and retried, so that the sweep and the ordinary way do not race.</summary>
    private static readonly TimeSpan Idle = TimeSpan.FromMinutes(10);

    /// <summary>Longer than the longest video waits for and takes in the encoder, with every retry.</summary>
    private static readonly TimeSpan LostAfter = TimeSpan.FromHours(6);

    /// <summary>As long as Blob Storage keeps blocks that are not committed.</summary>
    private static readonly TimeSpan ForgottenAfter = TimeSpan.FromDays(7);

    private const int BatchSize = 200;

    public string Name => "unsettledVideos";

    public async Task<SweepOutcome> RunAsync(string? position, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var (unsettled, next) = await videos.FindUnsettledAsync(now - Idle, now - ForgottenAfter, BatchSize, position, cancellationToken);
        var settled = 0;
        foreach (var videoId in unsettled)
        {
            var isLeft = false;
            await pipeline.ChangeAsync(
                videoId,
                v =>
                {
                    var decided = Decide(v, now);
                    isLeft = decided != v || VideoWorkload.Outstanding(v).Count > 0;
                    return decided;
                },
                cancellationToken);
            if (isLeft) settled++;
        }

        return new SweepOutcome(unsettled.Count, settled, next);
    }

    private static Video Decide(Video video, DateTimeOffset now) => video.Status switch
    {
        VideoStatus.Uploading when LastStep(video) < now - ForgottenAfter => VideoTransitions.Delete(video),
        VideoStatus.Processing when LastStep(video) < now - LostAfter && VideoWorkload.Outstanding(video).Count == 0 => VideoTransitions.Abandon(video, now),
        _ => video,
    };

    private static DateTimeOffset LastStep(Video video) => new[]
    {
        video.CreatedAt, video.Upload.LandedAt, video.Upload.CompletedAt, video.Handovers.Probe, video.Handovers.Transcode,
    }.OfType<DateTimeOffset>().Max();
}
