namespace TikTok.Ranker.Retrieval.Towers;

/// <summary>The one thread that keeps <see cref="VideoSpace"/> up to date: what comes or is touched at once, everything when more was learned.</summary>
public sealed class SpaceRenewal(VideoSpace space, TowerTable towers, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The first time takes a while where there is no saved index: not in the thread that starts the service.
        await Task.Yield();
        using var timer = new PeriodicTimer(Interval, time);
        var renewedAt = time.GetTimestamp();
        try
        {
            do
            {
                var all = !space.IsReady || (space.IsBehind && time.GetElapsedTime(renewedAt) >= towers.Options.RenewEvery);
                space.Renew(all, stoppingToken);
                if (all) renewedAt = time.GetTimestamp();
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping is the ordinary end.
        }
    }
}
