using Azure.Storage.Queues;
using TikTok.Local.Functions.Hosting;
using TikTok.Local.Functions.Queues;
using TikTok.Local.Jobs;

namespace TikTok.LocalTests.Jobs;

public sealed class JobScalerTests(StorageProcess storage) : IClassFixture<StorageProcess>
{
    [Fact]
    public async Task A_message_put_starts_an_execution_long_before_the_next_poll()
    {
        var queue = new QueueClient(storage.ConnectionString, "jobs");
        await queue.CreateAsync();
        using var stop = new CancellationTokenSource();
        using var signals = new StorageEventSignals(storage.QueueAddress, TimeProvider.System);
        var wakeup = new Wakeup();
        signals.OnMessage("jobs", wakeup.Ring);
        var watching = signals.RunAsync(stop.Token);
        var started = new TaskCompletionSource<string>();
        var runner = new JobRunner(
            new JobDefinition("jobs", "none", MaxExecutions: 1, TimeSpan.FromMinutes(1)), new StorageJobQueue(queue),
            async (_, execution, stopping) =>
            {
                var message = (await queue.ReceiveMessageAsync(cancellationToken: stopping)).Value;
                await queue.DeleteMessageAsync(message.MessageId, message.PopReceipt, stopping);
                started.TrySetResult($"{execution} {message.Body}");
                return 0;
            },
            wakeup, TimeProvider.System, _ => { });
        var running = runner.RunAsync(stop.Token);

        await queue.SendMessageAsync("clip", stop.Token);

        Assert.Equal("jobs-1 clip", await started.Task.WaitAsync(TimeSpan.FromSeconds(30), stop.Token));
        await stop.CancelAsync();
        await running;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watching);
    }
}
