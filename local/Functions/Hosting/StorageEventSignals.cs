using System.Collections.Concurrent;
using Azure.Storage.Queues;
using TikTok.Local.Storage;

namespace TikTok.Local.Functions.Hosting;

/// <summary>Signals from the storage gateway of this machine. With another storage account behind the connection there are none, and listeners poll.</summary>
internal sealed class StorageEventSignals(Uri gateway, TimeProvider time) : IStorageSignals, ITriggerListener, IDisposable
{
    private readonly ConcurrentDictionary<object, (string Queue, Action Put)> _messages = new();
    private readonly ConcurrentDictionary<object, (string Container, Action<string?> Written)> _blobs = new();
    private readonly StorageEvents _events = new(gateway, time);

    public string Name => "storage events";

    public bool IsConnected { get; private set; }

    /// <summary>The gateway serves its events beside the queues.</summary>
    public static Uri GatewayOf(string connectionString) => new(new QueueServiceClient(connectionString).Uri.GetLeftPart(UriPartial.Authority));

    public async Task RunAsync(CancellationToken stopping)
    {
        await foreach (var happened in _events.WatchAsync(stopping))
        {
            switch (happened.Type)
            {
                case StorageEventType.Connected:
                    IsConnected = true;
                    foreach (var (_, put) in _messages.Values)
                    {
                        put();
                    }

                    foreach (var (_, written) in _blobs.Values)
                    {
                        written(null);
                    }

                    break;
                case StorageEventType.MessagePut:
                    foreach (var (queue, put) in _messages.Values)
                    {
                        if (string.Equals(queue, happened.Queue, StringComparison.Ordinal))
                        {
                            CallWhenVisible(put, happened.VisibleAt);
                        }
                    }

                    break;
                case StorageEventType.BlobCreated:
                    foreach (var (container, written) in _blobs.Values)
                    {
                        if (string.Equals(container, happened.Container, StringComparison.Ordinal))
                        {
                            written(happened.Name);
                        }
                    }

                    break;
            }
        }
    }

    public IDisposable OnMessage(string queue, Action put)
    {
        var key = new object();
        _messages[key] = (queue, put);
        return new Subscription(() => _messages.TryRemove(key, out _));
    }

    public IDisposable OnBlob(string container, Action<string?> written)
    {
        var key = new object();
        _blobs[key] = (container, written);
        return new Subscription(() => _blobs.TryRemove(key, out _));
    }

    public void Dispose() => _events.Dispose();

    /// <summary>A message hidden for longer than a poller sleeps is found by polling.</summary>
    private void CallWhenVisible(Action put, DateTimeOffset? visibleAt)
    {
        var hidden = (visibleAt ?? default) - time.GetUtcNow();
        if (hidden <= TimeSpan.Zero)
        {
            put();
        }
        else if (hidden < TimeSpan.FromMinutes(1))
        {
            _ = Task.Delay(hidden + TimeSpan.FromMilliseconds(20), time).ContinueWith(_ => put(), TaskScheduler.Default);
        }
    }

    private sealed class Subscription(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
