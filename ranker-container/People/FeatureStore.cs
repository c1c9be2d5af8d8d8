using System.Collections.Concurrent;
using System.Text.Json;
using TikTok.Core.Telemetry;

namespace TikTok.Ranker.People;

/// <summary>
/// What a request knows of a person: what the table has of them at once, and what only the database knows as soon as it is there. Facts are kept in the table with the
/// person, for an hour; a person who is active has them looked at again every minute. Each person is read once at a time, however many requests ask.
/// </summary>
/// <remarks>
/// When the database does not answer, what was known stays, and is marked as stale when its hour is over; of somebody not known before everything is as for a stranger,
/// who is taken for a teen.
/// </remarks>
public sealed partial class FeatureStore(PersonTable people, IPersonReader reader, FeatureStoreOptions options, TimeProvider time, ILogger<FeatureStore> logger)
    : IPersonSource
{
    private readonly ConcurrentDictionary<string, Task> _reads = new(StringComparer.Ordinal);
    private int _reading;
    private long _pausedUntil = long.MinValue;

    public ValueTask ReadAsync(string userId, uint now, TimeSpan budget, PersonView into)
    {
        people.TryView(userId, into, now, out var facts);
        if (facts is not null && IsFresh(facts, now)) return Done(FeatureOutcome.Hit);

        // Nobody: there is nothing to read of them.
        if (userId.Length == 0) return Done(FeatureOutcome.Hit);

        var read = TryBegin(userId, facts, now);
        if (facts?.IsStale(now) == false) return Done(FeatureOutcome.Hit);
        return read is null ? Done(FeatureOutcome.Shed) : new ValueTask(WaitAsync(read, userId, now, budget, into));
    }

    /// <summary>Sees to it that the facts of somebody who is active will be known, without waiting for them.</summary>
    /// <param name="now">Unix seconds, by the clock on the wall.</param>
    public void Refresh(string userId, uint now)
    {
        var facts = people.FactsOf(userId);
        if (facts is null || (facts.IsStale(now) && !IsFresh(facts, now))) _ = TryBegin(userId, facts, now);
    }

    private bool IsFresh(PersonFacts facts, uint now) => now <= facts.CheckedAt + options.RefreshAfter.TotalSeconds;

    private static ValueTask Done(FeatureOutcome outcome)
    {
        Count(outcome);
        return ValueTask.CompletedTask;
    }

    private static void Count(FeatureOutcome outcome) => Metrics.PersonReads.Add(1, new KeyValuePair<string, object?>("outcome", NameOf(outcome)));

    private static string NameOf(FeatureOutcome outcome) => outcome switch
    {
        FeatureOutcome.Hit => "hit",
        FeatureOutcome.Refreshed => "refreshed",
        FeatureOutcome.Late => "late",
        FeatureOutcome.Failed => "failed",
        FeatureOutcome.Shed => "shed",
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, "Not an outcome."),
    };

    private async Task WaitAsync(Task read, string userId, uint now, TimeSpan budget, PersonView into)
    {
        await read.WaitAsync(budget > TimeSpan.Zero ? budget : TimeSpan.Zero, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!read.IsCompleted)
        {
            Count(FeatureOutcome.Late);
            return;
        }
        people.TryView(userId, into, now, out var facts);
        Count(facts?.CheckedAt >= now ? FeatureOutcome.Refreshed : FeatureOutcome.Failed);
    }

    /// <returns>The read that is under way; null where none may be begun.</returns>
    private Task? TryBegin(string userId, PersonFacts? known, uint now)
    {
        if (_reads.TryGetValue(userId, out var running)) return running;
        if (time.GetTimestamp() < Volatile.Read(ref _pausedUntil)) return null;
        if (Interlocked.Increment(ref _reading) > options.Concurrency)
        {
            Interlocked.Decrement(ref _reading);
            return null;
        }
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var read = _reads.GetOrAdd(userId, done.Task);
        if (read != done.Task)
        {
            Interlocked.Decrement(ref _reading);
            return read;
        }

        // The client's own work before it first waits is not for the request to do.
        _ = Task.Run(() => ReadAsync(userId, known, now, done));
        return done.Task;
    }

    private async Task ReadAsync(string userId, PersonFacts? known, uint now, TaskCompletionSource done)
    {
        using var limited = new CancellationTokenSource(options.Timeout, time);
        try
        {
            var isKnown = known?.IsStale(now) == false;
            var watching = !isKnown && people.NeedsHistory(userId) ? reader.ReadWatchedAsync(userId, limited.Token) : null;
            var reading = isKnown ? reader.RefreshAsync(userId, known!, now, limited.Token) : reader.ReadAsync(userId, now, limited.Token);
            await Task.WhenAll(watching ?? Task.CompletedTask, reading).WaitAsync(limited.Token);
            people.SetFacts(userId, await reading, watching is null ? null : [.. await watching], now);
        }
        catch (Exception e)
        {
            // A document that cannot be read says nothing of the database.
            if (e is not JsonException) Volatile.Write(ref _pausedUntil, time.GetTimestamp() + (long)(options.PauseAfterFailure.TotalSeconds * time.TimestampFrequency));
            ReadFailed(logger, e);
        }
        finally
        {
            _reads.TryRemove(userId, out _);
            Interlocked.Decrement(ref _reading);
            done.TrySetResult();
        }
    }

    [LoggerMessage(LogLevel.Warning, "What is known of a person could not be read; what was known before is used")]
    private static partial void ReadFailed(ILogger logger, Exception e);
}

/// <summary>How a request came to know whom it is for.</summary>
public enum FeatureOutcome
{
    /// <summary>It was known, at most an hour old.</summary>
    Hit,

    /// <summary>It was read in time.</summary>
    Refreshed,

    /// <summary>It was not there in time; the next request will have it.</summary>
    Late,
    Failed,

    /// <summary>Too many are being read, or the database is given a rest.</summary>
    Shed,
}
