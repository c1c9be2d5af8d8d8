using TikTok.Ranker.State;

namespace TikTok.Ranker.Training.Towers;

/// <summary>Keeps <see cref="FeatureContexts"/> up with the videos: a new creator or hashtag means something within a minute or two, and costs a hundredth of a core.</summary>
public sealed partial class ContextRenewal(FeatureContexts contexts, LogFollower log, TimeProvider time, ILogger<ContextRenewal> logger) : BackgroundService
{
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(30);

    /// <summary>Between two readings, of what one takes.</summary>
    private const int Pause = 100;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await log.WhenCaughtUpAsync(stoppingToken);
            while (true)
            {
                var began = time.GetTimestamp();
                await RenewAsync(stoppingToken);
                var taken = time.GetElapsedTime(began);
                await Task.Delay(TimeSpan.FromTicks(Math.Max(Shortest.Ticks, Pause * taken.Ticks)), time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping is the ordinary end.
        }
    }

    private async Task RenewAsync(CancellationToken stoppingToken)
    {
        try
        {
            var moved = await log.BetweenEventsAsync(contexts.Learn(stoppingToken), stoppingToken);
            if (moved > 0) Renewed(logger, moved);
        }
        catch (Exception e) when (!stoppingToken.IsCancellationRequested)
        {
            // The contexts of the last time stay; the next time is soon.
            Failed(logger, e);
        }
    }

    [LoggerMessage(LogLevel.Debug, "The contexts of {Features} features moved")]
    private static partial void Renewed(ILogger logger, int features);

    [LoggerMessage(LogLevel.Error, "The contexts of features could not be renewed; those of the last time stay")]
    private static partial void Failed(ILogger logger, Exception exception);
}
