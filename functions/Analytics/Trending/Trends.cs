using Microsoft.Extensions.Logging;
using TikTok.Core.Documents;
using TikTok.Core.Events;
using TikTok.Functions.Analytics.Projections;

namespace TikTok.Functions.Analytics.Trending;

/// <summary>
/// Counts engagement into the <see cref="TrendBucket"/>s: of videos that anyone may watch, and of their hashtags and sounds. What is filed under a hashtag when it
/// is watched counts for that hashtag.
/// </summary>
public sealed partial class Trends(TrendStore store, VideoDirectory directory, TimeProvider time, ILogger<Trends> logger) : IProjection
{
    public async Task ApplyAsync(IReadOnlyList<LoggedInteraction> events, Generations generations, CancellationToken cancellationToken)
    {
        var relevant = events.Where(IsRelevant).ToList();
        var videos = await directory.FindAsync([.. relevant.Select(e => e.Interaction.VideoId!).Distinct(StringComparer.Ordinal)], cancellationToken);
        var buckets = relevant
            .Where(e => videos.TryGetValue(e.Interaction.VideoId!, out var video) && (video.IsListed || e.Interaction.Type == InteractionType.Removed))
            .GroupBy(e => BucketOf(e, generations));
        foreach (var bucket in buckets) await CountAsync(bucket.Key, [.. bucket], videos, generations, cancellationToken);
    }

    private static bool IsRelevant(LoggedInteraction logged) => logged.Interaction.VideoId is not null
        && (logged.Interaction.Type == InteractionType.Removed || TrendDecay.WorthOf(logged.Interaction.Type) != 0);

    private static TrendBucket BucketOf(LoggedInteraction logged, Generations generations)
    {
        var at = logged.Interaction.At;
        return new TrendBucket(generations.Of(at), DateOnly.FromDateTime(at.UtcDateTime), logged.Partition);
    }

    private async Task CountAsync(
        TrendBucket bucket, IReadOnlyList<LoggedInteraction> events, IReadOnlyDictionary<string, VideoFacts> videos, Generations generations,
        CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (bucket.SecondsLeft(now) <= 0) return;

        var changes = await store.CountAsync(bucket, events, videos, now, cancellationToken);
        foreach (var (_, before, after) in changes)
        {
            foreach (var hour in after?.ViralHours.Except(before?.ViralHours ?? []) ?? [])
                WentViral(logger, after!.Item, bucket.Day.ToDateTime(new TimeOnly(hour, 0), DateTimeKind.Utc), TrendBucket.ViralViews);
        }

        // The days before, which these events are not counted in: to delete what is deleted does no harm.
        foreach (var removed in events.Where(e => e.Interaction.Type == InteractionType.Removed))
        {
            for (var day = bucket.Day.AddDays(1 - TrendDecay.Days); day < bucket.Day; day = day.AddDays(1))
                await store.RemoveAsync(bucket with { Generation = generations.Of(day), Day = day }, removed.Interaction.VideoId!, cancellationToken);
        }
    }

    /// <remarks>The entry's <see cref="TrendEntry.ViralHours"/> is the record, once per video and hour; a process that dies before this line has still written it.</remarks>
    [LoggerMessage(EventId = 4200, EventName = "VideoWentViral", Level = LogLevel.Information, Message = "Video {VideoId} went viral in the hour from {Hour}: {Views} views")]
    private static partial void WentViral(ILogger logger, string videoId, DateTime hour, int views);
}
