using TikTok.Ranker.Features;
using TikTok.Ranker.Videos;

namespace TikTok.Ranker.Retrieval.Pools;

/// <summary>
/// Keeps the pools that all requests draw from, and makes them anew again and again: every second while there are few videos, less often the longer it takes.
/// </summary>
public sealed partial class PoolRenewal(VideoTable videos, PoolOptions options, TimeProvider time, ILogger<PoolRenewal> logger) : BackgroundService
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    private readonly PoolBuilder _builder = new(videos, options);
    private readonly Lock _renewing = new();
    private readonly TaskCompletionSource _renewed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private VideoPools _current = VideoPools.Empty;
    private TimeSpan _took;

    internal VideoPools Current => Volatile.Read(ref _current);

    /// <summary>Makes the pools anew from the videos as they are. Called before the first request, when all videos are there, and by itself from then on.</summary>
    public void Renew()
    {
        lock (_renewing)
        {
            var startedAt = time.GetTimestamp();
            Volatile.Write(ref _current, _builder.Build(UnixTime.Of(time.GetUtcNow())));
            _took = time.GetElapsedTime(startedAt);
        }
        _renewed.TrySetResult();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await _renewed.Task.WaitAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        while (!stoppingToken.IsCancellationRequested)
        {
            var pause = TimeSpan.FromTicks(Math.Clamp((long)(_took.Ticks / options.RenewalShare), ShortestPause.Ticks, LongestPause.Ticks));
            await Task.Delay(pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stoppingToken.IsCancellationRequested) return;
            try
            {
                Renew();
            }
            catch (Exception e)
            {
                // The pools stay as they were.
                Failed(logger, e);
            }
        }
    }

    [LoggerMessage(LogLevel.Error, "The pools could not be renewed")]
    private static partial void Failed(ILogger logger, Exception e);
}
