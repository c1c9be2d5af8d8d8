using System.Globalization;
using System.Text.Json;

namespace TikTok.Local.EventHubs;

/// <summary>A hub: its partitions, and the choice among them.</summary>
internal sealed class EventHub : IAsyncDisposable
{
    private readonly PartitionLog[] _partitions;
    private int _turn;

    private EventHub(string name, PartitionLog[] partitions, DateTimeOffset createdAt)
    {
        (Name, _partitions, CreatedAt) = (name, partitions, createdAt);
        PartitionIds = [.. Enumerable.Range(0, partitions.Length).Select(i => i.ToString(CultureInfo.InvariantCulture))];
    }

    public string Name { get; }

    public DateTimeOffset CreatedAt { get; }

    public IReadOnlyList<string> PartitionIds { get; }

    public IReadOnlyList<PartitionLog> Partitions => _partitions;

    /// <summary>Who reads each partition for each consumer group.</summary>
    public ReaderOwnership Readers { get; } = new();

    /// <summary>Opens the hub in a directory. The partition count of an existing hub is what it was created with.</summary>
    public static EventHub Open(string directory, string name, int partitionCount, PartitionLogOptions options, TimeProvider time)
    {
        var description = Describe(directory, partitionCount, time);
        var partitions = Enumerable.Range(0, description.PartitionCount)
            .Select(i => PartitionLog.Open(Path.Combine(directory, i.ToString(CultureInfo.InvariantCulture)), options, time))
            .ToArray();
        return new EventHub(name, partitions, description.CreatedAt);
    }

    /// <summary>The partition with this id, or null.</summary>
    public PartitionLog? Partition(string id) =>
        int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < _partitions.Length
            ? _partitions[index]
            : null;

    /// <summary>
    /// Appends a batch. Events with a key go to the key's partition; those without one go together to the next in turn. What
    /// goes to one partition is appended whole and in order.
    /// </summary>
    public async Task SendAsync(IReadOnlyList<EventContent> events, CancellationToken cancellationToken)
    {
        var turn = (uint)Interlocked.Increment(ref _turn) % (uint)_partitions.Length;
        var byPartition = events.GroupBy(e =>
            e.PartitionKey is { } key ? PartitionKeyHash.Partition(key, _partitions.Length) : (int)turn);
        await Task.WhenAll(byPartition.Select(group => _partitions[group.Key].AppendAsync([.. group], cancellationToken)));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var partition in _partitions)
        {
            await partition.DisposeAsync();
        }
    }

    // Written before the partitions, so that a start that was cut short cannot leave a hub with fewer of them.
    private static Description Describe(string directory, int partitionCount, TimeProvider time)
    {
        Directory.CreateDirectory(directory);
        var path = Path.Combine(directory, "hub.json");
        if (File.Exists(path))
        {
            return JsonSerializer.Deserialize<Description>(File.ReadAllBytes(path))
                ?? throw new InvalidDataException($"{path} is empty.");
        }

        var description = new Description(partitionCount, time.GetUtcNow());
        File.WriteAllBytes(path + ".new", JsonSerializer.SerializeToUtf8Bytes(description));
        File.Move(path + ".new", path, overwrite: true);
        return description;
    }

    private sealed record Description(int PartitionCount, DateTimeOffset CreatedAt);
}
