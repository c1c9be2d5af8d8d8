using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace TikTok.Local.EventHubs;

/// <summary>Settings of the emulator.</summary>
/// <param name="DataDirectory">Where the logs live.</param>
/// <param name="PartitionCount">Partitions of a hub that is created on first use, 1 to 32.</param>
/// <param name="Hubs">Hubs that exist from the start, with their partition counts; others are created on first use.</param>
/// <param name="CreateOnFirstUse">false answers 404 for a hub that is not in <paramref name="Hubs"/>.</param>
/// <param name="Log">How partitions keep events.</param>
/// <param name="KeyName">The shared access policy's name.</param>
/// <param name="Key">The shared access policy's key; its UTF-8 bytes sign tokens.</param>
internal sealed record EventHubsOptions(
    string DataDirectory,
    int PartitionCount,
    IReadOnlyDictionary<string, int> Hubs,
    bool CreateOnFirstUse,
    PartitionLogOptions Log,
    string KeyName,
    string Key);

/// <summary>The hubs of the emulator, by name without regard to case.</summary>
internal sealed partial class EventHubNamespace : IAsyncDisposable
{
    private readonly EventHubsOptions _options;
    private readonly TimeProvider _time;
    private readonly string _root;
    private readonly FileStream _lock;
    private readonly ConcurrentDictionary<string, Lazy<EventHub>> _hubs = new(StringComparer.OrdinalIgnoreCase);

    /// <exception cref="IOException">Another emulator has this data.</exception>
    public EventHubNamespace(EventHubsOptions options, TimeProvider time)
    {
        (_options, _time) = (options, time);
        _root = Path.Combine(options.DataDirectory, "hubs");
        Directory.CreateDirectory(_root);

        // Two emulators that append to one log would ruin it. The lock is gone when its holder is, however it ends.
        _lock = new FileStream(Path.Combine(options.DataDirectory, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        foreach (var directory in Directory.GetDirectories(_root))
        {
            GetOrCreate(Path.GetFileName(directory), options.PartitionCount);
        }

        foreach (var (name, partitions) in options.Hubs)
        {
            GetOrCreate(name, partitions);
        }
    }

    /// <summary>The hubs that exist.</summary>
    public IEnumerable<EventHub> Hubs => _hubs.Values.Select(hub => hub.Value).OrderBy(hub => hub.Name, StringComparer.Ordinal);

    /// <summary>The hub of this name; null where it may not exist.</summary>
    public EventHub? Find(string name)
    {
        if (_hubs.TryGetValue(name, out var hub))
        {
            return hub.Value;
        }

        return _options.CreateOnFirstUse && HubName().IsMatch(name) ? GetOrCreate(name, _options.PartitionCount) : null;
    }

    /// <summary>Removes what is past retention in every partition.</summary>
    public async Task ApplyRetentionAsync(CancellationToken cancellationToken)
    {
        foreach (var partition in Hubs.SelectMany(hub => hub.Partitions))
        {
            await partition.ApplyRetentionAsync(cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var hub in Hubs)
        {
            await hub.DisposeAsync();
        }

        await _lock.DisposeAsync();
    }

    // Names as the service allows them; nothing that could leave the data directory.
    [GeneratedRegex("^[A-Za-z0-9]([A-Za-z0-9._-]{0,254}[A-Za-z0-9])?$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 100)]
    private static partial Regex HubName();

    private EventHub GetOrCreate(string name, int partitionCount) =>
        _hubs.GetOrAdd(name, key => new Lazy<EventHub>(() =>
        {
            var hub = key.ToLowerInvariant();
            return EventHub.Open(Path.Combine(_root, hub), hub, partitionCount, _options.Log, _time);
        })).Value;
}
