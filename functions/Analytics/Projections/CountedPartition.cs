using System.Net;
using Microsoft.Azure.Cosmos;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;
using TikTok.Core.Events;

namespace TikTok.Functions.Analytics.Projections;

/// <summary>
/// Documents of one partition of a container that change with the events of the log, each event once: in one transactional batch the documents are written, if
/// nobody wrote them meanwhile, and the <see cref="CountedWindow"/> of the log's partition moves.
/// </summary>
public sealed class CountedPartition<T>(Container container, PartitionKey partition, CountedWindow empty)
    where T : class, ICountedDocument
{
    /// <summary>A transactional batch takes 100 operations; one is the window's.</summary>
    private const int MaxDocuments = 99;

    /// <param name="events">Of one partition of the log, in its order; some or all may have been counted before.</param>
    /// <param name="idsOf">The documents that an event is counted in.</param>
    /// <param name="change">
    /// The documents after some events, given those that exist; null: it is to go. Asked again when somebody else wrote meanwhile, so it must be free of side effects.
    /// </param>
    /// <returns>What was written.</returns>
    public async Task<IReadOnlyList<Change<T>>> CountAsync(
        IReadOnlyList<LoggedInteraction> events,
        Func<LoggedInteraction, IEnumerable<string>> idsOf,
        Func<IReadOnlyDictionary<string, T>, IReadOnlyList<LoggedInteraction>, IReadOnlyDictionary<string, T?>> change,
        CancellationToken cancellationToken)
    {
        var changes = new List<Change<T>>();
        foreach (var part in Parts(events, idsOf)) changes.AddRange(await CountPartAsync(part, idsOf, change, cancellationToken));
        return changes;
    }

    private async Task<IReadOnlyList<Change<T>>> CountPartAsync(
        IReadOnlyList<LoggedInteraction> events,
        Func<LoggedInteraction, IEnumerable<string>> idsOf,
        Func<IReadOnlyDictionary<string, T>, IReadOnlyList<LoggedInteraction>, IReadOnlyDictionary<string, T?>> change,
        CancellationToken cancellationToken)
    {
        while (true)
        {
            var counted = await FindWindowAsync(cancellationToken);
            var (fresh, window) = (counted ?? empty).Window.Take(events);
            if (fresh.Count == 0) return [];

            var found = await FindAsync([.. fresh.SelectMany(idsOf).Distinct(StringComparer.Ordinal)], cancellationToken);
            var changes = change(found, fresh)
                .Select(c => new Change<T>(c.Key, found.GetValueOrDefault(c.Key), c.Value))
                .Where(c => c.Before is not null || c.After is not null)
                .ToList();
            using var batch = await CommitAsync(counted, window, changes, cancellationToken);
            if (batch.IsSuccessStatusCode) return changes;

            // Another reader was first: of another partition, into the same documents; or of this one, whose ownership was just moving. See what is left to count.
            if (batch.StatusCode is HttpStatusCode.Conflict or HttpStatusCode.PreconditionFailed or HttpStatusCode.NotFound) continue;
            throw new CosmosException(batch.ErrorMessage ?? "The counts were refused.", batch.StatusCode, 0, batch.ActivityId, batch.RequestCharge);
        }
    }

    private async Task<TransactionalBatchResponse> CommitAsync(
        CountedWindow? counted, EventWindow window, List<Change<T>> changes, CancellationToken cancellationToken)
    {
        var batch = container.CreateTransactionalBatch(partition);
        var next = empty with { Window = window };
        batch = counted is null ? batch.CreateItem(next, If(null)) : batch.ReplaceItem(counted.Id, next, If(counted.ETag));
        foreach (var (id, before, after) in changes)
        {
            batch = (before, after) switch
            {
                (null, _) => batch.CreateItem(after, If(null)),
                (_, null) => batch.DeleteItem(id, If(before.ETag)),
                _ => batch.ReplaceItem(id, after, If(before.ETag)),
            };
        }
        return await batch.ExecuteAsync(cancellationToken);

        static TransactionalBatchItemRequestOptions If(string? etag) => new() { EnableContentResponseOnWrite = false, IfMatchEtag = etag };
    }

    private Task<CountedWindow?> FindWindowAsync(CancellationToken cancellationToken) =>
        container.FindAsync<CountedWindow>(empty.Id, partition, cancellationToken);

    private async Task<Dictionary<string, T>> FindAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        if (ids.Count == 0) return [];
        var documents = await container.ReadManyItemsAsync<T>([.. ids.Select(id => (id, partition))], cancellationToken: cancellationToken);
        return documents.ToDictionary(d => d.Id, StringComparer.Ordinal);
    }

    /// <summary>Runs of events that together are counted in no more documents than a batch takes.</summary>
    private static IEnumerable<IReadOnlyList<LoggedInteraction>> Parts(
        IReadOnlyList<LoggedInteraction> events, Func<LoggedInteraction, IEnumerable<string>> idsOf)
    {
        var part = new List<LoggedInteraction>();
        var ids = new HashSet<string>(StringComparer.Ordinal);
        foreach (var logged in events)
        {
            var more = idsOf(logged).ToList();
            if (part.Count > 0 && ids.Count + more.Count(id => !ids.Contains(id)) > MaxDocuments)
            {
                yield return part;
                part = [];
                ids.Clear();
            }
            part.Add(logged);
            ids.UnionWith(more);
        }
        if (part.Count > 0) yield return part;
    }
}

/// <param name="Before">null: it did not exist.</param>
/// <param name="After">null: it is gone.</param>
public sealed record Change<T>(string Id, T? Before, T? After)
    where T : class;
