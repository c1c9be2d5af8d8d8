using System.Text.Json;
using TikTok.Local.Cosmos.Documents;

namespace TikTok.Local.Cosmos.Storage;

/// <summary>
/// One container in memory: its documents by partition and id, in the order they were created and in the order they were changed.
/// Everything is read and changed under <see cref="Gate"/>, which is never held across an await.
/// </summary>
internal sealed class ContainerState
{
    private readonly Dictionary<string, LogicalPartition> _partitions = new(StringComparer.Ordinal);
    private readonly PriorityQueue<DocumentEntry, long> _expiring = new();
    private AppendOrderedIndex _byNumber = new(static entry => entry.Number);
    private AppendOrderedIndex _byVersion = new(static entry => entry.Version);

    public ContainerState(string databaseName, int databaseNumber, string name, int number, JsonElement resource)
    {
        DatabaseNumber = databaseNumber;
        Number = number;
        Name = name;
        FullName = $"dbs/{databaseName}/colls/{name}";
        Rid = ResourceId.Container(databaseNumber, number);
        SelfLink = $"dbs/{ResourceId.Database(databaseNumber)}/colls/{Rid}/";
        Resource = resource;
        Definition = ContainerDefinition.Parse(resource);
    }

    public Lock Gate { get; } = new();

    public int DatabaseNumber { get; }

    public int Number { get; }

    public string Name { get; }

    public string FullName { get; }

    public string Rid { get; }

    public string SelfLink { get; }

    /// <summary>The container's properties as the client reads them.</summary>
    public JsonElement Resource { get; private set; }

    public ContainerDefinition Definition { get; private set; }

    public long Lsn { get; private set; }

    public long Version { get; private set; }

    public long LastNumber { get; private set; }

    /// <summary>The journal must be durable up to here before anybody is told what this container holds.</summary>
    public long JournalPosition { get; set; }

    /// <summary>Bytes of all current documents.</summary>
    public long LiveBytes { get; private set; }

    public int Count => _byNumber.Count;

    public LogicalPartition? FindPartition(string key) => _partitions.GetValueOrDefault(key);

    public DocumentEntry? Find(string partitionKey, string id) =>
        _partitions.TryGetValue(partitionKey, out var partition) ? partition.Documents.GetValueOrDefault(id) : null;

    /// <summary>Documents by creation, of one partition or of all.</summary>
    public IEnumerable<DocumentEntry> FromNumber(long number, string? partitionKey = null) =>
        partitionKey is null ? _byNumber.From(number) : FindPartition(partitionKey)?.ByNumber.From(number) ?? [];

    /// <summary>Documents by their last change, later than a log sequence number: the change feed.</summary>
    public IEnumerable<DocumentEntry> ChangedAfter(long lsn)
    {
        // Every transaction counts one log sequence number and at least one version, so a version is never below its lsn.
        foreach (var entry in _byVersion.From(lsn + 1))
        {
            if (entry.Lsn > lsn)
                yield return entry;
        }
    }

    /// <summary>Takes over new properties (time to live, indexing); the partition key stays as it is.</summary>
    public void ReplaceResource(JsonElement resource)
    {
        Definition = ContainerDefinition.Parse(resource);
        Resource = resource;
        _expiring.Clear();
        foreach (var entry in _byNumber.From(0))
            WatchExpiry(entry);
    }

    /// <summary>When an entry ends, in milliseconds since 1970; null for never.</summary>
    public long? ExpiresAt(DocumentEntry entry)
    {
        if (Definition.DefaultTimeToLive is not { } byDefault)
            return null;
        var seconds = entry.TimeToLive ?? byDefault;
        return seconds < 0 ? null : entry.WrittenAt + (seconds * 1000L);
    }

    /// <summary>Documents whose time is over and that are still here.</summary>
    public IEnumerable<DocumentEntry> TakeExpired(long now)
    {
        while (_expiring.TryPeek(out var entry, out var at) && at <= now)
        {
            _expiring.Dequeue();
            if (ReferenceEquals(Find(entry.PartitionKey, entry.Id), entry))
                yield return entry;
        }
    }

    public void Put(DocumentEntry entry, IReadOnlyList<string> uniqueValues, DocumentEntry? old)
    {
        var partition = GetOrAddPartition(entry.PartitionKey);
        partition.Documents[entry.Id] = entry;
        if (old is null)
        {
            partition.ByNumber.Add(entry);
            _byNumber.Add(entry);
        }
        else
        {
            partition.ByNumber.Replace(old, entry);
            _byNumber.Replace(old, entry);
            _byVersion.Remove(old);
            LiveBytes -= old.Body.Length;
            foreach (var value in UniqueValuesOf(old))
                partition.UniqueValues.Remove(value);
        }

        _byVersion.Add(entry);
        foreach (var value in uniqueValues)
            partition.UniqueValues[value] = entry.Id;
        LiveBytes += entry.Body.Length;
        WatchExpiry(entry);
    }

    public void Remove(DocumentEntry entry)
    {
        var partition = _partitions[entry.PartitionKey];
        partition.Documents.Remove(entry.Id);
        partition.ByNumber.Remove(entry);
        _byNumber.Remove(entry);
        _byVersion.Remove(entry);
        LiveBytes -= entry.Body.Length;
        foreach (var value in UniqueValuesOf(entry))
            partition.UniqueValues.Remove(value);
        if (partition.Documents.Count == 0)
            _partitions.Remove(partition.Key);
    }

    /// <summary>Counts numbers as given out.</summary>
    public void Advance(long lsn, long version, long number)
    {
        Lsn = Math.Max(Lsn, lsn);
        Version = Math.Max(Version, version);
        LastNumber = Math.Max(LastNumber, number);
    }

    /// <summary>Recovery: puts or removes one document unless it is already there in a later state. Order is restored at the end.</summary>
    public void Recover(JournalEntry.Documents record, DocumentChange change)
    {
        Advance(record.Lsn, change.Version, change.Number);
        var current = Find(change.PartitionKey, change.Id);
        if (current is not null && current.Version >= change.Version)
            return;

        if (change.Body is null)
        {
            FindPartition(change.PartitionKey)?.Documents.Remove(change.Id);
            return;
        }

        var partition = GetOrAddPartition(change.PartitionKey);
        partition.Documents[change.Id] = new DocumentEntry
        {
            PartitionKey = partition.Key,
            Id = change.Id,
            Body = change.Body,
            Number = change.Number,
            Version = change.Version,
            Lsn = record.Lsn,
            WrittenAt = record.WrittenAt,
            TimeToLive = change.TimeToLive,
        };
    }

    public void FinishRecovery()
    {
        _byNumber = new AppendOrderedIndex(static entry => entry.Number);
        _byVersion = new AppendOrderedIndex(static entry => entry.Version);
        var entries = _partitions.Values.SelectMany(static partition => partition.Documents.Values).ToList();
        foreach (var empty in _partitions.Values.Where(static partition => partition.Documents.Count == 0).ToList())
            _partitions.Remove(empty.Key);

        entries.Sort(static (a, b) => a.Number.CompareTo(b.Number));
        foreach (var entry in entries)
        {
            _byNumber.Add(entry);
            var partition = _partitions[entry.PartitionKey];
            partition.ByNumber.Add(entry);
            foreach (var value in UniqueValuesOf(entry))
                partition.UniqueValues[value] = entry.Id;
            LiveBytes += entry.Body.Length;
            WatchExpiry(entry);
        }

        entries.Sort(static (a, b) => a.Version.CompareTo(b.Version));
        foreach (var entry in entries)
            _byVersion.Add(entry);
    }

    private LogicalPartition GetOrAddPartition(string key)
    {
        if (!_partitions.TryGetValue(key, out var partition))
        {
            partition = new LogicalPartition(key, EffectivePartitionKey.Compute(key, Definition.Hierarchical));
            _partitions.Add(key, partition);
        }

        return partition;
    }

    private IReadOnlyList<string> UniqueValuesOf(DocumentEntry entry)
    {
        if (Definition.UniqueKeys.Count == 0)
            return [];
        using var document = JsonDocument.Parse(entry.Body);
        return Definition.UniqueValues(document.RootElement);
    }

    private void WatchExpiry(DocumentEntry entry)
    {
        if (ExpiresAt(entry) is { } at)
            _expiring.Enqueue(entry, at);
    }
}
