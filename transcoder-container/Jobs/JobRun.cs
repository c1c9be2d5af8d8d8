using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;
using TikTok.Core.Messages;
using TikTok.Core.Telemetry;
using TikTok.Transcoder.Publishing;

namespace TikTok.Transcoder.Jobs;

/// <summary>
/// One execution: one message, received, worked on and settled. Deletion of the video wins over everything, a refusal is final,
/// anything else is tried three times with growing pauses, and a stop gives the message back at once.
/// </summary>
internal sealed class JobRun(
    JobQueue queue, Func<string, VideoJob> parse, StepQueue steps, VideoStore videos, MediaBlobs blobs, TranscoderOptions options, TimeProvider time, ILogger<JobRun> log)
{
    private const int MaxAttempts = 3;
    private static readonly TimeSpan SettleTimeout = TimeSpan.FromSeconds(20);

    /// <summary>Longer than any execution may last: an older work folder belongs to one that was killed.</summary>
    private static readonly TimeSpan Abandoned = TimeSpan.FromHours(12);

    /// <param name="stopping">Fires when the platform wants this process to end.</param>
    public async Task RunAsync(CancellationToken stopping)
    {
        await using var message = await queue.ReceiveAsync(stopping);
        if (message is null)
        {
            log.LogInformation("No message");
            return;
        }

        var began = time.GetTimestamp();
        using var activity = Tracing.StartConsumer(queue.Name, MessageTrace.Read(message.Body));
        VideoJob job;
        try
        {
            job = parse(message.Body);
        }
        catch (JsonException e)
        {
            log.LogError(e, "A message that cannot be read goes to the poison queue");
            activity.Fail(e);
            await queue.PoisonAsync(message, stopping);
            return;
        }

        using var scope = log.BeginScope(new Dictionary<string, object> { ["videoId"] = job.VideoId, ["step"] = job.StepName, ["attempt"] = message.Attempt });
        activity?.SetTag("video.id", job.VideoId).SetTag("messaging.message.delivery_count", message.Attempt);
        log.LogInformation("Began");
        var failed = false;
        try
        {
            failed = !await ActAsync(job, message, stopping);
        }
        catch (Exception e)
        {
            failed = true;
            activity.Fail(e);
            throw;
        }
        finally
        {
            Metrics.JobDuration.Record(time.GetElapsedTime(began).TotalSeconds, new("queue", queue.Name), new("outcome", failed ? "failed" : "ok"));
        }
        log.LogInformation("Ended after {Milliseconds:0} ms", time.GetElapsedTime(began).TotalMilliseconds);
    }

    /// <returns>Whether nothing went wrong; a refusal is an answer, not a failure.</returns>
    private async Task<bool> ActAsync(VideoJob job, LeasedMessage message, CancellationToken stopping)
    {
        await using var watch = new DeletionWatch(videos, job.VideoId, options.WatchInterval, time, log);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, watch.Deleted, message.Lost);
        try
        {
            // Beyond the last attempt means that the processes of all three were killed without a word.
            if (message.Attempt > MaxAttempts) throw new InvalidOperationException("Killed on every attempt.");
            var video = await videos.FindAsync(job.VideoId, either.Token);
            if (video is not null && job.IsDone(video)) log.LogInformation("An earlier delivery has done it");
            else if (video is not (null or { Status: VideoStatus.Deleted })) await WorkAsync(job, either.Token);
            await SettleAsync(job, message, either.Token);
        }
        catch (Exception) when (watch.Deleted.IsCancellationRequested)
        {
            log.LogInformation("The video was deleted meanwhile");
            await SettleAsync(job, message, stopping);
        }
        catch (Exception) when (message.Lost.IsCancellationRequested)
        {
            log.LogWarning("Stopped: another execution has the message");
        }
        catch (Exception) when (stopping.IsCancellationRequested)
        {
            log.LogInformation("Stopped by the platform; giving the message back");
            using var timeout = new CancellationTokenSource(SettleTimeout, time);
            await message.PostponeAsync(TimeSpan.Zero, timeout.Token);
        }
        catch (RefusedException e)
        {
            Activity.Current?.SetTag("video.refused", true);
            await FailAsync(job, message, e.Message, stopping);
        }
        catch (Exception e) when (message.Attempt >= MaxAttempts)
        {
            log.LogError(e, "The last attempt failed");
            Activity.Current.Fail(e);
            await FailAsync(job, message, job.ExhaustedReason, stopping);
            return false;
        }
        catch (Exception e)
        {
            var delay = options.RetryDelay * Math.Pow(3, message.Attempt - 1);
            log.LogWarning(e, "The attempt failed; next in {Delay}", delay);
            Activity.Current.Fail(e);
            await message.PostponeAsync(delay, stopping);
            return false;
        }
        return true;
    }

    private async Task WorkAsync(VideoJob job, CancellationToken cancellationToken)
    {
        var folder = Path.Combine(options.WorkFolder, $"{job.VideoId}-{Guid.NewGuid():n}");
        Directory.CreateDirectory(folder);
        RemoveAbandoned();
        try
        {
            await job.RunAsync(folder, cancellationToken);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private void RemoveAbandoned()
    {
        foreach (var folder in new DirectoryInfo(options.WorkFolder).EnumerateDirectories().Where(d => time.GetUtcNow() - d.LastWriteTimeUtc > Abandoned))
        {
            try
            {
                folder.Delete(recursive: true);
            }
            catch (IOException)
            {
                // Another execution removes it at this moment.
            }
        }
    }

    /// <summary>After the last write: if the video is gone by now, so is what was written for it. Only then the message may go.</summary>
    private async Task SettleAsync(VideoJob job, LeasedMessage message, CancellationToken cancellationToken)
    {
        if (await DeletionWatch.IsDeletedAsync(videos, job.VideoId, cancellationToken))
        {
            var removed = await blobs.RemoveAllAsync(job.VideoId, cancellationToken);
            log.LogInformation("The video is deleted; removed {Count} blobs", removed);
        }
        await message.CompleteAsync(cancellationToken);
    }

    private async Task FailAsync(VideoJob job, LeasedMessage message, string reason, CancellationToken cancellationToken)
    {
        log.LogWarning("Failed: {Reason}", reason);
        var step = new VideoStep { VideoId = job.VideoId, Step = job.StepName, Outcome = StepOutcome.Failed, Reason = reason };
        await steps.SendAsync(step, cancellationToken);
        await SettleAsync(job, message, cancellationToken);
    }
}
