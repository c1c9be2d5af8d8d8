using Azure;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using Microsoft.Extensions.Logging.Abstractions;
using NSubstitute;
using TikTok.Local.Functions.Hosting;
using TikTok.Local.Functions.Queues;

namespace TikTok.UnitTests.Functions.Host;

public sealed class QueueListenerTests
{
    private static readonly QueueSettings Settings = new()
    {
        BatchSize = 2,
        NewBatchThreshold = 1,
        MaxDequeueCount = 3,
        VisibilityTimeout = TimeSpan.FromSeconds(7),
        MaxPollingInterval = TimeSpan.FromSeconds(1),
    };

    private readonly FakeTime _clock = new();
    private readonly QueueClient _queue = Substitute.For<QueueClient>();
    private readonly QueueClient _poison = Substitute.For<QueueClient>();
    private readonly Queue<QueueMessage[]> _batches = new();
    private readonly Wakeup _wakeup = new();

    public QueueListenerTests()
    {
        _queue.ReceiveMessagesAsync(Arg.Any<int?>(), Arg.Any<TimeSpan?>(), Arg.Any<CancellationToken>())
            .Returns(_ => Response(_batches.Count > 0 ? _batches.Dequeue() : []));
        _queue.UpdateMessageAsync(Arg.Any<string>(), Arg.Any<string>(), Arg.Any<string>(), Arg.Any<TimeSpan>(), Arg.Any<CancellationToken>())
            .Returns(_ => Response(QueuesModelFactory.UpdateReceipt("renewed", _clock.GetUtcNow())));
    }

    [Fact]
    public async Task A_message_that_was_handled_is_deleted()
    {
        _batches.Enqueue([Message("a", deliveries: 1)]);

        await RunAsync((_, _) => Task.FromResult(true));

        await _queue.Received(1).DeleteMessageAsync("a", "receipt", Arg.Any<CancellationToken>());
    }

    [Fact]
    public async Task A_message_that_failed_is_shown_again_after_the_visibility_timeout()
    {
        _batches.Enqueue([Message("a", deliveries: 2)]);

        await RunAsync((_, _) => Task.FromResult(false));

        await _queue.Received(1).UpdateMessageAsync("a", "receipt", (string?)null, TimeSpan.FromSeconds(7), Arg.Any<CancellationToken>());
        await _queue.DidNotReceiveWithAnyArgs().DeleteMessageAsync(default, default, default);
    }

    [Fact]
    public async Task A_message_that_failed_for_the_last_time_moves_to_the_poison_queue()
    {
        _batches.Enqueue([Message("a", deliveries: 3)]);

        await RunAsync((_, _) => Task.FromResult(false));

        await _poison.Received(1).SendMessageAsync(Arg.Is<BinaryData>(body => body.ToString() == "body"), Arg.Any<TimeSpan?>(), TimeSpan.FromSeconds(-1), Arg.Any<CancellationToken>());
        await _queue.Received(1).DeleteMessageAsync("a", "receipt", Arg.Any<CancellationToken>());
    }

    [Fact]
    public async Task A_message_delivered_too_often_is_not_handled_at_all()
    {
        _batches.Enqueue([Message("a", deliveries: 4)]);
        var handled = false;

        await RunAsync((_, _) => Task.FromResult(handled = true));

        Assert.False(handled);
        await _poison.ReceivedWithAnyArgs(1).SendMessageAsync(Arg.Any<BinaryData>(), default, default, default);
    }

    [Fact]
    public async Task A_message_stays_hidden_while_it_is_handled_and_is_deleted_by_its_newest_receipt()
    {
        _batches.Enqueue([Message("a", deliveries: 1)]);
        var finish = new TaskCompletionSource<bool>();
        var begun = new TaskCompletionSource();
        var running = StartAsync(
            (_, _) =>
            {
                begun.SetResult();
                return finish.Task;
            },
            out var stop);
        await begun.Task;

        _clock.Advance(QueueListener.Lease / 2);
        await Until(() => Calls(nameof(QueueClient.UpdateMessageAsync)) > 0);
        await _queue.Received().UpdateMessageAsync("a", "receipt", (string?)null, QueueListener.Lease, Arg.Any<CancellationToken>());
        finish.SetResult(true);
        await EndAsync(running, stop);

        await _queue.Received(1).DeleteMessageAsync("a", "renewed", Arg.Any<CancellationToken>());
    }

    [Fact]
    public async Task A_message_that_somebody_else_took_cancels_its_handler()
    {
        _batches.Enqueue([Message("a", deliveries: 1)]);
        _queue.UpdateMessageAsync(Arg.Any<string>(), Arg.Any<string>(), Arg.Any<string>(), Arg.Any<TimeSpan>(), Arg.Any<CancellationToken>())
            .Returns<Response<UpdateReceipt>>(_ => throw new RequestFailedException(404, "gone", "PopReceiptMismatch", null));
        var (begun, cancelled) = (new TaskCompletionSource(), new TaskCompletionSource());
        var running = StartAsync(
            async (_, lost) =>
            {
                begun.SetResult();
                await using var registration = lost.Register(cancelled.SetResult);
                await cancelled.Task;
                return false;
            },
            out var stop);
        await begun.Task;

        _clock.Advance(QueueListener.Lease);
        await cancelled.Task;

        await EndAsync(running, stop);
    }

    [Fact]
    public async Task A_message_that_somebody_else_took_at_its_last_delivery_is_not_poison_too()
    {
        _batches.Enqueue([Message("a", deliveries: 3)]);
        _queue.UpdateMessageAsync(Arg.Any<string>(), Arg.Any<string>(), Arg.Any<string>(), Arg.Any<TimeSpan>(), Arg.Any<CancellationToken>())
            .Returns<Response<UpdateReceipt>>(_ => throw new RequestFailedException(404, "gone", "PopReceiptMismatch", null));
        var begun = new TaskCompletionSource();
        var running = StartAsync(
            async (_, lost) =>
            {
                begun.SetResult();
                await Task.Delay(Timeout.Infinite, lost);
                return true;
            },
            out var stop);
        await begun.Task;

        _clock.Advance(QueueListener.Lease);

        await EndAsync(running, stop);
        await _poison.DidNotReceiveWithAnyArgs().SendMessageAsync(Arg.Any<BinaryData>(), default, default, default);
    }

    [Fact]
    public async Task A_message_whose_handler_threw_is_shown_again_and_hidden_no_more()
    {
        _batches.Enqueue([Message("a", deliveries: 1)]);

        await RunAsync((_, _) => throw new InvalidOperationException("on purpose"));
        _clock.Advance(QueueListener.Lease);

        await _queue.Received(1).UpdateMessageAsync("a", "receipt", (string?)null, TimeSpan.FromSeconds(7), Arg.Any<CancellationToken>());
        await _queue.DidNotReceive().UpdateMessageAsync("a", Arg.Any<string>(), (string?)null, QueueListener.Lease, Arg.Any<CancellationToken>());
    }

    [Fact]
    public async Task A_queue_that_cannot_be_read_for_a_while_leaves_what_runs_alone_and_is_read_again()
    {
        _batches.Enqueue([Message("a", deliveries: 1)]);
        var finish = new TaskCompletionSource<bool>();
        var reads = 0;
        _queue.ReceiveMessagesAsync(Arg.Any<int?>(), Arg.Any<TimeSpan?>(), Arg.Any<CancellationToken>())
            .Returns(_ => ++reads == 2 ? throw new RequestFailedException(503, "away") : Response(_batches.Count > 0 ? _batches.Dequeue() : []));
        var running = StartAsync((message, _) => message.MessageId == "a" ? finish.Task : Task.FromResult(true), out var stop);
        _batches.Enqueue([Message("b", deliveries: 1)]);

        _wakeup.Ring();

        await Until(() => Calls(nameof(QueueClient.DeleteMessageAsync)) > 0);
        await _queue.Received(1).DeleteMessageAsync("b", "receipt", Arg.Any<CancellationToken>());
        finish.SetResult(true);
        await EndAsync(running, stop);
        await _queue.Received(1).DeleteMessageAsync("a", "receipt", Arg.Any<CancellationToken>());
    }

    [Fact]
    public async Task What_a_stopping_listener_is_still_handed_is_given_back_at_once()
    {
        var answer = new TaskCompletionSource<Response<QueueMessage[]>>();
        _queue.ReceiveMessagesAsync(Arg.Any<int?>(), Arg.Any<TimeSpan?>(), Arg.Any<CancellationToken>()).Returns(answer.Task);
        var handled = false;
        var running = StartAsync((_, _) => Task.FromResult(handled = true), out var stop);

        await stop.CancelAsync();
        answer.SetResult(Response<QueueMessage[]>([Message("a", deliveries: 1)]));

        await EndAsync(running, stop);
        Assert.False(handled);
        await _queue.Received(1).UpdateMessageAsync("a", "receipt", (string?)null, TimeSpan.Zero, Arg.Any<CancellationToken>());
    }

    [Fact]
    public async Task No_batch_is_fetched_while_more_than_the_threshold_run()
    {
        _batches.Enqueue([Message("a", 1), Message("b", 1)]);
        _batches.Enqueue([Message("c", 1)]);
        var finish = new Dictionary<string, TaskCompletionSource<bool>> { ["a"] = new(), ["b"] = new(), ["c"] = new() };
        var running = StartAsync((message, _) => finish[message.MessageId].Task, out var stop);
        await Begun();
        await _queue.ReceivedWithAnyArgs(1).ReceiveMessagesAsync(default, default, default);

        finish["a"].SetResult(true);
        await Until(() => _batches.Count == 0);

        finish["b"].SetResult(true);
        finish["c"].SetResult(true);
        await EndAsync(running, stop);
    }

    [Fact]
    public async Task An_empty_queue_is_looked_at_again_at_once_when_the_bell_rings()
    {
        var running = StartAsync((_, _) => Task.FromResult(true), out var stop);
        _batches.Enqueue([Message("a", 1)]);

        _wakeup.Ring();

        await Until(() => Calls(nameof(QueueClient.DeleteMessageAsync)) > 0);
        await EndAsync(running, stop);
        await _queue.Received(1).DeleteMessageAsync("a", "receipt", Arg.Any<CancellationToken>());
    }

    private Task StartAsync(MessageHandler handler, out CancellationTokenSource stop)
    {
        stop = new CancellationTokenSource();
        var listener = new QueueListener("test", _queue, _poison, Settings, handler, _wakeup, _clock, NullLogger.Instance);
        return listener.RunAsync(stop.Token);
    }

    private async Task RunAsync(MessageHandler handler)
    {
        var running = StartAsync(handler, out var stop);
        await Begun();
        await EndAsync(running, stop);
    }

    private Task Begun() => Until(() => _batches.Count == 0 || Calls(nameof(QueueClient.ReceiveMessagesAsync)) > 0);

    private int Calls(string method) => _queue.ReceivedCalls().Count(call => call.GetMethodInfo().Name == method);

    private static async Task Until(Func<bool> condition)
    {
        while (!condition())
        {
            await Task.Yield();
        }
    }

    private static async Task EndAsync(Task running, CancellationTokenSource stop)
    {
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        stop.Dispose();
    }

    private static QueueMessage Message(string id, long deliveries) => QueuesModelFactory.QueueMessage(id, "receipt", BinaryData.FromString("body"), deliveries);

    private static Response<T> Response<T>(T value) => Azure.Response.FromValue(value, Substitute.For<Response>());
}
