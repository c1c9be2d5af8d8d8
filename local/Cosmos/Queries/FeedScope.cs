using TikTok.Local.Cosmos.Documents;
using TikTok.Local.Cosmos.Protocol;
using TikTok.Local.Cosmos.Storage;

namespace TikTok.Local.Cosmos.Queries;

/// <summary>
/// Which documents a feed or a query is about: one logical partition, a range of the hash space (how the client asks for a prefix of a
/// hierarchical key, or for a feed range), or all.
/// </summary>
internal sealed record FeedScope(string? PartitionKey, string? StartEpk, string? EndEpk)
{
    private const string RangeStart = "";
    private const string RangeEnd = "FF";

    /// <summary>No others need be looked at; null: all of the scope.</summary>
    public IReadOnlyList<FeedKey>? Keys { get; init; }

    /// <exception cref="CosmosFailure">400 when the partition key header is not valid; 410 when the partition key range is not "0".</exception>
    public static FeedScope From(CosmosRequest request, ContainerState container)
    {
        var range = request.Header(CosmosHeaders.PartitionKeyRangeId);
        if (range is not null && range != "0" && !range.EndsWith(",0", StringComparison.Ordinal))
            throw new CosmosFailure(410, "Gone", $"Partition key range {range} is gone.", subStatus: 1002);

        if (request.Header(CosmosHeaders.PartitionKey) is { } header)
        {
            if (!PartitionKeyValue.TryParseHeader(header, out var value) || value.Count > container.Definition.PartitionKeyPaths.Count)
                throw CosmosFailure.BadRequest($"Partition key {header} is invalid.");
            if (value.Count == container.Definition.PartitionKeyPaths.Count)
                return new FeedScope(value.Canonical, null, null);

            var prefix = EffectivePartitionKey.Compute(value.Canonical, container.Definition.Hierarchical);
            return new FeedScope(null, prefix, prefix + RangeEnd);
        }

        var start = request.Header(CosmosHeaders.StartEpk) ?? RangeStart;
        var end = request.Header(CosmosHeaders.EndEpk) ?? RangeEnd;
        return start == RangeStart && end == RangeEnd ? new FeedScope(null, null, null) : new FeedScope(null, start, end);
    }

    /// <summary>Whether a document belongs to the scope; use under the container's gate.</summary>
    public bool Contains(DocumentEntry entry, ContainerState container)
    {
        if (PartitionKey is not null)
            return entry.PartitionKey == PartitionKey;
        if (StartEpk is null)
            return true;
        var position = container.FindPartition(entry.PartitionKey)!.EffectiveKey;
        return string.CompareOrdinal(position, StartEpk) >= 0 && string.CompareOrdinal(position, EndEpk) < 0;
    }

    /// <summary>Documents of the scope by creation, from a number on; use under the container's gate.</summary>
    public IEnumerable<DocumentEntry> FromNumber(ContainerState container, long number)
    {
        var documents = Keys is null
            ? container.FromNumber(number, PartitionKey)
            : Keys.SelectMany(key => key.In(container, number)).DistinctBy(static entry => entry.Number).OrderBy(static entry => entry.Number);
        return StartEpk is null ? documents : documents.Where(entry => Contains(entry, container));
    }
}

/// <summary>A document, or a whole logical partition.</summary>
/// <param name="Id">null: all documents of the partition.</param>
internal sealed record FeedKey(string PartitionKey, string? Id)
{
    /// <summary>What there is of it, from a number on; use under the container's gate.</summary>
    public IEnumerable<DocumentEntry> In(ContainerState container, long number)
    {
        if (Id is null)
            return container.FromNumber(number, PartitionKey);
        return container.Find(PartitionKey, Id) is { } entry && entry.Number >= number ? [entry] : [];
    }
}
