using Azure;
using Azure.Storage.Queues;
using TikTok.Core;
using TikTok.Core.Storage;
using TikTok.Local.Up.Supervision;

namespace TikTok.Local.Up.Display;

/// <summary>Gathers what the live display shows.</summary>
internal sealed class StatusCollector(TimeProvider time, Func<IReadOnlyList<SupervisedService>> services, QueueServiceClient queues)
{
    private const int KeptEvents = 8;

    private readonly Lock _gate = new();
    private readonly Queue<string> _events = new();
    private readonly List<string> _notes = [];
    private readonly Dictionary<int, TimeSpan> _cpuBefore = [];
    private long _lookedAt;
    private IReadOnlyDictionary<string, int> _queueLengths = new Dictionary<string, int>();

    public void AddEvent(string line)
    {
        lock (_gate)
        {
            _events.Enqueue(line);
            if (_events.Count > KeptEvents) _events.Dequeue();
        }
    }

    public void AddNote(string line)
    {
        lock (_gate) _notes.Add(line);
    }

    public async Task RefreshQueuesAsync(CancellationToken cancellationToken)
    {
        var lengths = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var queue in Queues.All)
        {
            lengths[queue] = await LengthAsync(queue, cancellationToken) ?? 0;
            var poison = StorageSchema.Poison(queue);
            if (await LengthAsync(poison, cancellationToken) is > 0 and var poisoned) lengths[poison] = poisoned;
        }
        _queueLengths = lengths;
    }

    public UpStatus Collect()
    {
        var tree = ProcessTree.Read();
        var elapsed = _lookedAt == 0 ? TimeSpan.Zero : time.GetElapsedTime(_lookedAt);
        _lookedAt = time.GetTimestamp();
        var self = new ServiceSnapshot("up", ServiceState.Running, null, Environment.ProcessId, 0, null);
        List<ServiceRow> rows = [.. services().Select(service => Row(service.Snapshot, tree, elapsed)), OwnRow(self, tree, elapsed)];
        lock (_gate) return new UpStatus(rows, _queueLengths, [.. _notes], [.. _events]);
    }

    private ServiceRow Row(ServiceSnapshot service, ProcessTree tree, TimeSpan elapsed) =>
        Row(service, service.ProcessId is { } id ? tree.Usage(id) : null, elapsed);

    /// <summary>The supervisor without its children, which have rows of their own.</summary>
    private ServiceRow OwnRow(ServiceSnapshot self, ProcessTree tree, TimeSpan elapsed) => Row(self, tree.OwnUsage(Environment.ProcessId), elapsed);

    private ServiceRow Row(ServiceSnapshot service, ProcessUsage? usage, TimeSpan elapsed)
    {
        if (usage is null) return new ServiceRow(service, null);
        var id = usage.ProcessIds[0];
        var used = usage.CpuTime - _cpuBefore.GetValueOrDefault(id, usage.CpuTime);
        _cpuBefore[id] = usage.CpuTime;
        var percent = elapsed > TimeSpan.Zero ? Math.Max(0, 100 * used / elapsed) : 0;
        return new ServiceRow(service, new ServiceUsage(usage.ResidentBytes, percent));
    }

    private async Task<int?> LengthAsync(string queue, CancellationToken cancellationToken)
    {
        try
        {
            var properties = await queues.GetQueueClient(queue).GetPropertiesAsync(cancellationToken);
            return properties.Value.ApproximateMessagesCount;
        }
        catch (RequestFailedException)
        {
            return null; // Storage is starting, or just being restarted; the table says so.
        }
    }
}
