using TikTok.Ranker.State;
using TikTok.Ranker.Training.Online;

namespace TikTok.Ranker.Publishing;

/// <summary>
/// The trainer's clockwork: publishes every minute what was learned, and saves all state every ten, each taken between two events. While the log is not caught up
/// with nothing is published: what serves is newer.
/// </summary>
/// <param name="parts">All state; the first is what others refer to.</param>
public sealed partial class TrainerService(
    LogFollower log, OnlineTrainer trainer, ModelPublisher publisher, StateSnapshots snapshots, StateSnapshotFiles files, StateRestore restore, IReadOnlyCollection<ISnapshotPart> parts, ModelPublisherOptions options,
    TimeProvider time, ILogger<TrainerService> logger)
    : BackgroundService
{
    private DateTimeOffset _savedAt;

    /// <summary>Turns of the clockwork that did not end as they should.</summary>
    public long Failed { get; private set; }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // By the age of what is saved: a trainer that is killed every few minutes would never come to its own.
        _savedAt = restore.Restored?.SavedAt ?? time.GetUtcNow();
        await TryAsync("restore what is published", publisher.RestorePublishedAsync, stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(options.SparseInterval, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stoppingToken.IsCancellationRequested) return;
            trainer.Validation.Report();
            if (log.IsCaughtUp) await TryAsync("publish", PublishAsync, stoppingToken);
            if (time.GetUtcNow() - _savedAt >= options.SnapshotInterval) await TryAsync("save the state", SaveAsync, stoppingToken);
        }
    }

    private async Task PublishAsync(CancellationToken cancellationToken)
    {
        if (await log.BetweenEventsAsync(publisher.Prepare, cancellationToken) is not { } prepared) return;
        try
        {
            await publisher.UploadAsync(prepared, cancellationToken);
        }
        catch
        {
            publisher.NotPublished();
            throw;
        }
    }

    private async Task SaveAsync(CancellationToken cancellationToken)
    {
        await log.BetweenEventsAsync(() => snapshots.Save(parts), cancellationToken);
        _savedAt = time.GetUtcNow();
        await files.UploadAsync(cancellationToken);
    }

    /// <summary>What fails now is tried again at the next turn.</summary>
    private async Task TryAsync(string what, Func<CancellationToken, Task> turn, CancellationToken cancellationToken)
    {
        try
        {
            await turn(cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            Failed++;
            TurnFailed(logger, what, e);
        }
    }

    [LoggerMessage(LogLevel.Error, "The trainer could not {What}; it tries again at its next turn")]
    private static partial void TurnFailed(ILogger logger, string what, Exception e);
}
