using System.Text.Json;
using Microsoft.Azure.Cosmos;
using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;

namespace TikTok.Ranker.Videos;

/// <summary>
/// Follows the change feed of <c>videos</c> into the <see cref="VideoFold"/>: from its beginning, or from where a snapshot left off. A deleted or hidden video
/// loses its flag within a poll. When Cosmos does not answer, everything stays as it was and the feed tries again, less often each time.
/// </summary>
public sealed partial class VideoFeed(CosmosClient cosmos, VideoFold fold, TimeProvider time, ILogger<VideoFeed> logger) : BackgroundService
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaxBackoff = TimeSpan.FromSeconds(30);

    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Whether the feed has been read to its end once: before that, answers would be missing videos, and what the log says of them would be lost.</summary>
    public bool IsReady => _ready.Task.IsCompleted;

    /// <summary>Until <see cref="IsReady"/>.</summary>
    public Task WhenReadyAsync(CancellationToken cancellationToken) => _ready.Task.WaitAsync(cancellationToken);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var container = cosmos.GetContainer(Containers.Database, Containers.Videos);
        var pause = PollInterval;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await foreach (var (changes, continuation) in container.ChangesToEndAsync(fold.Continuation, stoppingToken))
                    fold.Apply([.. changes.Select(Read).OfType<Video>()], continuation);
                _ready.TrySetResult();
                pause = PollInterval;
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, MaxBackoff.Ticks));
                FeedFailed(logger, pause.TotalSeconds, e);
            }
            await Task.Delay(pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <returns>null for a document that is not a video, or none that can be read: one bad document must not end the feed for all others.</returns>
    private Video? Read(JsonElement change)
    {
        if (!change.TryGetProperty("type", out var type) || !type.ValueEquals(Video.DocumentType)) return null;
        try
        {
            var video = change.Deserialize<Video>(CoreJson.Options);
            if (video is not null && Id.IsValid(video.VideoId)) return video;
            UnreadableDocument(logger, null);
        }
        catch (JsonException e)
        {
            UnreadableDocument(logger, e);
        }
        return null;
    }

    [LoggerMessage(LogLevel.Warning, "The change feed of videos could not be followed; the next try is in {Seconds} s")]
    private static partial void FeedFailed(ILogger logger, double seconds, Exception e);

    [LoggerMessage(LogLevel.Error, "A document of the change feed of videos cannot be read and was passed over")]
    private static partial void UnreadableDocument(ILogger logger, Exception? e);
}
