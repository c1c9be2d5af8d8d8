using System.Threading.Channels;
using Azure.Messaging.EventHubs.Consumer;
using TikTok.Core.Events;

namespace TikTok.Ranker.State;

/// <summary>
/// Reads all partitions of the log and applies each event once to all folds, in their order, in one thread. Partitions are merged by the time at which the log took
/// their events: when much is to be caught up with, no partition runs ahead of the others. What is behind a broken connection is asked for again, less often each
/// time; nothing is lost by it.
/// </summary>
/// <param name="ready">What must be there before the first event: videos that events speak of.</param>
public sealed partial class LogFollower(
    EventHubConsumerClient consumer, LogCursor cursor, IReadOnlyList<IInteractionFold> folds, Func<CancellationToken, Task> ready, TimeProvider time,
    ILogger<LogFollower> logger)
    : BackgroundService
{
    /// <summary>Events that are this new are applied as they come, without waiting for what another partition may still have.</summary>
    private static readonly TimeSpan Live = TimeSpan.FromSeconds(2);

    /// <summary>A partition that has had nothing for so long is at its end.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FirstBackoff = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaxBackoff = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);
    private const int ReadAhead = 512;

    private readonly Channel<Action> _between = Channel.CreateUnbounded<Action>();

    /// <summary>Rung when there is something new for the applying thread; once is as good as often.</summary>
    private readonly Channel<bool> _bell = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly TaskCompletionSource _caughtUp = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _lastAt;

    /// <summary>Events applied, each once.</summary>
    public long Applied { get; private set; }

    /// <summary>Events that had been applied already.</summary>
    public long Repeated { get; private set; }

    /// <summary>Events that cannot be read, or that a fold could not take; each is passed over.</summary>
    public long Failed { get; private set; }

    /// <summary>Whether there was a moment at which all events but the newest were applied: none was left that was more than two seconds old.</summary>
    public bool IsCaughtUp => _caughtUp.Task.IsCompletedSuccessfully;

    /// <summary>How old the last event applied was; of use while events come.</summary>
    public TimeSpan Behind => Volatile.Read(ref _lastAt) is var at and > 0 ? time.GetUtcNow() - DateTimeOffset.FromUnixTimeMilliseconds(at) : TimeSpan.Zero;

    public Task WhenCaughtUpAsync(CancellationToken cancellationToken) => _caughtUp.Task.WaitAsync(cancellationToken);

    /// <summary>Does something between two events, in the thread that applies them: what is saved is then of one moment.</summary>
    public async Task<T> BetweenEventsAsync<T>(Func<T> work, CancellationToken cancellationToken)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _between.Writer.TryWrite(() =>
        {
            try
            {
                done.SetResult(work());
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        });
        _bell.Writer.TryWrite(true);
        return await done.Task.WaitAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await ready(stoppingToken);
            PartitionReader[] partitions = [.. (await PartitionIdsAsync(stoppingToken)).Select(id => new PartitionReader(id))];
            var reading = Task.WhenAll(partitions.Select(partition => ReadAsync(partition, stoppingToken)));
            await ApplyAsync(partitions, stoppingToken);
            await reading;
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The end.
        }
    }

    private async Task ApplyAsync(PartitionReader[] partitions, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            while (_between.Reader.TryRead(out var work)) work();
            if (Next(partitions) is { } next)
            {
                Apply(next.Head!);
                next.Head = null;
                continue;
            }
            if (partitions.All(partition => partition is { Head: null, IsAtEnd: true })) _caughtUp.TrySetResult();
            await _bell.Reader.ReadAsync(cancellationToken);
        }
    }

    /// <returns>The partition whose first event is the oldest; null while one may still have an older one, or none has any.</returns>
    private PartitionReader? Next(PartitionReader[] partitions)
    {
        PartitionReader? next = null;
        foreach (var partition in partitions)
        {
            partition.Advance();
            if (partition.Head is { } head && (next is null || head.EnqueuedAt < next.Head!.EnqueuedAt)) next = partition;
        }
        if (next?.Head is not { EnqueuedAt: var at }) return null;
        var isLive = at >= time.GetUtcNow() - Live;
        if (isLive && IsCaughtUp) return next;
        foreach (var partition in partitions)
        {
            if (partition is { Head: null, IsAtEnd: false } && partition.LastAt < at) return null;
        }
        if (isLive) _caughtUp.TrySetResult();
        return next;
    }

    private void Apply(LoggedInteraction logged)
    {
        if (!cursor.TryTake(logged))
        {
            Repeated++;
            return;
        }
        foreach (var fold in folds)
        {
            try
            {
                fold.Apply(logged);
            }
            catch (Exception e)
            {
                // One event that one fold cannot take must not end the learning of all others.
                Failed++;
                FoldFailed(logger, fold.GetType().Name, logged.Partition, logged.SequenceNumber, e);
            }
        }
        Applied++;
        Volatile.Write(ref _lastAt, logged.EnqueuedAt.ToUnixTimeMilliseconds());
    }

    private async Task ReadAsync(PartitionReader partition, CancellationToken cancellationToken)
    {
        var next = cursor.NextOf(partition.Id);
        var backoff = FirstBackoff;
        var options = new ReadEventOptions { MaximumWaitTime = Silence };
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                var position = next is { } number ? EventPosition.FromSequenceNumber(number) : EventPosition.Earliest;
                await foreach (var read in consumer.ReadEventsFromPartitionAsync(partition.Id, position, options, cancellationToken))
                {
                    backoff = FirstBackoff;
                    if (read.Data is { } data)
                    {
                        if (Parsed(data, partition.Id) is { } logged) await partition.WriteAsync(logged, cancellationToken);
                        next = data.SequenceNumber + 1;
                    }
                    else
                    {
                        await partition.WriteAsync(null, cancellationToken);
                    }
                    _bell.Writer.TryWrite(true);
                }
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                ReadFailed(logger, partition.Id, backoff.TotalSeconds, e);
                await Task.Delay(backoff, time, cancellationToken);
                backoff = TimeSpan.FromTicks(Math.Min(backoff.Ticks * 2, MaxBackoff.Ticks));
            }
        }
    }

    private async Task<string[]> PartitionIdsAsync(CancellationToken cancellationToken)
    {
        for (var backoff = FirstBackoff; ; backoff = TimeSpan.FromTicks(Math.Min(backoff.Ticks * 2, MaxBackoff.Ticks)))
        {
            using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limited.CancelAfter(Timeout);
            try
            {
                return await consumer.GetPartitionIdsAsync(limited.Token);
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                ReadFailed(logger, "*", backoff.TotalSeconds, e);
                await Task.Delay(backoff, time, cancellationToken);
            }
        }
    }

    private LoggedInteraction? Parsed(Azure.Messaging.EventHubs.EventData data, string partition)
    {
        try
        {
            return LoggedInteraction.Read(data) with { Partition = partition };
        }
        catch (InvalidDataException e)
        {
            Failed++;
            Unreadable(logger, partition, data.SequenceNumber, e);
            return null;
        }
    }

    [LoggerMessage(LogLevel.Warning, "Partition {Partition} of the log did not answer; the next try is in {Seconds} s")]
    private static partial void ReadFailed(ILogger logger, string partition, double seconds, Exception e);

    [LoggerMessage(LogLevel.Error, "Event {Number} of partition {Partition} cannot be read and was passed over")]
    private static partial void Unreadable(ILogger logger, string partition, long number, Exception e);

    [LoggerMessage(LogLevel.Error, "{Fold} could not take event {Number} of partition {Partition}; it goes on without it")]
    private static partial void FoldFailed(ILogger logger, string fold, string partition, long number, Exception e);

    /// <summary>A partition's next events. Written by its reader, read by the applying thread.</summary>
    private sealed class PartitionReader(string id)
    {
        /// <summary>null stands for silence.</summary>
        private readonly Channel<LoggedInteraction?> _events = Channel.CreateBounded<LoggedInteraction?>(ReadAhead);

        public string Id => id;

        public LoggedInteraction? Head { get; set; }

        /// <summary>Whether nothing came for a while.</summary>
        public bool IsAtEnd { get; private set; }

        /// <summary>Of the last event: none that is older follows.</summary>
        public DateTimeOffset LastAt { get; private set; } = DateTimeOffset.MinValue;

        public ValueTask WriteAsync(LoggedInteraction? logged, CancellationToken cancellationToken) => _events.Writer.WriteAsync(logged, cancellationToken);

        public void Advance()
        {
            while (Head is null && _events.Reader.TryRead(out var logged))
            {
                (Head, IsAtEnd) = (logged, logged is null);
                if (logged is not null) LastAt = logged.EnqueuedAt;
            }
        }
    }
}
