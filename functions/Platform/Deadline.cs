namespace TikTok.Functions.Platform;

/// <summary>How long work is waited for.</summary>
public static class Deadline
{
    /// <summary>Does the work, and waits for it no longer than this, whether or not it heeds its token.</summary>
    /// <exception cref="TimeoutException">The time is over. Where nobody catches it, the request is answered 503 with <c>Retry-After</c>.</exception>
    public static async Task<T> RunAsync<T>(TimeSpan limit, TimeProvider time, Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        using var over = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, over.Token);
        try
        {
            return await work(either.Token).WaitAsync(either.Token);
        }
        catch (OperationCanceledException e) when (over.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"It took longer than {limit.TotalMilliseconds:0} ms.", e);
        }
    }
}
