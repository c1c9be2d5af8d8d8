namespace TikTok.Ranker.State;

/// <summary>
/// Brings the state back before anything else starts: to be registered before every service that adds to it. With nothing to bring back, the state begins empty
/// and the log is read from its beginning.
/// </summary>
/// <param name="parts">As for <see cref="StateSnapshots.Restore"/>.</param>
/// <param name="beginning">Called when there is no snapshot.</param>
public sealed partial class StateRestore(
    StateSnapshots snapshots, StateSnapshotFiles files, IReadOnlyCollection<ISnapshotPart> parts, Action beginning, TimeProvider time, ILogger<StateRestore> logger)
    : IHostedService
{
    public RestoredState? Restored { get; private set; }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        try
        {
            await files.DownloadAsync(cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested && snapshots.Names().Count > 0)
        {
            // What is on this machine is as good a beginning, only an older one. With nothing at all, nobody can say what there is: the start fails, and is tried again.
            DownloadFailed(logger, e);
        }
        Restored = Restore();
        if (Restored.Name is null)
        {
            await files.DownloadAgainAsync(cancellationToken);
            Restored = Restore();
        }
        if (Restored.Name is { } name) StateRestored(logger, name, time.GetElapsedTime(began).TotalSeconds);
        else beginning();
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private RestoredState Restore()
    {
        var restored = snapshots.Restore(parts);
        foreach (var fault in restored.Faults) Damaged(logger, fault);
        return restored;
    }

    [LoggerMessage(LogLevel.Warning, "Snapshots could not be downloaded; the ones on this machine are used")]
    private static partial void DownloadFailed(ILogger logger, Exception e);

    [LoggerMessage(LogLevel.Error, "A snapshot cannot be used, and the one before it is: {Fault}")]
    private static partial void Damaged(ILogger logger, string fault);

    [LoggerMessage(LogLevel.Information, "State of snapshot {Snapshot} restored in {Seconds:F1} s")]
    private static partial void StateRestored(ILogger logger, string snapshot, double seconds);
}
