using TikTok.Local.Cosmos.Documents;
using TikTok.Local.Cosmos.Protocol;

namespace TikTok.Local.Cosmos.Storage;

/// <summary>
/// Changes to one container that happen together or not at all. They are staged here, seen by later operations of the same
/// transaction, and applied by <see cref="Commit"/> as one journal record. Use under <see cref="ContainerState.Gate"/>.
/// </summary>
internal sealed class DocumentTransaction(ContainerState container, Journal journal, long now)
{
    private readonly List<Staged> _staged = [];

    /// <summary>The log sequence number that the changes get.</summary>
    public long Lsn => container.Lsn + 1;

    /// <summary>Milliseconds since 1970, one for all changes.</summary>
    public long Now => now;

    public DocumentEntry? Find(string partitionKey, string id)
    {
        for (var i = _staged.Count - 1; i >= 0; i--)
        {
            if (_staged[i].Id == id && _staged[i].PartitionKey == partitionKey)
                return _staged[i].Entry;
        }

        return container.Find(partitionKey, id);
    }

    /// <summary>Stages the new state of a document; <paramref name="old"/> is the state that it takes the place of.</summary>
    /// <exception cref="CosmosFailure">409 when a unique key is taken; 413 when the stored form is too large.</exception>
    public DocumentEntry Put(PreparedDocument document, DocumentEntry? old)
    {
        CheckUnique(document, document.PartitionKey.Canonical);
        var number = old?.Number ?? container.LastNumber + 1 + _staged.Count(static s => s.Old is null && s.Entry is not null);
        var version = container.Version + 1 + _staged.Count;
        var body = document.Compose(container, number, version, now);
        if (body.Length > PreparedDocument.MaxDocumentLength)
            throw CosmosFailure.TooLarge();

        var entry = new DocumentEntry
        {
            PartitionKey = document.PartitionKey.Canonical,
            Id = document.Id,
            Body = body,
            Number = number,
            Version = version,
            Lsn = Lsn,
            WrittenAt = now,
            TimeToLive = document.TimeToLive,
        };
        _staged.Add(new Staged(entry.PartitionKey, entry.Id, entry, old, document.UniqueValues));
        return entry;
    }

    public void Delete(DocumentEntry old) => _staged.Add(new Staged(old.PartitionKey, old.Id, null, old, []));

    /// <summary>Applies the changes and appends their record. The answer must wait until the journal is durable up to the container's position.</summary>
    public void Commit()
    {
        if (_staged.Count == 0)
            return;

        var changes = new DocumentChange[_staged.Count];
        for (var i = 0; i < changes.Length; i++)
        {
            var (partitionKey, id, entry, old, _) = _staged[i];
            changes[i] = new DocumentChange(
                container.Version + 1 + i, entry?.Number ?? old!.Number, partitionKey, id, entry?.TimeToLive, entry?.Body);
        }

        container.JournalPosition = journal.Append(new JournalEntry.Documents(container.Number, Lsn, now, changes));
        foreach (var (partitionKey, id, entry, _, uniqueValues) in _staged)
        {
            var current = container.Find(partitionKey, id);
            if (entry is not null)
            {
                entry.JournalPosition = container.JournalPosition;
                container.Put(entry, uniqueValues, current);
            }
            else if (current is not null)
            {
                container.Remove(current);
            }
        }

        container.Advance(Lsn, changes[^1].Version, changes.Max(static change => change.Number));
        _staged.Clear();
    }

    /// <summary>Removes documents whose time to live is over, so that nothing that follows can see them.</summary>
    public static void PurgeExpired(ContainerState container, Journal journal, long now)
    {
        DocumentTransaction? purge = null;
        foreach (var entry in container.TakeExpired(now))
        {
            purge ??= new DocumentTransaction(container, journal, now);
            purge.Delete(entry);
        }

        purge?.Commit();
    }

    private void CheckUnique(PreparedDocument document, string partitionKey)
    {
        foreach (var value in document.UniqueValues)
        {
            string? owner = null;
            container.FindPartition(partitionKey)?.UniqueValues.TryGetValue(value, out owner);
            if (owner is not null && Find(partitionKey, owner) is { } current && !StagedWithout(current, value))
            {
                if (owner != document.Id)
                    throw CosmosFailure.UniqueConflict();
            }

            if (_staged.Exists(s => s.Entry is not null && s.PartitionKey == partitionKey && s.Id != document.Id
                && s.UniqueValues.Contains(value) && ReferenceEquals(Find(partitionKey, s.Id), s.Entry)))
                throw CosmosFailure.UniqueConflict();
        }
    }

    private bool StagedWithout(DocumentEntry current, string value) =>
        _staged.Exists(s => ReferenceEquals(s.Entry, current) && !s.UniqueValues.Contains(value));

    private sealed record Staged(string PartitionKey, string Id, DocumentEntry? Entry, DocumentEntry? Old, IReadOnlyList<string> UniqueValues);
}
