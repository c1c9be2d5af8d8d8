namespace TikTok.Benchmarks.Harness;

/// <param name="PerSecond">Operations that ended within the window, per second.</param>
/// <param name="P50">Milliseconds.</param>
/// <param name="P99">Milliseconds.</param>
/// <param name="AllocatedPerOperation">Bytes that this process allocated, per operation.</param>
public sealed record LoadFigures(double PerSecond, double P50, double P99, double AllocatedPerOperation);

/// <summary>So many callers that each start an operation as soon as their last one ended (closed loop): warm up, then measure.</summary>
public sealed class LoadLoop(int callers, TimeSpan warmUp, TimeSpan window, TimeProvider time)
{
    /// <param name="operation">Takes the caller's number and how many operations that caller has started before.</param>
    public async Task<LoadFigures> RunAsync(Func<int, int, Task> operation, CancellationToken cancellationToken)
    {
        var latencies = new List<double>[callers];
        var start = time.GetTimestamp();
        long allocated = 0;
        var running = Enumerable.Range(0, callers).Select(caller => Task.Run(() => CallAsync(caller), cancellationToken)).ToList();
        await Task.Delay(warmUp, time, cancellationToken);
        allocated = GC.GetTotalAllocatedBytes();
        await Task.Delay(window, time, cancellationToken);
        allocated = GC.GetTotalAllocatedBytes() - allocated;
        await Task.WhenAll(running);

        var all = new Latencies(latencies.SelectMany(list => list));
        return new LoadFigures(all.Count / window.TotalSeconds, all.At(0.50), all.At(0.99), allocated / (double)Math.Max(1, all.Count));

        async Task CallAsync(int caller)
        {
            var mine = latencies[caller] = [];
            for (var i = 0; ; i++)
            {
                var began = time.GetTimestamp();
                await operation(caller, i);
                var elapsed = time.GetElapsedTime(start);
                if (elapsed > warmUp + window)
                    return;
                if (elapsed > warmUp)
                    mine.Add(time.GetElapsedTime(began).TotalMilliseconds);
            }
        }
    }
}
