using Azure.Messaging.EventHubs;
using Azure.Messaging.EventHubs.Producer;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;

namespace TikTok.LocalTests.Functions;

/// <summary>The host as the process that <c>local/up</c> starts, killed and stopped while it works.</summary>
public sealed class HostProcessTests : IClassFixture<StorageProcess>, IClassFixture<EventHubsProcess>, IDisposable
{
    private readonly TestAppWork _work = new();
    private readonly StorageProcess _storage;
    private readonly EventHubsProcess _hubs;
    private readonly QueueClient _queue;
    private readonly BlobContainerClient _container;

    public HostProcessTests(StorageProcess storage, EventHubsProcess hubs)
    {
        (_storage, _hubs) = (storage, hubs);
        _queue = storage.Queues.GetQueueClient(_work.Name);
        _container = storage.Blobs.GetBlobContainerClient(_work.Name);
        _queue.Create();
        _container.Create();
    }

    public void Dispose() => _work.Dispose();

    [Fact]
    public async Task A_host_killed_at_work_loses_nothing_and_repeats_nothing_that_was_done()
    {
        string[] finished = ["message", "blob", "event"];
        string[] held = ["held-m1", "held-m2", "held-m3", "held-blob", "held-e1", "held-e2", "held-e3"];
        await using (var host = await StartAsync())
        {
            await SendAsync("message", "blob", "event");
            await _work.UntilAsync(finished.Select(work => $"done {work}"));
            await Eventually.TrueAsync(async () => await CountAsync(_queue) == 0 && await CountAsync(BlobQueue) == 0 && await CheckpointAsync() == 0);
            await SendAsync("held-m1", "held-blob", "held-e1", "held-e2", "held-e3");
            await _queue.SendMessageAsync("held-m2");
            await _queue.SendMessageAsync("held-m3");
            await _work.UntilAsync(["begun held-m1", "begun held-m2", "begun held-m3", "begun held-blob", "begun held-e1"]);

            await host.KillAsync();
        }

        Assert.Equal(0, await CheckpointAsync());
        Assert.DoesNotContain(_work.Lines(), line => line.StartsWith("done held", StringComparison.Ordinal));
        _work.Open();
        await using var again = await StartAsync();

        await _work.UntilAsync(held.Select(work => $"done {work}"));
        await Eventually.TrueAsync(async () => await CountAsync(_queue) == 0 && await CountAsync(BlobQueue) == 0 && await CheckpointAsync() == 3);
        Assert.All(finished, work => Assert.Equal(1, _work.Count($"begun {work}")));
        Assert.All(held, work => Assert.Equal(1, _work.Count($"done {work}")));
        Assert.Equal(["done held-e1", "done held-e2", "done held-e3"], _work.Lines().Where(line => line.StartsWith("done held-e", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task SIGTERM_lets_what_runs_finish_and_begins_nothing_new()
    {
        await using var host = await StartAsync();
        await _queue.SendMessageAsync("held");
        await _work.UntilAsync(["begun held"]);

        host.Terminate();
        await Eventually.TrueAsync(() => Task.FromResult(host.Output.Contains("shutting down", StringComparison.Ordinal)));
        await _queue.SendMessageAsync("late");
        _work.Open();

        Assert.Equal(0, await host.ExitCodeAsync());
        Assert.Equal(["begun held", "done held"], _work.Lines());
        Assert.Equal("late", Assert.Single((await _queue.ReceiveMessagesAsync(32)).Value).Body.ToString());
        Assert.Equal(1, await CountAsync(_queue));
    }

    [Fact]
    public async Task SIGTERM_cancels_what_takes_longer_than_stopping_may_and_its_message_comes_again_at_once()
    {
        await using var host = await StartAsync("--stop-within", "2");
        await _queue.SendMessageAsync("held");
        await _work.UntilAsync(["begun held"]);

        host.Terminate();

        Assert.Equal(0, await host.ExitCodeAsync());
        Assert.Equal(["begun held"], _work.Lines());
        Assert.Equal("held", Assert.Single((await _queue.ReceiveMessagesAsync(32)).Value).Body.ToString());
    }

    private QueueClient BlobQueue => _storage.Queues.GetQueueClient($"azure-webjobs-blobtrigger-{_work.Name}");

    private Task<LocalProcess> StartAsync(params string[] more)
    {
        var settings = _work.Settings(_storage);
        settings["EventHubs"] = _hubs.ConnectionString;
        settings["TestQueue"] = settings["TestContainer"] = settings["TestHub"] = settings["AzureFunctionsWebHost__hostid"] = _work.Name;
        settings["AzureFunctionsJobHost__extensions__queues__visibilityTimeout"] = "00:00:00";
        return LocalProcess.StartAsync(
            "TikTok.Local", "functions listening on", settings,
            ["functions", "--data", _work.Folder, "--port", "0", "--app", TestAppWork.Assembly, .. more]);
    }

    /// <summary>A message, a blob, and events of one partition.</summary>
    private async Task SendAsync(string message, string blob, params string[] events)
    {
        await _queue.SendMessageAsync(message);
        await _container.UploadBlobAsync(blob, BinaryData.FromString("x"));
        await using var producer = new EventHubProducerClient(_hubs.ConnectionString, _work.Name);
        await producer.SendAsync(events.Select(text => new EventData(text)), new SendEventOptions { PartitionKey = "key" });
    }

    private static async Task<int> CountAsync(QueueClient queue) => (await queue.GetPropertiesAsync()).Value.ApproximateMessagesCount;

    /// <summary>The sequence number of the last event that counts as done; -1 when there is none. All events go to one partition.</summary>
    private async Task<long> CheckpointAsync()
    {
        var checkpoints = _storage.Blobs.GetBlobContainerClient("azure-webjobs-eventhub");
        var last = -1L;
        if (await checkpoints.ExistsAsync())
        {
            await foreach (var blob in checkpoints.GetBlobsAsync(Azure.Storage.Blobs.Models.BlobTraits.Metadata))
            {
                if (blob.Name.Contains($"/{_work.Name}/", StringComparison.Ordinal))
                {
                    last = long.Parse(blob.Metadata["sequencenumber"], System.Globalization.CultureInfo.InvariantCulture);
                }
            }
        }

        return last;
    }
}
