using TikTok.Functions.Platform;

namespace TikTok.UnitTests.Platform.Limits;

/// <summary>Shared buckets in memory, with the store's version checks; can be made to fail or to hang.</summary>
internal sealed class MemoryLimitStore : ILimitStore
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, RateBucket> _buckets = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource _isHanging = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _version;

    public bool Fails { get; set; }

    public bool Hangs { get; set; }

    /// <summary>Completes when a call hangs.</summary>
    public Task IsHanging => _isHanging.Task;

    /// <summary>What every call waits for.</summary>
    public Task Held { get; set; } = Task.CompletedTask;

    public int Reads { get; private set; }

    public int Writes { get; private set; }

    /// <summary>How many writes are refused as if another writer had been first.</summary>
    public int Conflicts { get; set; }

    public async Task<RateBucket?> FindAsync(string key, CancellationToken cancellationToken)
    {
        await AnswerAsync(cancellationToken);
        lock (_lock)
        {
            Reads++;
            return _buckets.GetValueOrDefault(key);
        }
    }

    public async Task<RateBucket?> TryWriteAsync(RateBucket bucket, CancellationToken cancellationToken)
    {
        await AnswerAsync(cancellationToken);
        lock (_lock)
        {
            Writes++;
            if (Conflicts > 0)
            {
                Conflicts--;
                return null;
            }

            return _buckets.GetValueOrDefault(bucket.Key)?.ETag == bucket.ETag ? _buckets[bucket.Key] = bucket with { ETag = $"{++_version}" } : null;
        }
    }

    /// <summary>Removes a bucket as its time-to-live does.</summary>
    public void Expire(string key)
    {
        lock (_lock) _buckets.Remove(key);
    }

    public RateBucket? this[string key]
    {
        get
        {
            lock (_lock) return _buckets.GetValueOrDefault(key);
        }
    }

    private async Task AnswerAsync(CancellationToken cancellationToken)
    {
        await Task.Yield();
        await Held;
        if (Fails) throw new HttpRequestException("The store is away.");
        if (!Hangs) return;
        _isHanging.TrySetResult();
        await Task.Delay(Timeout.Infinite, cancellationToken);
    }
}
