using FFMpegCore;
using FFMpegCore.Exceptions;
using Microsoft.Extensions.Logging;
using TikTok.Transcoder.Planning;

namespace TikTok.Transcoder.Encoding;

/// <summary>Runs ffmpeg: on the card when it can, on the CPU when that fails, within a time that grows with the source.</summary>
internal sealed class Encoder(FFOptions options, TimeProvider time, ILogger<Encoder> log)
{
    private static readonly TimeSpan LeastTimeout = TimeSpan.FromMinutes(5);
    private const int TimeoutPerDuration = 40;
    private static readonly int[] RotationsThatTurn = [90, 180, 270];

    /// <summary>Makes <c>{rung}.mp4</c> for every rung and, if wanted, <c>thumb-1.jpg…</c> in <paramref name="folder"/>.</summary>
    /// <param name="rotation">The source's, in degrees.</param>
    /// <param name="onProgress">Gets the media time reached, about twice a second.</param>
    /// <exception cref="FFMpegException">ffmpeg ended with an error.</exception>
    /// <exception cref="TimeoutException">It took too long and was killed.</exception>
    public async Task EncodeAsync(
        LadderPlan plan, int rotation, string source, string folder, Action<TimeSpan> onProgress, CancellationToken cancellationToken, bool thumbnails = true)
    {
        var acceleration = await AccelerationDetection.DetectAsync(options, log, cancellationToken);
        if (acceleration == Acceleration.Full && (RotationsThatTurn.Contains(rotation) || plan.HighDynamicRange is not null)) acceleration = Acceleration.Encode;
        try
        {
            await RunAsync(EncodeCommand.Ladder(plan, source, folder, acceleration, thumbnails), plan.Duration, onProgress, cancellationToken);
        }
        catch (FFMpegException e) when (acceleration != Acceleration.None)
        {
            // The card decodes fewer codecs and sizes than the CPU does.
            log.LogWarning("Encoding with {Acceleration} failed; using the CPU. {Error}", acceleration, e.FFMpegErrorOutput.Split('\n').LastOrDefault());
            await RunAsync(EncodeCommand.Ladder(plan, source, folder, Acceleration.None, thumbnails), plan.Duration, onProgress, cancellationToken);
        }
    }

    /// <summary>Makes the thumbnails again, spread over <paramref name="duration"/>.</summary>
    public Task ExtractThumbnailsAsync(LadderPlan plan, string source, string folder, TimeSpan duration, CancellationToken cancellationToken) =>
        RunAsync(EncodeCommand.Thumbnails(plan, source, folder, duration), duration, static _ => { }, cancellationToken);

    private async Task RunAsync(FFMpegArgumentProcessor command, TimeSpan duration, Action<TimeSpan> onProgress, CancellationToken cancellationToken)
    {
        var limit = LeastTimeout + (duration * TimeoutPerDuration);
        using var timeout = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            await command
                .WithLogLevel(FFMpegCore.Enums.FFMpegLogLevel.Error)
                .NotifyOnProgress(onProgress)
                .CancellableThrough(either.Token)
                .ProcessAsynchronously(ffMpegOptions: options.Clone());
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"ffmpeg was stopped after {limit}.");
        }
    }
}
