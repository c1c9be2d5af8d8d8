namespace TikTok.Local.Functions.Queues;

/// <summary>A bell that a waiting poller hears at once, and one that comes later finds rung.</summary>
internal sealed class Wakeup
{
    private readonly SemaphoreSlim _rung = new(0, 1);

    public void Ring()
    {
        try
        {
            _rung.Release();
        }
        catch (SemaphoreFullException)
        {
            // Already rung: one is enough.
        }
    }

    /// <summary>Waits for the bell or for the delay.</summary>
    public async Task WaitAsync(TimeSpan delay, TimeProvider time, CancellationToken cancellationToken)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var bell = _rung.WaitAsync(enough.Token);
        var pause = Task.Delay(delay, time, enough.Token);
        var first = await Task.WhenAny(bell, pause);
        await enough.CancelAsync();
        if (first == pause)
        {
            // The bell may have rung in between; taking it here would lose it.
            await bell.ContinueWith(
                rung => { if (rung.IsCompletedSuccessfully) { Ring(); } },
                CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }

        cancellationToken.ThrowIfCancellationRequested();
    }
}
