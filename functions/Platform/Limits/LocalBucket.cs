namespace TikTok.Functions.Platform;

/// <summary>What one instance knows of a bucket, and what it has taken without telling yet. Used under <see cref="Gate"/> only.</summary>
internal sealed class LocalBucket(RouteClass routeClass, string subject)
{
    public readonly Lock Gate = new();

    private List<TaskCompletionSource<RateDecision>> _waiting = [];

    public string Key { get; } = RateBucket.KeyOf(routeClass, subject);

    /// <summary>As the last caller has it.</summary>
    public RateLimit Limit { get; set; } = null!;

    /// <summary>The shared bucket when it was last looked at; null when it was full, or was never looked at.</summary>
    public RateBucket? Shared { get; private set; }

    /// <summary>When that was, in Unix milliseconds.</summary>
    public long LookedAt { get; private set; } = long.MinValue;

    /// <summary>Tokens taken here of which the shared bucket does not know; below zero for tokens given back.</summary>
    public int Unreported { get; set; }

    /// <summary>Whether someone is at the shared bucket now; whoever comes meanwhile waits for the next round.</summary>
    public bool IsSettling { get; set; }

    /// <summary>Whether it was forgotten; who still holds it looks for its successor.</summary>
    public bool IsDropped { get; set; }

    /// <summary>Tokens that are left. Others can only have taken more since: there are never more than this, but for those given back elsewhere.</summary>
    public double Left(long now) => Math.Min(Limit.Capacity, Limit.Capacity - (Shared?.UsedAt(Limit, now) ?? 0) - Unreported);

    public bool IsFull(long now) => Unreported == 0 && !IsSettling && Left(now) >= Limit.Capacity;

    public Task<RateDecision> Wait()
    {
        var waiter = new TaskCompletionSource<RateDecision>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting.Add(waiter);
        return waiter.Task;
    }

    public bool HasWaiting => _waiting.Count > 0;

    public List<TaskCompletionSource<RateDecision>> TakeWaiting()
    {
        var waiting = _waiting;
        _waiting = [];
        return waiting;
    }

    public void Learn(RateBucket? shared, int reported, long now)
    {
        Shared = shared;
        LookedAt = now;
        Unreported -= reported;
    }
}
