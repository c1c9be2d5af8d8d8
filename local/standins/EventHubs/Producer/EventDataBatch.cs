namespace Azure.Messaging.EventHubs.Producer;

/// <summary>
/// Events that are sent together, all to one partition, never larger than the service takes. Sizes are those of the request
/// that is sent.
/// </summary>
public sealed class EventDataBatch : IDisposable
{
    private readonly Lock _gate = new();
    private readonly List<byte[]> _events = [];
    private bool _sending;

    internal EventDataBatch(long maximumSizeInBytes, SendEventOptions options)
    {
        (MaximumSizeInBytes, Options) = (maximumSizeInBytes, options);
    }

    /// <summary>The largest size in bytes.</summary>
    public long MaximumSizeInBytes { get; }

    /// <summary>The size of the batch so far, in bytes.</summary>
    public long SizeInBytes { get; private set; } = SendRequest.BatchOverhead;

    /// <summary>The events in the batch so far.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _events.Count;
            }
        }
    }

    internal SendEventOptions Options { get; }

    /// <summary>Adds an event as it is now; false when it would make the batch too large.</summary>
    /// <exception cref="InvalidOperationException">The batch is being sent.</exception>
    public bool TryAdd(EventData eventData)
    {
        ArgumentNullException.ThrowIfNull(eventData);
        var item = SendRequest.Serialize(eventData);
        lock (_gate)
        {
            if (_sending)
            {
                throw new InvalidOperationException("The batch is being sent and cannot be changed.");
            }

            if (SizeInBytes + item.Length + SendRequest.ItemOverhead > MaximumSizeInBytes)
            {
                return false;
            }

            _events.Add(item);
            SizeInBytes += item.Length + SendRequest.ItemOverhead;
            return true;
        }
    }

    /// <summary>Lets the events go.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _events.Clear();
            SizeInBytes = SendRequest.BatchOverhead;
        }
    }

    internal IReadOnlyList<byte[]> Lock()
    {
        lock (_gate)
        {
            _sending = true;
            return [.. _events];
        }
    }

    internal void Unlock()
    {
        lock (_gate)
        {
            _sending = false;
        }
    }
}
