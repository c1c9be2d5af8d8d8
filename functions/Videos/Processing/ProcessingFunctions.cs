using System.Text.Json;
using Azure;
using Azure.Storage.Blobs;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using TikTok.Core;
using TikTok.Core.Messages;
using TikTok.Core.Storage;

namespace TikTok.Functions.Videos.Processing;

/// <summary>What happens to a video by itself.</summary>
public sealed partial class ProcessingFunctions(
    VideoPipeline pipeline, VideoRemoval removal, MediaMover mover, VideoQueues queues, VideoLimits limits,
    TimeProvider time, ILogger<ProcessingFunctions> logger)
{
    /// <summary>A blob was committed. An upload URL exists only for a video that does: any other blob is nobody's, and goes.</summary>
    [Function("UploadLanded")]
    public async Task LandAsync(
        [BlobTrigger($"{BlobContainers.Uploads}/{{name}}", Connection = Connections.Storage, Source = BlobTriggerSource.EventGrid)] BlobClient blob,
        string name,
        CancellationToken cancellationToken)
    {
        if (await SizeAsync(blob, cancellationToken) is not { } bytes) return;

        var video = Id.IsValid(name)
            ? await pipeline.ChangeAsync(name, v => VideoTransitions.Land(v, bytes, time.GetUtcNow()), cancellationToken)
            : null;
        if (video is not null) return;

        OrphanRemoved(logger, name);
        await blob.DeleteIfExistsAsync(cancellationToken: cancellationToken);
    }

    /// <summary>A step of the processing ended or went on.</summary>
    [Function("VideoStepTaken")]
    public async Task StepAsync(
        [QueueTrigger(Queues.VideoSteps, Connection = Connections.Storage)] string message, CancellationToken cancellationToken)
    {
        var step = Read<VideoStep>(message);
        if (!Id.IsValid(step.VideoId)) throw new InvalidOperationException($"'{step.VideoId}' is no video id.");
        var video = await pipeline.ChangeAsync(step.VideoId, v => VideoTransitions.Apply(v, step, limits, time.GetUtcNow()), cancellationToken);
        StepTaken(logger, step.VideoId, step.Step, step.Outcome, video?.Status.ToString() ?? "unknown");

        // Not even a tombstone is left: whatever the step wrote is nobody's.
        if (video is null) await queues.SendAsync(new VideoDeletion(step.VideoId), cancellationToken);
    }

    /// <summary>A video was deleted.</summary>
    [Function("VideoRemoved")]
    public Task RemoveAsync(
        [QueueTrigger(Queues.VideoDeletions, Connection = Connections.Storage)] string message, CancellationToken cancellationToken) =>
        removal.RemoveAsync(Read<VideoDeletion>(message).VideoId, cancellationToken);

    /// <summary>A finished video's visibility asks for the other media container.</summary>
    [Function("MediaMoved")]
    public Task MoveAsync(
        [QueueTrigger(Queues.MediaMoves, Connection = Connections.Storage)] string message, CancellationToken cancellationToken) =>
        mover.MoveAsync(Read<MediaMove>(message).VideoId, cancellationToken);

    /// <summary>null when the blob is gone: news of it can come late, or again.</summary>
    private static async Task<long?> SizeAsync(BlobClient blob, CancellationToken cancellationToken)
    {
        try
        {
            var properties = await blob.GetPropertiesAsync(cancellationToken: cancellationToken);
            return properties.Value.ContentLength;
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return null;
        }
    }

    private static T Read<T>(string message) =>
        JsonSerializer.Deserialize<T>(message, CoreJson.Options) ?? throw new JsonException($"The message is no {typeof(T).Name}.");

    [LoggerMessage(LogLevel.Information, "Upload '{Blob}' belongs to no video and was removed")]
    private static partial void OrphanRemoved(ILogger logger, string blob);

    [LoggerMessage(LogLevel.Information, "Video {VideoId}: {Step} {Outcome}, now {Status}")]
    private static partial void StepTaken(ILogger logger, string videoId, string step, StepOutcome outcome, string status);
}
