using System.Threading.Channels;
using Azure;
using Microsoft.Extensions.Logging;
using TikTok.Core.Messages;

namespace TikTok.Transcoder.Jobs;

/// <summary>Decides which of the encoder's reports are worth a message: at most one per second and per five percent, never backwards.</summary>
internal sealed class ProgressThrottle(TimeSpan duration, TimeProvider time)
{
    private const int LeastChange = 5;
    private static readonly TimeSpan LeastPause = TimeSpan.FromSeconds(1);

    private long? _reportedAt;
    private int _reported;

    /// <returns>Percent, 0 to 99, or null: not now. The last percent is the upload's.</returns>
    public int? Next(TimeSpan reached)
    {
        var percent = duration > TimeSpan.Zero ? (int)Math.Clamp(reached / duration * 100, 0, 99) : 0;
        if (percent < _reported + LeastChange) return null;
        if (_reportedAt is { } last && time.GetElapsedTime(last) < LeastPause) return null;
        (_reportedAt, _reported) = (time.GetTimestamp(), percent);
        return percent;
    }
}

/// <summary>Sends progress beside the work: a report that cannot be sent, or that a later one overtakes, is dropped.</summary>
internal sealed class ProgressReports : IAsyncDisposable
{
    private readonly Channel<int> _pending = Channel.CreateBounded<int>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
    private readonly ProgressThrottle _throttle;
    private readonly Task _sending;

    public ProgressReports(StepQueue steps, string videoId, TimeSpan duration, TimeProvider time, ILogger log, CancellationToken cancellationToken)
    {
        _throttle = new ProgressThrottle(duration, time);
        _sending = SendAsync(steps, videoId, log, cancellationToken);
    }

    /// <summary>Called by the encoder's reader, one report after the other.</summary>
    public void Report(TimeSpan reached)
    {
        if (_throttle.Next(reached) is { } percent) _pending.Writer.TryWrite(percent);
    }

    public async ValueTask DisposeAsync()
    {
        _pending.Writer.Complete();
        await _sending;
    }

    private async Task SendAsync(StepQueue steps, string videoId, ILogger log, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var percent in _pending.Reader.ReadAllAsync(cancellationToken))
            {
                try
                {
                    var step = new VideoStep { VideoId = videoId, Step = VideoStepNames.Transcode, Outcome = StepOutcome.Progress, Progress = percent };
                    await steps.SendAsync(step, cancellationToken);
                }
                catch (RequestFailedException e)
                {
                    log.LogWarning(e, "Progress could not be sent");
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The work was stopped.
        }
    }
}
