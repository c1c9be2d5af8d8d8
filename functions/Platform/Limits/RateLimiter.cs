using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using TikTok.Core.Telemetry;

namespace TikTok.Functions.Platform;

/// <summary>
/// Token buckets that all instances share, at the price of a dictionary look-up while a caller is far from the limit. Above the <see cref="RateLimit.Edge"/> an
/// instance decides alone and tells the shared bucket of a <see cref="RateLimit.Batch"/> at a time, behind the caller's back; below it, every token is taken
/// from the shared bucket before the request goes on, for all who wait in one write. A refusal is known from then on, and costs nothing.
/// </summary>
/// <remarks>
/// N instances together exceed the capacity by at most N batches, a batch being 1/100 of the capacity, and what they exceed it by is paid back before anyone
/// is let through again: docs/decisions/037 has the proof. Below a capacity of 100 it is never exceeded. When the shared bucket does not answer within <see cref="StoreTimeout"/>, each instance goes on with what it knows,
/// so that a limit then holds per instance.
/// </remarks>
public sealed partial class RateLimiter(ILimitStore store, TimeProvider time, ILogger<RateLimiter> logger)
{
    /// <summary>How long a request may wait for the shared bucket.</summary>
    public static readonly TimeSpan StoreTimeout = TimeSpan.FromSeconds(1);

    /// <summary>How long the shared buckets are left alone after one did not answer.</summary>
    public static readonly TimeSpan StorePause = TimeSpan.FromSeconds(5);

    /// <summary>How long a bucket that was seen empty is not looked at again: someone may have been given tokens back, or a larger role.</summary>
    public static readonly TimeSpan EmptyMemory = TimeSpan.FromSeconds(5);

    /// <summary>How many buckets an instance keeps. Those beyond are not counted until others are idle; some 300 bytes each.</summary>
    public const int MaxBuckets = 100_000;

    /// <summary>At which part of a batch it is reported, so that nobody waits for that while requests come at an ordinary rate.</summary>
    private const double ReportAt = 0.8;

    private const int MaxAttempts = 16;
    private const int ParallelReports = 16;
    private const double Rounding = 1e-9;

    private readonly ConcurrentDictionary<(RouteClass Class, string Subject), LocalBucket> _buckets = new();
    private int _count;
    private long _pausedUntil = long.MinValue;

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Takes a token, or says when there will be one.</summary>
    public async ValueTask<RateDecision> TakeAsync(RateLimit limit, string subject)
    {
        var decision = Decide(limit, subject, out var waiting) ?? await waiting!;
        if (!decision.IsAllowed) Count(limit, "refused");
        return decision;
    }

    /// <summary>Gives a token back: what it was taken for did not happen.</summary>
    public void Return(RateLimit limit, string subject)
    {
        if (!_buckets.TryGetValue((limit.Class, subject), out var bucket)) return;
        lock (bucket.Gate)
        {
            bucket.Unreported--;
            if (bucket.Unreported >= 0 || bucket.IsSettling) return;
            bucket.IsSettling = true;
        }

        _ = Task.Run(() => SettleAsync(bucket));
    }

    /// <summary>Tells the shared buckets all that was taken here, and forgets buckets that are full again.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        var now = Now;
        var due = new List<LocalBucket>();
        foreach (var (key, bucket) in _buckets)
        {
            lock (bucket.Gate)
            {
                if (bucket.IsFull(now))
                {
                    bucket.IsDropped = true;
                    if (_buckets.TryRemove(key, out _)) Interlocked.Decrement(ref _count);
                }
                else if (bucket is { Unreported: not 0, IsSettling: false })
                {
                    bucket.IsSettling = true;
                    due.Add(bucket);
                }
            }
        }

        // Not cancelled half-way: each is marked as being settled, and is bounded by the store's timeout.
        await Parallel.ForEachAsync(due, new ParallelOptions { MaxDegreeOfParallelism = ParallelReports }, async (bucket, _) => await SettleAsync(bucket));
        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>The decision, where this instance can make it alone; else who to wait for.</summary>
    private RateDecision? Decide(RateLimit limit, string subject, out Task<RateDecision>? waiting)
    {
        waiting = null;
        while (true)
        {
            if (BucketOf(limit, subject) is not { } bucket) return RateDecision.Allowed(limit, limit.Capacity);
            RateDecision? decision = null;
            lock (bucket.Gate)
            {
                if (bucket.IsDropped) continue;
                bucket.Limit = limit;
                var now = Now;
                var left = bucket.Left(now);
                if (left + Rounding < 1 && now - bucket.LookedAt < EmptyMemory.TotalMilliseconds && bucket.LookedAt >= 0)
                    return RateDecision.Refused(limit, left);

                if (left - 1 >= limit.Edge && bucket.Unreported < limit.Batch)
                {
                    bucket.Unreported++;
                    decision = RateDecision.Allowed(limit, left - 1);
                    if (bucket.Unreported < limit.Batch * ReportAt || bucket.IsSettling) return decision;
                }
                else
                {
                    waiting = bucket.Wait();
                    if (bucket.IsSettling) return null;
                }

                bucket.IsSettling = true;
            }

            _ = decision is null ? SettleAsync(bucket) : Task.Run(() => SettleAsync(bucket));
            return decision;
        }
    }

    private LocalBucket? BucketOf(RateLimit limit, string subject)
    {
        if (_buckets.TryGetValue((limit.Class, subject), out var known)) return known;
        if (Volatile.Read(ref _count) >= MaxBuckets)
        {
            Count(limit, "uncounted");
            return null;
        }

        var fresh = new LocalBucket(limit.Class, subject) { Limit = limit };
        var bucket = _buckets.GetOrAdd((limit.Class, subject), fresh);
        if (ReferenceEquals(bucket, fresh)) Interlocked.Increment(ref _count);
        return bucket;
    }

    /// <summary>Rounds at the shared bucket: what is unreported goes in, and tokens for all who wait come out, until nobody waits.</summary>
    private async Task SettleAsync(LocalBucket bucket)
    {
        while (true)
        {
            List<TaskCompletionSource<RateDecision>> waiting;
            RateLimit limit;
            RateBucket? known;
            int report;
            lock (bucket.Gate) (waiting, limit, known, report) = (bucket.TakeWaiting(), bucket.Limit, bucket.Shared, bucket.Unreported);

            var outcome = await AskAsync(bucket.Key, limit, known, report, waiting.Count);
            if (Complete(bucket, limit, waiting, report, outcome)) return;
        }
    }

    /// <summary>Answers those who waited. Whether nobody has come to wait meanwhile.</summary>
    private bool Complete(LocalBucket bucket, RateLimit limit, List<TaskCompletionSource<RateDecision>> waiting, int report, Outcome? outcome)
    {
        lock (bucket.Gate)
        {
            var now = Now;
            if (outcome is { IsSettled: true } settled) bucket.Learn(settled.Bucket, report, now);
            var left = bucket.Left(now);
            for (var i = 0; i < waiting.Count; i++)
            {
                if (outcome is { } answered)
                {
                    waiting[i].SetResult(i < answered.Granted ? RateDecision.Allowed(limit, left) : RateDecision.Refused(limit, left));
                }
                else if (left + Rounding >= 1)
                {
                    // What an outage lets through is never more than one window's worth to pay back.
                    bucket.Unreported = Math.Min(bucket.Unreported + 1, limit.Capacity);
                    waiting[i].SetResult(RateDecision.Allowed(limit, --left));
                    Count(limit, "alone");
                }
                else
                {
                    waiting[i].SetResult(RateDecision.Refused(limit, left));
                    Count(limit, "alone");
                }
            }

            if (bucket.HasWaiting) return false;
            bucket.IsSettling = false;
            return true;
        }
    }

    /// <returns>null when the shared bucket does not answer.</returns>
    private async Task<Outcome?> AskAsync(string key, RateLimit limit, RateBucket? known, int report, int want)
    {
        if (Now < Volatile.Read(ref _pausedUntil)) return null;
        using var timeout = new CancellationTokenSource(StoreTimeout, time);
        try
        {
            // Not every client gives up at once when it is told to; this does.
            return await AskAsync(key, limit, known, report, want, timeout.Token).WaitAsync(timeout.Token);
        }
        catch (Exception e)
        {
            // Whatever it is, a limiter that cannot count must not be what stops the service.
            Volatile.Write(ref _pausedUntil, Now + (long)StorePause.TotalMilliseconds);
            Unshared(logger, limit.Class, StorePause, e.WithoutData());
            return null;
        }
    }

    private async Task<Outcome> AskAsync(string key, RateLimit limit, RateBucket? known, int report, int want, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            // The version seen last may still be the newest: then one write is all it takes.
            var bucket = attempt == 0 && known is not null ? known : await store.FindAsync(key, cancellationToken);
            var now = Now;
            var used = Math.Max(0, (bucket?.UsedAt(limit, now) ?? 0) + report);
            var granted = (int)Math.Clamp(Math.Floor(limit.Capacity - used + Rounding), 0, want);
            if (report == 0 && granted == 0)
            {
                // Only to be believed of a version that is known to be the newest.
                if (attempt == 0 && known is not null) continue;
                return new Outcome(0, bucket, IsSettled: true);
            }

            var next = new RateBucket
            {
                Id = key,
                Key = key,
                Used = used + granted,
                At = Math.Max(now, bucket?.At ?? 0),
                Ttl = (int)Math.Clamp(limit.SecondsFor(used + granted), 1, int.MaxValue),
                ETag = bucket?.ETag,
            };
            if (await store.TryWriteAsync(next, cancellationToken) is { } written) return new Outcome(granted, written, IsSettled: true);
        }

        // So many instances are at this one bucket that its caller is near the limit on all of them: the safe side is to let it wait.
        return new Outcome(0, null, IsSettled: false);
    }

    private static void Count(RateLimit limit, string outcome) => Metrics.RateLimitExceptions.Add(
        1, new KeyValuePair<string, object?>("class", limit.Name), new KeyValuePair<string, object?>("outcome", outcome));

    [LoggerMessage(LogLevel.Warning, "The shared rate limits did not answer for {Class}: for {Pause} this instance counts alone")]
    private static partial void Unshared(ILogger logger, RouteClass @class, TimeSpan pause, Exception e);

    /// <param name="IsSettled">Whether what was reported is in the shared bucket, and <paramref name="Bucket"/> its newest version.</param>
    private readonly record struct Outcome(int Granted, RateBucket? Bucket, bool IsSettled);
}
