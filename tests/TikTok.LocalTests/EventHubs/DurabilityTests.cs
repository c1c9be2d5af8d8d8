using Azure.Messaging.EventHubs;
using Azure.Messaging.EventHubs.Producer;
using TikTok.Local.EventHubs;

namespace TikTok.LocalTests.EventHubs;

public sealed class DurabilityTests
{
    [Fact]
    public async Task Every_acknowledged_event_is_there_in_order_after_kill_9_during_sends()
    {
        await using var hubs = await EventHubsProcess.StartAsync("--segment-bytes", "20000");
        const int Producers = 4;
        var acknowledged = new int[Producers];
        for (var round = 0; round < 3; round++)
        {
            var enough = new TaskCompletionSource();
            var goal = acknowledged.Sum() + 200;
            var sending = Enumerable.Range(0, Producers).Select(p => SendUntilItFailsAsync(hubs.ConnectionString, p, acknowledged, () =>
            {
                if (acknowledged.Sum() >= goal)
                {
                    enough.TrySetResult();
                }
            })).ToArray();
            await enough.Task.WaitAsync(TimeSpan.FromMinutes(1));
            await hubs.KillAsync();
            await Task.WhenAll(sending);
            await hubs.RestartAsync();
        }

        using var reader = new EventHubReader(hubs.ConnectionString);
        for (var p = 0; p < Producers; p++)
        {
            var events = await ReadAllAsync(reader, $"{p}");
            Assert.Equal(Enumerable.Range(0, events.Count).Select(i => (long)i), events.Select(e => e.SequenceNumber));

            // What was sent but not acknowledged before a kill may be there, then once more from the retry: numbers never step back further.
            var values = events.Select(e => int.Parse(e.EventBody.ToString(), System.Globalization.CultureInfo.InvariantCulture)).ToList();
            Assert.Equal(values.Order(), values);
            Assert.Empty(Enumerable.Range(0, acknowledged[p]).Except(values));
        }
    }

    [Fact]
    public async Task A_torn_tail_is_cut_off_and_the_next_event_takes_its_number()
    {
        var data = Directory.CreateTempSubdirectory("tiktok-eventhubs-");
        try
        {
            await using (var first = await LocalProcess.StartAsync("listening on", "eventhubs", "--data", data.FullName, "--port", "0", "--hub", "torn=1"))
            {
                await SendAsync(first, "kept");
            }

            var segment = Assert.Single(Directory.GetFiles(Path.Combine(data.FullName, "hubs", "torn", "0"), "*.seg"));
            await File.AppendAllBytesAsync(segment, [60, 0, 0, 0, 1, 2, 3, 4, 5]);
            await using var second = await LocalProcess.StartAsync("listening on", "eventhubs", "--data", data.FullName, "--port", "0");
            await SendAsync(second, "after");

            using var reader = new EventHubReader(ConnectionString(second));
            var events = await reader.ReadAsync("torn", "$Default", "0", 0, 10, TimeSpan.Zero, default);
            Assert.Equal([(0L, "kept"), (1L, "after")], events.Select(e => (e.SequenceNumber, e.EventBody.ToString())));
        }
        finally
        {
            data.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_second_emulator_is_refused_the_data_of_the_first()
    {
        var data = Directory.CreateTempSubdirectory("tiktok-eventhubs-");
        try
        {
            await using var first = await LocalProcess.StartAsync("listening on", "eventhubs", "--data", data.FullName, "--port", "0");

            var refused = await Assert.ThrowsAsync<InvalidOperationException>(
                () => LocalProcess.StartAsync("listening on", "eventhubs", "--data", data.FullName, "--port", "0"));

            Assert.Contains("being used by another process", refused.Message, StringComparison.Ordinal);
        }
        finally
        {
            data.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Retention_by_size_removes_the_oldest_and_numbers_go_on()
    {
        await using var hubs = await EventHubsProcess.StartAsync("--segment-bytes", "2000", "--retention-bytes", "6000");
        await using (var producer = new EventHubProducerClient(hubs.ConnectionString, "kept"))
        {
            for (var i = 0; i < 50; i++)
            {
                await producer.SendAsync([new EventData(new string('x', 500))], new SendEventOptions { PartitionId = "0" }, default);
            }
        }

        await hubs.RestartAsync();

        using var reader = new EventHubReader(hubs.ConnectionString);
        var events = await ReadAllAsync(reader, "0", "kept");
        var position = await reader.GetPositionAsync("kept", "0", default);
        Assert.InRange(events[0].SequenceNumber, 30, 48);
        Assert.Equal(49, events[^1].SequenceNumber);
        Assert.Equal((events[0].SequenceNumber, 49L), (position.BeginningSequenceNumber, position.LastSequenceNumber));
    }

    private static async Task SendUntilItFailsAsync(string connectionString, int producer, int[] acknowledged, Action progressed)
    {
        var options = new EventHubProducerClientOptions { RetryOptions = { MaximumRetries = 0, TryTimeout = TimeSpan.FromSeconds(20) } };
        await using var client = new EventHubProducerClient(connectionString, "durable", options);
        try
        {
            while (true)
            {
                await client.SendAsync([new EventData($"{acknowledged[producer]}")], new SendEventOptions { PartitionId = $"{producer}" }, default);
                acknowledged[producer]++;
                progressed();
            }
        }
        catch (EventHubsException)
        {
            // The emulator was killed; this event was not acknowledged.
        }
    }

    private static async Task<List<EventData>> ReadAllAsync(EventHubReader reader, string partition, string hub = "durable")
    {
        var all = new List<EventData>();
        while (await reader.ReadAsync(hub, "$Default", partition, all.Count == 0 ? 0 : all[^1].SequenceNumber + 1, 100, TimeSpan.Zero, default)
            is { Count: > 0 } events)
        {
            all.AddRange(events);
        }

        return all;
    }

    private static async Task SendAsync(LocalProcess process, string body)
    {
        await using var producer = new EventHubProducerClient(ConnectionString(process), "torn");
        await producer.SendAsync([new EventData(body)]);
    }

    private static string ConnectionString(LocalProcess process) => EventHubsConnectionString.For(new Uri(process.ReadyLine.Split(' ')[^1]));
}
