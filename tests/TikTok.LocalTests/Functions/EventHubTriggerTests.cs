using Azure.Messaging.EventHubs;
using Azure.Messaging.EventHubs.Producer;
using Microsoft.Azure.Functions.Worker;

namespace TikTok.LocalTests.Functions;

public sealed class EventHubTriggerTests(StorageProcess storage, EventHubsProcess hubs) : IClassFixture<StorageProcess>, IClassFixture<EventHubsProcess>
{
    [Fact]
    public async Task Events_of_one_key_arrive_in_order_and_once()
    {
        var name = Name();
        var recorder = new Recorder();
        await using var host = await StartAsync(name, recorder, typeof(Batches));
        await SendAsync(name, "key", 0, 25);

        Assert.Equal(Range(0, 25), await TakeAsync(recorder, 25));
        Assert.Empty(recorder.Rest());
    }

    [Fact]
    public async Task A_restart_goes_on_after_the_checkpoint()
    {
        var name = Name();
        var recorder = new Recorder();
        await using (var host = await StartAsync(name, recorder, typeof(Batches)))
        {
            await SendAsync(name, "key", 0, 5);
            Assert.Equal(Range(0, 5), await TakeAsync(recorder, 5));
            await host.StopAsync();
        }

        await SendAsync(name, "key", 5, 5);
        await using var again = await StartAsync(name, recorder, typeof(Batches));

        Assert.Equal(Range(5, 5), await TakeAsync(recorder, 5));
    }

    [Fact]
    public async Task A_batch_that_an_aborted_host_worked_on_comes_again()
    {
        var name = Name();
        var recorder = new Recorder { Behaviour = (_, cancel) => Task.Delay(Timeout.Infinite, cancel) };
        await using (var host = await StartAsync(name, recorder, typeof(Batches)))
        {
            await SendAsync(name, "key", 0, 3);
            Assert.Equal(Range(0, 3), await TakeAsync(recorder, 3));
            await host.AbortAsync();
        }

        recorder.Behaviour = (_, _) => Task.CompletedTask;
        await using var again = await StartAsync(name, recorder, typeof(Batches));

        Assert.Equal(Range(0, 3), await TakeAsync(recorder, 3));
    }

    [Fact]
    public async Task A_retry_policy_repeats_the_batch_in_place_before_going_on()
    {
        var name = Name();
        var failures = 2;
        var recorder = new Recorder
        {
            Behaviour = (_, _) => failures-- > 0 ? throw new InvalidOperationException("on purpose") : Task.CompletedTask,
        };
        await using var host = await StartAsync(name, recorder, typeof(Retried));
        await SendAsync(name, "key", 0, 1);

        Assert.Equal(["0 of 5", "1 of 5", "2 of 5"], [(await recorder.NextAsync()).Detail, (await recorder.NextAsync()).Detail, (await recorder.NextAsync()).Detail]);
        await SendAsync(name, "key", 1, 1);
        Assert.Equal(("1", "0 of 5"), await recorder.NextAsync() is var next ? (next.Value, (string)next.Detail!) : default);
    }

    [Fact]
    public async Task Without_a_retry_policy_a_failed_batch_is_passed_over()
    {
        var name = Name();
        var recorder = new Recorder { Behaviour = (seen, _) => seen.Value == "0" ? throw new InvalidOperationException("on purpose") : Task.CompletedTask };
        await using var host = await StartAsync(name, recorder, typeof(Batches));
        await SendAsync(name, "key", 0, 1);
        Assert.Equal(["0"], await TakeAsync(recorder, 1));

        await SendAsync(name, "key", 1, 1);

        Assert.Equal(["1"], await TakeAsync(recorder, 1));
    }

    [Fact]
    public async Task With_initial_offset_fromEnd_only_later_events_come_and_also_those_during_the_first_absence()
    {
        var name = Name();
        var recorder = new Recorder();
        var fromEnd = ("AzureFunctionsJobHost:extensions:eventHubs:initialOffsetOptions:type", "fromEnd");
        await SendAsync(name, "key", 0, 3);
        await using (var host = await StartAsync(name, recorder, typeof(Batches), fromEnd))
        {
            await Eventually.TrueAsync(async () => await CheckpointsAsync(name) > 0);
            await host.AbortAsync();
        }

        await SendAsync(name, "key", 3, 2);
        await using var again = await StartAsync(name, recorder, typeof(Batches), fromEnd);

        Assert.Equal(Range(3, 2), await TakeAsync(recorder, 2));
        Assert.Empty(recorder.Rest());
    }

    [Fact]
    public async Task A_host_that_stops_between_single_events_goes_on_with_the_next()
    {
        var name = Name();
        var finish = new TaskCompletionSource();
        var recorder = new Recorder { Behaviour = (_, _) => finish.Task };
        await using (var host = await StartAsync(name, recorder, typeof(Singles)))
        {
            await SendAsync(name, "key", 0, 3);
            Assert.Equal("0", (await recorder.NextAsync()).Value);
            var stopping = host.StopAsync();
            finish.SetResult();
            await stopping;
        }

        Assert.Empty(recorder.Rest());
        await using var again = await StartAsync(name, recorder, typeof(Singles));

        Assert.Equal(Range(1, 2), await TakeAsync(recorder, 2));
    }

    private async Task<int> CheckpointsAsync(string hub)
    {
        var container = storage.Blobs.GetBlobContainerClient("azure-webjobs-eventhub");
        var all = 0;
        if (await container.ExistsAsync())
        {
            await foreach (var blob in container.GetBlobsAsync())
            {
                all += blob.Name.Contains($"/{hub}/", StringComparison.Ordinal) ? 1 : 0;
            }
        }

        // All partitions must have begun, or an event to one of them would be before its end.
        await using var producer = new EventHubProducerClient(hubs.ConnectionString, hub);
        return all == (await producer.GetPartitionIdsAsync()).Length ? all : 0;
    }

    private static string Name() => $"h{Guid.NewGuid():N}"[..20];

    private static string[] Range(int from, int count) => [.. Enumerable.Range(from, count).Select(i => $"{i}")];

    private async Task SendAsync(string hub, string key, int from, int count)
    {
        await using var producer = new EventHubProducerClient(hubs.ConnectionString, hub);
        await producer.SendAsync(Range(from, count).Select(text => new EventData(text)), new SendEventOptions { PartitionKey = key });
    }

    private static async Task<List<string>> TakeAsync(Recorder recorder, int count)
    {
        var taken = new List<string>();
        while (taken.Count < count)
        {
            taken.AddRange((await recorder.NextAsync()).Value.Split(','));
        }

        return taken;
    }

    private Task<TestHost> StartAsync(string hub, Recorder recorder, Type functions, params (string Name, string Value)[] more) => TestHost.StartAsync(
        hub, [functions],
        new Dictionary<string, string?>(more.Select(setting => KeyValuePair.Create(setting.Name, (string?)setting.Value)))
        {
            ["AzureWebJobsStorage"] = storage.ConnectionString,
            ["EventHubs"] = hubs.ConnectionString,
            ["hub"] = hub,
        },
        recorder);

    public sealed class Batches(Recorder recorder)
    {
        [Function("Batch")]
        public Task Run([EventHubTrigger("%hub%", Connection = "EventHubs", ConsumerGroup = "readers")] string[] events, CancellationToken cancel) =>
            recorder.SeeAsync("Batch", string.Join(',', events), cancel);
    }

    public sealed class Singles(Recorder recorder)
    {
        [Function("Single")]
        public Task Run([EventHubTrigger("%hub%", Connection = "EventHubs", IsBatched = false)] string item, CancellationToken cancel) =>
            recorder.SeeAsync("Single", item, cancel);
    }

    public sealed class Retried(Recorder recorder)
    {
        [Function("Retried")]
        [FixedDelayRetry(5, "00:00:00.05")]
        public Task Run([EventHubTrigger("%hub%", Connection = "EventHubs")] EventData[] events, FunctionContext context) => recorder.SeeAsync(
            "Retried", string.Join(',', events.Select(e => e.EventBody.ToString())), context.CancellationToken,
            $"{context.RetryContext.RetryCount} of {context.RetryContext.MaxRetryCount}");
    }
}
