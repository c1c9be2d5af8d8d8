using System.Collections.Concurrent;
using System.Reflection;
using System.Security.Cryptography;
using System.Text.Json;
using Azure.Core;
using Azure.Messaging.EventHubs;
using Azure.Messaging.EventHubs.Producer;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using Microsoft.Azure.Cosmos;
using Microsoft.Azure.Functions.Worker;
using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Core.Storage;
using TikTok.Functions.Platform;
using TikTok.Local.EventHubs;
using TikTok.LocalTests.Privacy;

namespace TikTok.LocalTests.Crashes;

/// <summary>
/// All that outlives a process: the stores, the log, the clock; and the host's part, which is to deliver, again where a delivery was not finished, what is in the
/// queues, the change feed and the log.
/// </summary>
public sealed class CrashWorld : IAsyncLifetime
{
    private const string HostJson = """
        { "version": "2.0", "logging": { "logLevel": { "default": "None" } }, "functionTimeout": "00:05:00",
          "extensions": { "http": { "routePrefix": "api/v1" }, "queues": { "messageEncoding": "none" } } }
        """;

    /// <summary>What only a container job takes; here nobody does, and it is part of the end state.</summary>
    private static readonly string[] JobQueues = [Queues.Probe, Queues.TranscodeJobs];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tiktok-crashes-");
    private readonly CosmosProcess _cosmos = new();
    private readonly StorageProcess _storage = new();
    private readonly EventHubsProcess _hubs = new();
    private readonly Dictionary<string, string?> _settings = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _began = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Group, string Partition), long> _read = [];
    private readonly Dictionary<string, string> _fed = new(StringComparer.Ordinal);
    /// <summary>What was written to since the story began, and the functions that may have something to be delivered since: so that the rest need not be asked.</summary>
    private readonly ConcurrentDictionary<string, bool> _written = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _due = new(StringComparer.Ordinal);
    private readonly List<(DateTimeOffset At, string Queue, string Text)> _postponed = [];
    private int _writes;
    private ProductClients _clients = null!;
    private EventHubReader _reader = null!;

    /// <summary>Every function that is not called by HTTP, by what triggers it.</summary>
    internal static IReadOnlyList<(string Name, Attribute Trigger)> Triggers { get; } =
    [
        .. typeof(PlatformFeature).Assembly.GetTypes().SelectMany(type => type.GetMethods())
            .Select(method => (Name: method.GetCustomAttribute<FunctionAttribute>()?.Name, Trigger: method.GetParameters().SelectMany(p => p.GetCustomAttributes())
                .FirstOrDefault(a => a is Microsoft.Azure.Functions.Worker.Extensions.Abstractions.TriggerBindingAttribute)))
            .Where(f => f.Name is not null && f.Trigger is not null and not HttpTriggerAttribute)
            .Select(f => (f.Name!, f.Trigger!)),
    ];

    /// <summary>Those that do something; the queues' depths are only looked at.</summary>
    private static readonly IReadOnlyList<string> Timers =
        [.. Triggers.Where(t => t is { Trigger: TimerTriggerAttribute, Name: not "QueueDepthsMeasured" }).Select(t => t.Name)];

    /// <summary>The functions that bring about what can still happen: they run without faults and see the same clock.</summary>
    internal ProductProgram Survivor { get; private set; } = null!;

    public CosmosClient Cosmos => _clients.Cosmos;

    public BlobServiceClient Blobs => _clients.Blobs;

    internal MovableTime Time { get; } = new();

    public async Task InitializeAsync()
    {
        await Task.WhenAll(_cosmos.InitializeAsync(), _storage.InitializeAsync(), _hubs.InitializeAsync());
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        foreach (var (name, value) in new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["AzureWebJobsStorage"] = _storage.ConnectionString,
            [Connections.Storage] = _storage.ConnectionString,
            [Connections.Cosmos] = _cosmos.ConnectionString,
            [Connections.EventHubs] = _hubs.ConnectionString,
            ["Jwt:SigningKey"] = Convert.ToBase64String(key.ExportPkcs8PrivateKey()),
            ["Platform:Secret"] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)),
            ["Privacy:VerifyAfterSeconds"] = "360",
            ["Ranker:Url"] = "http://127.0.0.1:1/",
        }) _settings[name] = value;

        var cosmos = new CosmosClient(_cosmos.ConnectionString, new CosmosClientOptions
        {
            ConnectionMode = ConnectionMode.Gateway,
            LimitToEndpoint = true,
            UseSystemTextJsonSerializerWithOptions = CoreJson.Options,
            CustomHandlers = { new CosmosPassage(Touch) },
        });
        var blobs = new BlobServiceClient(_storage.ConnectionString, Watched(new BlobClientOptions(), "blob:"));
        var queues = new PostponingQueues(_storage.ConnectionString, Watched(new QueueClientOptions(), ""), (queue, text, delay) => _postponed.Add((Time.GetUtcNow() + delay, queue, text)));
        _clients = new ProductClients(cosmos, blobs, queues, new EventHubsPassage(new EventHubProducerClient(_hubs.ConnectionString, Hubs.Interactions), Touch),
            new StoryLog(_hubs.ConnectionString, _began), Time);
        _reader = new EventHubReader(_hubs.ConnectionString);
        await CosmosSchema.EnsureCreatedAsync(cosmos, default);
        await StorageSchema.EnsureCreatedAsync(blobs, queues, default);
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "host.json"), HostJson);
        Survivor = NewProgram();
        foreach (var partition in await _reader.GetPartitionIdsAsync(Hubs.Interactions, default)) _began[partition] = 0;
        foreach (var (function, trigger) in Triggers)
        {
            if (trigger is CosmosDBTriggerAttribute feed) _fed[$"{function}/{feed.ContainerName}"] = await EndOfFeedAsync(feed.ContainerName);
        }
    }

    public async Task DisposeAsync()
    {
        if (Survivor is not null) await Survivor.DisposeAsync();
        _reader?.Dispose();
        _clients?.Cosmos.Dispose();
        await _cosmos.DisposeAsync();
        await _storage.DisposeAsync();
        await _hubs.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    internal ProductProgram NewProgram() => ProductProgram.Build(_clients, Path.Combine(_folder.FullName, "host.json"), _settings);

    /// <summary>Delivers what waits anywhere until nothing does.</summary>
    public async Task DrainAsync()
    {
        const int MostRounds = 40;
        for (var round = 0; round < MostRounds; round++)
        {
            var due = Triggers.Where(t => _due.TryRemove(t.Name, out _)).ToList();
            if (due.Count == 0) return;
            foreach (var (function, trigger) in due)
            {
                var delivered = trigger switch
                {
                    QueueTriggerAttribute queue => await DeliverMessagesAsync(function, queue.QueueName),
                    CosmosDBTriggerAttribute feed => await DeliverChangesAsync(function, feed.ContainerName),
                    EventHubTriggerAttribute hub => await DeliverEventsAsync(function, hub.ConsumerGroup ?? "$Default"),
                    _ => false,
                };
                if (delivered) _due[function] = true;
            }
        }
        throw new InvalidOperationException($"After {MostRounds} rounds there is still something to be delivered.");
    }

    /// <summary>Lets time go by, with every timer at the end of it.</summary>
    /// <returns>Whether anything happened.</returns>
    public async Task<bool> LaterAsync(TimeSpan by)
    {
        Time.Offset += by;
        var before = _writes;
        await Task.WhenAll(Timers.Select(timer => RequireAsync(timer, new TimerInfo())));
        foreach (var (at, queue, text) in _postponed.Where(m => m.At <= Time.GetUtcNow()).ToList())
        {
            await _clients.Queues.GetQueueClient(queue).SendMessageAsync(text);
            _postponed.Remove((at, queue, text));
        }
        await DrainAsync();
        return _writes != before || _postponed.Count > 0;
    }

    /// <summary>Forgets everything, so that the next story begins in an empty world.</summary>
    public async Task ClearAsync()
    {
        Time.Offset = TimeSpan.Zero;
        _postponed.Clear();
        var written = _written.Keys.ToHashSet(StringComparer.Ordinal);
        await Task.WhenAll(
            Task.WhenAll(CosmosSchema.All.Where(c => written.Contains(c.Name)).Select(ClearAsync)),
            Task.WhenAll(BlobContainers.All.Where(name => written.Contains($"blob:{name}")).Select(ClearBlobsAsync)),
            Task.WhenAll(Queues.All.Where(written.Contains).Select(queue => _clients.Queues.GetQueueClient(queue).ClearMessagesAsync())));
        if (written.Contains(Hubs.Interactions))
        {
            _read.Clear();
            var ends = await Task.WhenAll(_began.Keys.Select(async partition => (partition, (await _reader.GetPositionAsync(Hubs.Interactions, partition, default)).LastSequenceNumber)));
            foreach (var (partition, last) in ends) _began[partition] = last + 1;
        }
        var feeds = await Task.WhenAll(_fed.Keys.Where(feed => written.Contains(feed.Split('/')[1])).Select(async feed => (feed, await EndOfFeedAsync(feed.Split('/')[1]))));
        foreach (var (feed, end) in feeds) _fed[feed] = end;
        _written.Clear();
        _due.Clear();
    }

    /// <summary>What is in the stores, in an order that does not depend on who wrote first.</summary>
    internal async Task<IReadOnlyList<string>> SnapshotAsync(StateText text)
    {
        var documents = await Task.WhenAll(CosmosSchema.All.Where(c => _written.ContainsKey(c.Name) && !text.Leaves(c.Name)).Select(async container =>
            (await ReadAllAsync(container.Name)).Where(d => !text.Leaves(d)).Select(d => $"{container.Name} {text.Of(d)}").ToList()));
        var blobs = await Task.WhenAll(BlobContainers.All.Where(name => _written.ContainsKey($"blob:{name}")).Select(async name =>
            await _clients.Blobs.GetBlobContainerClient(name).GetBlobsAsync().Select(blob => $"{name} {text.Of(blob.Name)}").ToListAsync()));
        var jobs = await Task.WhenAll(JobQueues.Where(_written.ContainsKey).Select(async queue => ((PeekedMessage[])await _clients.Queues.GetQueueClient(queue).PeekMessagesAsync(32))
            .Select(m => $"{queue} {text.Of(m.MessageText)}").Distinct(StringComparer.Ordinal).ToList()));
        return [.. documents.Concat(blobs).Concat(jobs).SelectMany(lines => lines).Order(StringComparer.Ordinal)];
    }

    /// <summary>Where a word occurs in any store.</summary>
    internal Task<IReadOnlyList<string>> ScanAsync(string word) => new StoreScan(_clients.Cosmos, _clients.Blobs, _clients.Queues).FindAsync(word);

    /// <summary>The documents of a container, as its change feed tells of them from the beginning.</summary>
    internal async Task<object> ChangesOfAsync(string container) => (IReadOnlyList<JsonElement>)[.. await ReadAllAsync(container)];

    /// <summary>The story's events, by partition.</summary>
    internal async Task<IReadOnlyList<EventData[]>> EventsAsync()
    {
        var partitions = await Task.WhenAll(_began.Select(async began =>
            (await _reader.ReadAsync(Hubs.Interactions, Hubs.ConsumerGroups.Counters, began.Key, began.Value, 200, TimeSpan.Zero, default)).ToArray()));
        return [.. partitions.Where(events => events.Length > 0)];
    }

    /// <summary>The events that a group has not been given yet, of the first partition that has any.</summary>
    internal async Task<object> EventsForAsync(string group)
    {
        foreach (var partition in _began.Keys)
        {
            var events = await NextEventsAsync(group, partition);
            if (events.Count > 0) return events.ToArray();
        }
        throw new InvalidOperationException($"Group {group} has been given everything.");
    }

    private async Task<bool> DeliverMessagesAsync(string function, string queue)
    {
        var client = _clients.Queues.GetQueueClient(queue);
        QueueMessage[] messages = await client.ReceiveMessagesAsync(32, TimeSpan.FromMinutes(5));
        foreach (var message in messages)
        {
            await RequireAsync(function, message.Body.ToString());
            await client.DeleteMessageAsync(message.MessageId, message.PopReceipt);
        }
        return messages.Length > 0;
    }

    private async Task<bool> DeliverChangesAsync(string function, string container)
    {
        var key = $"{function}/{container}";
        using var feed = Cosmos.GetContainer(Containers.Database, container)
            .GetChangeFeedIterator<JsonElement>(ChangeFeedStartFrom.ContinuationToken(_fed[key]), ChangeFeedMode.Incremental);
        var page = await feed.ReadNextAsync();
        if (page.StatusCode == System.Net.HttpStatusCode.NotModified || page.Count == 0) return false;
        await RequireAsync(function, (IReadOnlyList<JsonElement>)[.. page]);
        _fed[key] = page.ContinuationToken;
        return true;
    }

    private async Task<bool> DeliverEventsAsync(string function, string group)
    {
        var next = await Task.WhenAll(_began.Keys.Select(async partition => (Partition: partition, Events: await NextEventsAsync(group, partition))));
        foreach (var (partition, events) in next.Where(n => n.Events.Count > 0))
        {
            await RequireAsync(function, events.ToArray());
            _read[(group, partition)] = events[^1].SequenceNumber + 1;
        }
        return next.Any(n => n.Events.Count > 0);
    }

    private void Touch(string place)
    {
        if (place != Containers.Sweeps) Interlocked.Increment(ref _writes);
        _written[place] = true;
        foreach (var (function, trigger) in Triggers)
        {
            var isDue = trigger switch
            {
                QueueTriggerAttribute queue => queue.QueueName == place,
                CosmosDBTriggerAttribute feed => feed.ContainerName == place,
                EventHubTriggerAttribute hub => hub.EventHubName == place,
                _ => false,
            };
            if (isDue) _due[function] = true;
        }
    }

    private Task<IReadOnlyList<EventData>> NextEventsAsync(string group, string partition) =>
        _reader.ReadAsync(Hubs.Interactions, group, partition, _read.GetValueOrDefault((group, partition), _began[partition]), 200, TimeSpan.Zero, default);

    private async Task RequireAsync(string function, object value)
    {
        if (await Survivor.TriggerAsync(function, value) is { } failure) throw new InvalidOperationException($"{function} failed although nothing died.", failure);
    }

    private async Task<string> EndOfFeedAsync(string container)
    {
        using var feed = Cosmos.GetContainer(Containers.Database, container).GetChangeFeedIterator<JsonElement>(ChangeFeedStartFrom.Now(), ChangeFeedMode.Incremental);
        return (await feed.ReadNextAsync()).ContinuationToken;
    }

    private async Task<IReadOnlyList<JsonElement>> ReadAllAsync(string container)
    {
        using var pages = Cosmos.GetContainer(Containers.Database, container).GetItemQueryIterator<JsonElement>("SELECT * FROM c");
        var documents = new List<JsonElement>();
        while (pages.HasMoreResults) documents.AddRange(await pages.ReadNextAsync());
        return documents;
    }

    private async Task ClearAsync(CosmosSchema.ContainerSchema schema)
    {
        var container = Cosmos.GetContainer(Containers.Database, schema.Name);
        await Task.WhenAll((await ReadAllAsync(schema.Name)).Select(async document =>
        {
            using var deleted = await container.DeleteItemStreamAsync(
                document.GetProperty("id").GetString(), new PartitionKey(document.GetProperty(schema.PartitionKeyPath[1..]).GetString()));
        }));
    }

    private async Task ClearBlobsAsync(string name)
    {
        var container = _clients.Blobs.GetBlobContainerClient(name);
        await foreach (var blob in container.GetBlobsAsync()) await container.DeleteBlobIfExistsAsync(blob.Name);
    }

    private T Watched<T>(T options, string prefix)
        where T : ClientOptions
    {
        options.AddPolicy(new StoragePassage(name => Touch(prefix + name)), HttpPipelinePosition.PerCall);
        options.Retry.MaxRetries = 0;
        return options;
    }
}
