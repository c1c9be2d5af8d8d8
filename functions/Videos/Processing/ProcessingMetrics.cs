using System.Diagnostics;
using TikTok.Core.Documents;
using TikTok.Core.Telemetry;

namespace TikTok.Functions.Videos.Processing;

/// <summary>What a change of a video says about the processing. Read off the two states, so that a message that comes twice counts once.</summary>
internal static class ProcessingMetrics
{
    /// <param name="before">What the change was decided on.</param>
    /// <param name="after">What is written now.</param>
    public static void Record(Video before, Video after, DateTimeOffset now)
    {
        if (ReferenceEquals(before, after)) return;
        if (before.Failure is null && after.Failure is { } failure) Metrics.VideoProcessingFailures.Add(1, new KeyValuePair<string, object?>("reason", $"{failure.Step}_failed"));
        if (before.PublishedAt is null && after.PublishedAt is not null) Metrics.VideosPublished.Add(1);

        if (after.Renditions.Count <= before.Renditions.Count || after.Upload is not { LandedAt: { } landed, CompletedAt: { } completed }) return;
        var began = landed > completed ? landed : completed;
        foreach (var rendition in after.Renditions.ExceptBy(before.Renditions.Select(r => r.Name), r => r.Name, StringComparer.Ordinal))
        {
            Metrics.VideoProcessingDuration.Record((now - began).TotalSeconds, new KeyValuePair<string, object?>("resolution", rendition.Name));

            // Percentiles are read off the spans: see the alert in infra/modules/monitoring.bicep.
            Activity.Current?.SetTag("video.processing_seconds", (now - began).TotalSeconds);
        }
    }
}
