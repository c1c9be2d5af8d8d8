using TikTok.Ranker.State;

namespace TikTok.Ranker.Training.Towers;

/// <summary>
/// A trainer that begins with nothing but a log trains the towers on all of it once, beside what it learns online, and goes on from there. One that restored a snapshot has
/// that behind it.
/// </summary>
public sealed partial class FirstTowers(
    StateRestore restore, LikedVideos liked, OfflineTowers towers, OfflineTowerOptions options, LogFollower log, ILogger<FirstTowers> logger) : BackgroundService
{
    /// <summary>Videos liked that the towers were trained on; 0 as long as they were not.</summary>
    public int Pairs { get; private set; }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            if (restore.Restored?.Name is not null)
            {
                liked.Take();
                return;
            }
            await log.WhenCaughtUpAsync(stoppingToken);
            var pairs = await log.BetweenEventsAsync(liked.Take, stoppingToken);
            if (pairs.Count < options.MinPairs || towers.Train(pairs, stoppingToken) is not { } write) return;

            await log.BetweenEventsAsync(
                () =>
                {
                    write();
                    return true;
                },
                stoppingToken);
            Pairs = pairs.Count;
            Trained(logger, pairs.Count);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping is the ordinary end.
        }
        catch (Exception e)
        {
            // What is learned online goes on without.
            Failed(logger, e);
        }
    }

    [LoggerMessage(LogLevel.Information, "The towers were trained on {Pairs} videos liked in the log")]
    private static partial void Trained(ILogger logger, int pairs);

    [LoggerMessage(LogLevel.Error, "The towers could not be trained on the log; what is learned online goes on")]
    private static partial void Failed(ILogger logger, Exception e);
}
