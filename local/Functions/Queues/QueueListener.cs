using Azure;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using Microsoft.Extensions.Logging;
using TikTok.Local.Functions.Hosting;

namespace TikTok.Local.Functions.Queues;

/// <summary>What a message's handler came to.</summary>
internal delegate Task<bool> MessageHandler(QueueMessage message, CancellationToken cancellationToken);

/// <summary>
/// Polls a queue and works on its messages as the Functions host does: batches while few are running, hidden while they run, deleted on success,
/// shown again on failure, and moved to the poison queue after too many attempts.
/// </summary>
internal sealed class QueueListener(
    string name,
    QueueClient queue,
    QueueClient poison,
    QueueSettings settings,
    MessageHandler handler,
    Wakeup wakeup,
    TimeProvider time,
    ILogger log) : ITriggerListener
{
    /// <summary>
    /// A fetched message stays hidden for this long and is hidden again while its function runs. Azure takes ten minutes; here a host that was killed
    /// should not make a developer wait for that.
    /// </summary>
    internal static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    /// <summary>A fetch is not cut short at once when the host stops: what storage has handed out would stay hidden, and nobody would know of it.</summary>
    private static readonly TimeSpan FetchAfterStop = TimeSpan.FromSeconds(1);

    public string Name => name;

    public async Task RunAsync(CancellationToken stopping)
    {
        var delay = new PollingDelay(PollingDelay.Minimum, settings.MaxPollingInterval);
        var running = new HashSet<Task>();
        try
        {
            while (true)
            {
                var messages = await ReceiveAsync(stopping);
                if (stopping.IsCancellationRequested)
                {
                    await Task.WhenAll(messages.Select(GiveBackAsync));
                    stopping.ThrowIfCancellationRequested();
                }

                foreach (var message in messages)
                {
                    running.Add(WorkAsync(message));
                }

                if (messages.Length == 0)
                {
                    running.RemoveWhere(task => task.IsCompleted);
                    await wakeup.WaitAsync(delay.Next(found: false), time, stopping);
                    continue;
                }

                delay.Next(found: true);
                while (running.Count > settings.NewBatchThresholdOrDefault)
                {
                    running.Remove(await Task.WhenAny(running).WaitAsync(stopping));
                    running.RemoveWhere(task => task.IsCompleted);
                }
            }
        }
        finally
        {
            await Task.WhenAll(running);
        }
    }

    private async Task<QueueMessage[]> ReceiveAsync(CancellationToken stopping)
    {
        using var limit = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        using var registration = stopping.Register(() => limit.CancelAfter(FetchAfterStop));
        try
        {
            return (await queue.ReceiveMessagesAsync(settings.BatchSize, Lease, limit.Token)).Value;
        }
        catch (RequestFailedException error) when (error.ErrorCode == QueueErrorCode.QueueNotFound)
        {
            return [];
        }
        catch (Exception error) when (error is RequestFailedException or AggregateException && !stopping.IsCancellationRequested)
        {
            // Storage is away. What runs goes on, and the next look comes after the pause that an empty queue has.
            log.LogWarning("Queue {Queue} cannot be read: {Reason}", queue.Name, error.Message.ReplaceLineEndings(" "));
            return [];
        }
    }

    private async Task GiveBackAsync(QueueMessage message)
    {
        try
        {
            await queue.UpdateMessageAsync(message.MessageId, message.PopReceipt, visibilityTimeout: TimeSpan.Zero, cancellationToken: CancellationToken.None);
        }
        catch (Exception error)
        {
            log.LogDebug("Message {Message} of {Queue} will appear again by itself: {Reason}", message.MessageId, queue.Name, error.Message);
        }
    }

    private async Task WorkAsync(QueueMessage message)
    {
        await Task.Yield();
        try
        {
            if (message.DequeueCount > settings.MaxDequeueCount)
            {
                await PoisonAsync(message, message.PopReceipt);
                return;
            }

            var (succeeded, receipt) = await HandleAsync(message);
            if (receipt is null)
            {
                log.LogWarning("Message {Message} of {Queue} is no longer ours.", message.MessageId, queue.Name);
            }
            else if (succeeded)
            {
                await queue.DeleteMessageAsync(message.MessageId, receipt, CancellationToken.None);
            }
            else if (message.DequeueCount >= settings.MaxDequeueCount)
            {
                await PoisonAsync(message, receipt);
            }
            else
            {
                await queue.UpdateMessageAsync(message.MessageId, receipt, visibilityTimeout: settings.VisibilityTimeout, cancellationToken: CancellationToken.None);
                WakeAfter(settings.VisibilityTimeout);
            }
        }
        catch (RequestFailedException error) when (error.Status == 404)
        {
            // Message not found or pop receipt stale: somebody else has it, and it is theirs to finish.
            log.LogDebug("Message {Message} of {Queue} was taken over: {Reason}", message.MessageId, queue.Name, error.ErrorCode);
        }
        catch (Exception error)
        {
            log.LogWarning("Message {Message} of {Queue} will appear again: {Reason}", message.MessageId, queue.Name, error.Message);
        }
    }

    /// <summary>Keeps the message hidden while its handler runs; hiding it again changes its receipt. No receipt: somebody else has it.</summary>
    private async Task<(bool Succeeded, string? Receipt)> HandleAsync(QueueMessage message)
    {
        var receipt = message.PopReceipt;
        using var done = new CancellationTokenSource();
        using var lost = new CancellationTokenSource();
        var renewal = RenewAsync();
        var succeeded = false;
        try
        {
            succeeded = await handler(message, lost.Token);
        }
        catch (Exception error)
        {
            log.LogWarning("Message {Message} of {Queue} could not be handled: {Reason}", message.MessageId, queue.Name, error.Message);
        }

        await done.CancelAsync();
        await renewal;
        return (succeeded, lost.IsCancellationRequested ? null : receipt);

        async Task RenewAsync()
        {
            var pause = Lease / 2;
            while (true)
            {
                try
                {
                    await Task.Delay(pause, time, done.Token);
                    pause = Lease / 2;
                    receipt = (await queue.UpdateMessageAsync(message.MessageId, receipt, visibilityTimeout: Lease, cancellationToken: CancellationToken.None)).Value.PopReceipt;
                }
                catch (OperationCanceledException) when (done.IsCancellationRequested)
                {
                    return;
                }
                catch (RequestFailedException error) when (error.Status == 404)
                {
                    await lost.CancelAsync();
                    return;
                }
                catch (Exception error)
                {
                    pause = Lease / 10;
                    log.LogWarning("Message {Message} of {Queue} could not be kept hidden: {Reason}", message.MessageId, queue.Name, error.Message);
                }
            }
        }
    }

    private async Task PoisonAsync(QueueMessage message, string receipt)
    {
        log.LogWarning("Message {Message} failed {Count} times; it moves to {Poison}.", message.MessageId, settings.MaxDequeueCount, poison.Name);
        await PoisonQueue.MoveAsync(queue, message, receipt, poison);
    }

    /// <summary>A message shown again later rings no bell of its own.</summary>
    private void WakeAfter(TimeSpan delay) =>
        _ = Task.Delay(delay + TimeSpan.FromMilliseconds(50), time).ContinueWith(_ => wakeup.Ring(), TaskScheduler.Default);
}
