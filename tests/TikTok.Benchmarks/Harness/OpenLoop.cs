namespace TikTok.Benchmarks.Harness;

/// <summary>
/// So many operations a second, each begun when it is due, whether or not those before it have ended. Its time counts from when it was due: what waits behind a
/// slow one, in the service or in here, is slow itself, as it is for who asked (no coordinated omission).
/// </summary>
public sealed class OpenLoop(double perSecond, TimeSpan warmUp, TimeSpan window, TimeProvider time)
{
    /// <summary>Runs until all operations have ended.</summary>
    /// <param name="operation">Takes the operation's number, from 0, and whether it is measured: those of the warm-up are not.</param>
    /// <param name="whenMeasuring">Asked when the warm-up is over, and once more when the last measured operation has ended.</param>
    /// <returns>The times of those that were due within the window.</returns>
    public async Task<Latencies> RunAsync(Func<int, bool, Task> operation, Action whenMeasuring, CancellationToken cancellationToken)
    {
        var first = (int)Math.Ceiling(warmUp.TotalSeconds * perSecond);
        var count = first + (int)(window.TotalSeconds * perSecond);
        var measured = new double[count - first];
        var running = new List<Task>(count);
        var started = time.GetTimestamp();
        for (var i = 0; i < count; i++)
        {
            var due = TimeSpan.FromSeconds(i / perSecond);
            if (due - time.GetElapsedTime(started) is { Ticks: > 0 } wait) await Task.Delay(wait, time, cancellationToken);
            if (i == first) whenMeasuring();
            running.Add(OneAsync(i, due));
        }
        await Task.WhenAll(running);
        whenMeasuring();
        return new Latencies(measured);

        async Task OneAsync(int i, TimeSpan due)
        {
            await Task.Yield();
            await operation(i, i >= first);
            if (i >= first) measured[i - first] = (time.GetElapsedTime(started) - due).TotalMilliseconds;
        }
    }
}
