using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using TikTok.Local.Cosmos.Documents;
using TikTok.Local.Cosmos.Protocol;

namespace TikTok.Local.Cosmos.Storage;

/// <summary>
/// Everything the emulator keeps: databases and containers in memory, and one journal for all of them in <c>DIR</c>.
/// Changes of databases and containers are rare and run one at a time.
/// </summary>
internal sealed class Account : IAsyncDisposable
{
    private readonly Lock _resources = new();
    private readonly ConcurrentDictionary<string, DatabaseState> _databases = new(StringComparer.Ordinal);
    private readonly Dictionary<int, ContainerState> _containers = [];
    private readonly TimeProvider _time;
    private readonly JournalDirectory _directory;
    private int _lastDatabase;
    private int _lastContainer;
    private long _resourceVersion;

    private Account(JournalDirectory directory, TimeProvider time)
    {
        _directory = directory;
        _time = time;
        directory.Recover(Apply);
        foreach (var container in _containers.Values)
            container.FinishRecovery();
        Journal = directory.OpenJournal();
        Compaction = new Compaction(directory, Journal, Containers, ResourceEntries);
    }

    public Journal Journal { get; }

    public Compaction Compaction { get; }

    public IEnumerable<DatabaseState> Databases => _databases.Values.OrderBy(static database => database.Number);

    /// <summary>Milliseconds since 1970.</summary>
    public long Now => _time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Opens the account kept in a folder, or begins a new one there.</summary>
    /// <exception cref="InvalidDataException">A file other than the newest journal is damaged.</exception>
    public static Account Open(string folder, TimeProvider time) => new(new JournalDirectory(folder), time);

    public DatabaseState? FindDatabase(string nameOrRid) =>
        _databases.TryGetValue(nameOrRid, out var database)
            ? database
            : _databases.Values.FirstOrDefault(candidate => candidate.Rid == nameOrRid);

    public ContainerState? FindContainer(string databaseNameOrRid, string nameOrRid)
    {
        if (FindDatabase(databaseNameOrRid) is not { } database)
            return null;
        return database.Containers.TryGetValue(nameOrRid, out var container)
            ? container
            : database.Containers.Values.FirstOrDefault(candidate => candidate.Rid == nameOrRid);
    }

    /// <exception cref="CosmosFailure">409 when the name is taken.</exception>
    public DatabaseState CreateDatabase(string name, JsonElement? throughput)
    {
        lock (_resources)
        {
            if (_databases.ContainsKey(name))
                throw CosmosFailure.Conflict();

            var number = _lastDatabase + 1;
            var rid = ResourceId.Database(number);
            var resource = Stamp(new JsonObject { ["id"] = name }, rid, $"dbs/{rid}/");
            resource["_colls"] = "colls/";
            resource["_users"] = "users/";
            Record(new ResourceChange(number, 0, name, Freeze(resource), throughput));
            return _databases[name];
        }
    }

    public void DeleteDatabase(DatabaseState database)
    {
        lock (_resources)
        {
            foreach (var container in database.Containers.Values)
                Record(new ResourceChange(database.Number, container.Number, container.Name, null, null));
            Record(new ResourceChange(database.Number, 0, database.Name, null, null));
        }
    }

    /// <exception cref="CosmosFailure">409 when the name is taken; 400 when the properties are not valid.</exception>
    public ContainerState CreateContainer(DatabaseState database, string name, JsonElement properties, JsonElement? throughput)
    {
        lock (_resources)
        {
            if (database.Containers.ContainsKey(name))
                throw CosmosFailure.Conflict();

            var number = _lastContainer + 1;
            var rid = ResourceId.Container(database.Number, number);
            var resource = StampContainer(properties, rid, database.Rid);
            _ = ContainerDefinition.Parse(resource);
            Record(new ResourceChange(database.Number, number, name, resource, throughput));
            return database.Containers[name];
        }
    }

    /// <exception cref="CosmosFailure">400 when the partition key would change or the properties are not valid.</exception>
    public void ReplaceContainer(DatabaseState database, ContainerState container, JsonElement properties)
    {
        lock (_resources)
        {
            var resource = StampContainer(properties, container.Rid, database.Rid);
            var definition = ContainerDefinition.Parse(resource);
            if (!definition.PartitionKeyPaths.Select(static p => string.Join('/', p))
                .SequenceEqual(container.Definition.PartitionKeyPaths.Select(static p => string.Join('/', p))))
                throw CosmosFailure.BadRequest("The partition key of a container cannot be changed.");
            Record(new ResourceChange(database.Number, container.Number, container.Name, resource, ThroughputOf(database, container)));
        }
    }

    public void DeleteContainer(DatabaseState database, ContainerState container)
    {
        lock (_resources)
        {
            Record(new ResourceChange(database.Number, container.Number, container.Name, null, null));
        }
    }

    public void ReplaceThroughput(DatabaseState database, ContainerState? container, JsonElement content)
    {
        lock (_resources)
        {
            Record(container is null
                ? new ResourceChange(database.Number, 0, database.Name, database.Resource, content)
                : new ResourceChange(database.Number, container.Number, container.Name, container.Resource, content));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Compaction.DisposeAsync();
        await Journal.DisposeAsync();
        _directory.Dispose();
    }

    private static JsonElement? ThroughputOf(DatabaseState database, ContainerState container) =>
        database.ContainerThroughput.TryGetValue(container.Number, out var content) ? content : null;

    private JsonElement StampContainer(JsonElement properties, string rid, string databaseRid)
    {
        var resource = Stamp(JsonObject.Create(properties)!, rid, $"dbs/{databaseRid}/colls/{rid}/");
        resource["_docs"] = "docs/";
        resource["_sprocs"] = "sprocs/";
        resource["_triggers"] = "triggers/";
        resource["_udfs"] = "udfs/";
        resource["_conflicts"] = "conflicts/";
        return Freeze(resource);
    }

    private JsonObject Stamp(JsonObject resource, string rid, string self)
    {
        var now = Now;
        resource["_rid"] = rid;
        resource["_self"] = self;
        resource["_etag"] = DocumentEntry.FormatETag(++_resourceVersion, now);
        resource["_ts"] = now / 1000;
        return resource;
    }

    private static JsonElement Freeze(JsonObject resource) => JsonSerializer.SerializeToElement(resource);

    private void Record(ResourceChange change)
    {
        Journal.Append(change.ToEntry());
        Apply(change);
    }

    private void Apply(JournalEntry entry)
    {
        switch (entry)
        {
            case JournalEntry.Resource resource:
                Apply(ResourceChange.FromEntry(resource));
                break;
            case JournalEntry.Documents documents when _containers.TryGetValue(documents.Container, out var container):
                foreach (var change in documents.Changes)
                    container.Recover(documents, change);
                break;
            case JournalEntry.Counters counters when _containers.TryGetValue(counters.Container, out var container):
                container.Advance(counters.Lsn, counters.Version, counters.Number);
                break;
        }
    }

    private void Apply(ResourceChange change)
    {
        _resourceVersion++;
        _lastDatabase = Math.Max(_lastDatabase, change.Database);
        _lastContainer = Math.Max(_lastContainer, change.Container);
        var database = _databases.Values.FirstOrDefault(candidate => candidate.Number == change.Database);
        if (change.IsDatabase)
            ApplyDatabase(change, database);
        else if (database is not null)
            ApplyContainer(change, database);
    }

    private void ApplyDatabase(ResourceChange change, DatabaseState? database)
    {
        if (change.Resource is not { } resource)
        {
            _databases.TryRemove(change.Name, out _);
            return;
        }

        database ??= new DatabaseState(change.Name, change.Database, resource);
        database.Throughput = change.Throughput;
        _databases[change.Name] = database;
    }

    private void ApplyContainer(ResourceChange change, DatabaseState database)
    {
        if (change.Resource is not { } resource)
        {
            database.Containers.TryRemove(change.Name, out _);
            database.ContainerThroughput.TryRemove(change.Container, out _);
            lock (_containers)
            {
                _containers.Remove(change.Container);
            }

            return;
        }

        if (change.Throughput is { } throughput)
            database.ContainerThroughput[change.Container] = throughput;
        if (database.Containers.TryGetValue(change.Name, out var container) && container.Number == change.Container)
        {
            lock (container.Gate)
            {
                container.ReplaceResource(resource);
            }

            return;
        }

        container = new ContainerState(database.Name, database.Number, change.Name, change.Container, resource);
        lock (_containers)
        {
            _containers[change.Container] = container;
        }

        database.Containers[change.Name] = container;
    }

    private IReadOnlyList<ContainerState> Containers()
    {
        lock (_containers)
        {
            return [.. _containers.Values];
        }
    }

    // The highest numbers ever given out go along even when what had them is deleted.
    private IReadOnlyList<JournalEntry> ResourceEntries()
    {
        lock (_resources)
        {
            var changes = new List<ResourceChange>
            {
                new(_lastDatabase, 0, "", null, null),
                new(_lastDatabase, _lastContainer, "", null, null),
            };
            foreach (var database in Databases)
            {
                changes.Add(new ResourceChange(database.Number, 0, database.Name, database.Resource, database.Throughput));
                changes.AddRange(database.Containers.Values.Select(container => new ResourceChange(
                    database.Number, container.Number, container.Name, container.Resource, ThroughputOf(database, container))));
            }

            return [.. changes.Select(static change => change.ToEntry())];
        }
    }
}
