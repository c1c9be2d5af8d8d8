using Azure;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using Microsoft.Extensions.Logging;

namespace TikTok.Transcoder.Jobs;

/// <summary>The queue that this execution takes its one message from.</summary>
internal sealed class JobQueue(QueueServiceClient queues, string name, TimeSpan visibility, TimeProvider time, ILogger<JobQueue> log)
{
    private readonly QueueClient _queue = queues.GetQueueClient(name);

    public string Name => name;

    /// <summary>The next message, held until it is settled or this process dies; null when there is none.</summary>
    public async Task<LeasedMessage?> ReceiveAsync(CancellationToken cancellationToken)
    {
        QueueMessage? message = await _queue.ReceiveMessageAsync(visibility, cancellationToken);
        return message is null ? null : new LeasedMessage(_queue, message, visibility, time, log);
    }

    /// <summary>Puts a message that nobody can act on where an operator finds it.</summary>
    public async Task PoisonAsync(LeasedMessage message, CancellationToken cancellationToken)
    {
        var poison = queues.GetQueueClient($"{name}-poison");
        await poison.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
        await poison.SendMessageAsync(message.Body, cancellationToken);
        await message.CompleteAsync(cancellationToken);
    }
}

/// <summary>A received message whose invisibility is renewed until it is settled. <see cref="Lost"/> fires when someone else has got it meanwhile.</summary>
internal sealed class LeasedMessage : IAsyncDisposable
{
    private readonly QueueClient _queue;
    private readonly QueueMessage _message;
    private readonly TimeSpan _visibility;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _settled = new();
    private readonly CancellationTokenSource _lost = new();
    private readonly Task _renewal;
    private string _popReceipt;

    public LeasedMessage(QueueClient queue, QueueMessage message, TimeSpan visibility, TimeProvider time, ILogger log)
    {
        (_queue, _message, _visibility, _time, _log) = (queue, message, visibility, time, log);
        _popReceipt = message.PopReceipt;
        _renewal = RenewAsync(_settled.Token);
    }

    public string Body => _message.Body.ToString();

    /// <summary>Which delivery this is, from 1.</summary>
    public long Attempt => _message.DequeueCount;

    public CancellationToken Lost => _lost.Token;

    /// <summary>The work is done: the message goes.</summary>
    public async Task CompleteAsync(CancellationToken cancellationToken)
    {
        await StopRenewalAsync();
        try
        {
            await _queue.DeleteMessageAsync(_message.MessageId, _popReceipt, cancellationToken);
        }
        catch (RequestFailedException e) when (IsLost(e))
        {
            // Another delivery is under way and comes to the same end.
            _log.LogWarning("The message was taken by someone else before it could be deleted");
        }
    }

    /// <summary>The message becomes visible again after <paramref name="delay"/>; zero: at once.</summary>
    public async Task PostponeAsync(TimeSpan delay, CancellationToken cancellationToken)
    {
        await StopRenewalAsync();
        try
        {
            await _queue.UpdateMessageAsync(_message.MessageId, _popReceipt, _message.Body, delay, cancellationToken);
        }
        catch (RequestFailedException e) when (IsLost(e))
        {
            _log.LogWarning("The message was taken by someone else before it could be postponed");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopRenewalAsync();
        _settled.Dispose();
        _lost.Dispose();
    }

    private async Task StopRenewalAsync()
    {
        await _settled.CancelAsync();
        await _renewal;
    }

    private async Task RenewAsync(CancellationToken settled)
    {
        var heldUntil = _time.GetTimestamp() + (long)(_visibility.TotalSeconds * _time.TimestampFrequency);
        try
        {
            while (true)
            {
                await Task.Delay(_visibility / 3, _time, settled);
                try
                {
                    // Not cancelled by settling: its answer is the pop receipt that settling needs.
                    UpdateReceipt receipt = await _queue.UpdateMessageAsync(_message.MessageId, _popReceipt, _message.Body, _visibility, CancellationToken.None);
                    _popReceipt = receipt.PopReceipt;
                    heldUntil = _time.GetTimestamp() + (long)(_visibility.TotalSeconds * _time.TimestampFrequency);
                }
                catch (RequestFailedException e) when (!IsLost(e) && _time.GetTimestamp() < heldUntil)
                {
                    _log.LogWarning(e, "The message could not be renewed; trying again");
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Settled.
        }
        catch (RequestFailedException e)
        {
            _log.LogWarning(e, "The message is lost");
            await _lost.CancelAsync();
        }
    }

    private static bool IsLost(RequestFailedException e) => e.Status is 404 or 400 && e.ErrorCode is "MessageNotFound" or "PopReceiptMismatch";
}
