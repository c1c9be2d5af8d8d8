using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using TikTok.Local.Functions.Binding;
using TikTok.Local.Functions.Blobs;
using TikTok.Local.Functions.ChangeFeed;
using TikTok.Local.Functions.EventHubs;
using TikTok.Local.Functions.Queues;
using TikTok.Local.Functions.Timers;

namespace TikTok.Local.Functions.Hosting;

/// <summary>Makes a listener for whatever triggers each function.</summary>
internal sealed class ListenerFactory(
    FunctionSet functions,
    HostSettings host,
    AppSettings settings,
    FunctionInvoker invoker,
    PayloadConverter converter,
    CosmosConnections cosmos,
    IStorageSignals signals,
    TimeProvider time,
    ILoggerFactory loggers)
{
    private const string BlobPoisonQueue = "webjobs-blobtrigger-poison";

    public IReadOnlyList<ITriggerListener> Create()
    {
        var listeners = new List<ITriggerListener>();
        foreach (var function in functions.All)
        {
            switch (function.Trigger)
            {
                case QueueTriggerAttribute queue:
                    listeners.Add(Queue(function, queue));
                    break;
                case EventHubTriggerAttribute hub:
                    WarnWithoutRetry(function);
                    listeners.Add(new EventHubListener(function, hub, host.EventHubs, settings, invoker, converter, time, Log(function)));
                    break;
                case CosmosDBTriggerAttribute feed:
                    WarnWithoutRetry(function);
                    listeners.Add(new ChangeFeedListener(function, feed, settings, invoker, converter, cosmos, functions.HostId, Log(function)));
                    break;
            }
        }

        CheckLeases();
        listeners.AddRange(Blobs());
        listeners.AddRange(Timers());
        if (signals is ITriggerListener watch && listeners.Exists(listener => listener is QueueListener or BlobScanner))
        {
            listeners.Add(watch);
        }

        return listeners;
    }

    private QueueListener Queue(HostedFunction function, QueueTriggerAttribute trigger)
    {
        var log = Log(function);
        var name = settings.Resolve(trigger.QueueName).ToLowerInvariant();
        var encoding = host.Queues.IsBase64 ? QueueMessageEncoding.Base64 : QueueMessageEncoding.None;
        var poison = $"{name}-poison";
        var asItIs = settings.Queues(trigger.Connection, QueueMessageEncoding.None).GetQueueClient(poison);
        var service = settings.Queues(trigger.Connection, encoding, async failed =>
        {
            if (failed.ReceivedMessage is { } message)
            {
                log.LogWarning("Message {Message} on {Queue} is not {Encoding}; it moves to {Poison}.", message.MessageId, name, encoding, poison);
                await PoisonQueue.MoveAsync(failed.Queue, message, message.PopReceipt, asItIs);
            }
        });
        var wakeup = new Wakeup();
        signals.OnMessage(name, wakeup.Ring);
        return new QueueListener(
            function.Name, service.GetQueueClient(name), service.GetQueueClient(poison), host.Queues,
            async (message, lost) => await invoker.InvokeAsync(function, new QueueInput(name, message, converter), lost, lost) is null,
            wakeup, time, log);
    }

    private IEnumerable<ITriggerListener> Blobs()
    {
        var blobs = functions.All
            .Where(function => function.Trigger is BlobTriggerAttribute)
            .Select(function => (Function: function, Trigger: (BlobTriggerAttribute)function.Trigger))
            .ToList();
        if (blobs.Count == 0)
        {
            yield break;
        }

        var hostBlobs = settings.Blobs(null);
        var hostQueues = settings.Queues(null, QueueMessageEncoding.Base64);
        var queue = hostQueues.GetQueueClient($"azure-webjobs-blobtrigger-{functions.HostId}");
        var found = blobs.Select(blob => (blob.Trigger, Blob: new BlobFunction(
            blob.Function, settings.Resolve(blob.Trigger.BlobPath), settings.Blobs(blob.Trigger.Connection)))).ToList();
        var log = loggers.CreateLogger("Host.Blobs");
        var handler = new BlobMessageHandler(found.ToDictionary(f => f.Blob.Function.FullName, f => f.Blob, StringComparer.Ordinal), invoker, converter, log);
        var degree = Math.Max(1, host.Blobs.MaxDegreeOfParallelism);
        var queueSettings = host.Queues with
        {
            BatchSize = Math.Clamp((degree + 1) / 2, 1, 32),
            NewBatchThreshold = degree / 2,
            MaxDequeueCount = host.Blobs.PoisonBlobThreshold,
        };
        var wakeup = new Wakeup();
        yield return new QueueListener("blobs", queue, hostQueues.GetQueueClient(BlobPoisonQueue), queueSettings, handler.HandleAsync, wakeup, time, log);
        foreach (var (trigger, blob) in found)
        {
            var receipts = new BlobReceipts(hostBlobs, functions.HostId, blob.Function.FullName);
            var regular = trigger.Source == BlobTriggerSource.LogsAndContainerScan;
            yield return new BlobScanner(blob, receipts, queue, wakeup.Ring, signals, regular, time, Log(blob.Function));
        }
    }

    private IEnumerable<ITriggerListener> Timers()
    {
        var timers = functions.All.Where(function => function.Trigger is TimerTriggerAttribute).ToList();
        if (timers.Count == 0)
        {
            yield break;
        }

        var storage = settings.Blobs(null);
        var store = new BlobScheduleStatusStore(storage, functions.HostId);
        yield return new TimersListener(
            [
                .. timers.Select(function =>
                {
                    var trigger = (TimerTriggerAttribute)function.Trigger;
                    return new TimerFunction(
                        function, trigger, TimerSchedule.Parse(settings.Resolve(trigger.Schedule)), store,
                        (input, stopping) => invoker.InvokeAsync(function, input, CancellationToken.None, stopping), time);
                }),
            ],
            new HostLock(storage, functions.HostId, time, loggers.CreateLogger("Host.Lock")));
    }

    /// <summary>Functions that follow one container through the same leases would each see only a part of its changes.</summary>
    private void CheckLeases()
    {
        var shared = functions.All
            .Where(function => function.Trigger is CosmosDBTriggerAttribute)
            .GroupBy(function =>
            {
                var t = (CosmosDBTriggerAttribute)function.Trigger;
                return (t.Connection, t.DatabaseName, t.ContainerName, t.LeaseConnection, t.LeaseDatabaseName, t.LeaseContainerName, t.LeaseContainerPrefix);
            })
            .Where(group => group.Count() > 1)
            .Select(group => $"{string.Join(", ", group.Select(f => f.Name))}: they share their leases; give each a {nameof(CosmosDBTriggerAttribute.LeaseContainerPrefix)}.")
            .ToList();
        if (shared.Count > 0)
        {
            throw new InvalidFunctionsException(shared);
        }
    }

    private void WarnWithoutRetry(HostedFunction function)
    {
        if (function.Retry is null)
        {
            Log(function).LogWarning("{Function} has no retry policy: what it fails on is passed over.", function.Name);
        }
    }

    private ILogger Log(HostedFunction function) => loggers.CreateLogger(function.LogCategory);
}
