using System.Net;
using System.Text.Json;
using Microsoft.Azure.Cosmos;

namespace TikTok.Core.Cosmos;

/// <summary>What every store does with its container. That a document is not there is an answer and no exception: it is the common case of many reads.</summary>
public static class ContainerOperations
{
    /// <summary>The most that Cosmos DB is asked to put on one page.</summary>
    private const int MaxPage = 500;

    /// <summary>The document, or null when there is none.</summary>
    public static async Task<T?> FindAsync<T>(this Container container, string id, PartitionKey partition, CancellationToken cancellationToken)
        where T : class
    {
        using var answer = await container.ReadItemStreamAsync(id, partition, cancellationToken: cancellationToken);
        if (answer.StatusCode == HttpStatusCode.NotFound) return null;
        answer.EnsureSuccessStatusCode();
        return await JsonSerializer.DeserializeAsync<T>(answer.Content, CoreJson.Options, cancellationToken);
    }

    /// <summary>The whole answer to a query.</summary>
    /// <param name="container">Where to look.</param>
    /// <param name="query">What for.</param>
    /// <param name="partition">null: in every partition.</param>
    /// <param name="count">How many at most; null: all.</param>
    public static async Task<IReadOnlyList<T>> ListAsync<T>(
        this Container container, QueryDefinition query, PartitionKey? partition, int? count, CancellationToken cancellationToken)
    {
        var options = new QueryRequestOptions { PartitionKey = partition, MaxItemCount = count is { } most ? Math.Clamp(most, 1, MaxPage) : null };
        using var pages = container.GetItemQueryIterator<T>(query, requestOptions: options);
        var items = new List<T>();
        while (pages.HasMoreResults && items.Count < (count ?? int.MaxValue)) items.AddRange(await pages.ReadNextAsync(cancellationToken));
        return count < items.Count ? items[..count.Value] : items;
    }

    /// <summary>Writes the document over the version that was read, or where there was none, unless somebody else wrote meanwhile.</summary>
    /// <param name="id">The document's.</param>
    /// <param name="etag">Of the version that was read; null: there was none.</param>
    /// <returns>The ETag of the version written; null when somebody else created, changed or removed it first.</returns>
    public static async Task<string?> TrySaveAsync<T>(
        this Container container, T document, string id, string? etag, PartitionKey partition, CancellationToken cancellationToken)
    {
        using var body = new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(document, CoreJson.Options));
        var options = new ItemRequestOptions { IfMatchEtag = etag, EnableContentResponseOnWrite = false };
        using var answer = etag is null
            ? await container.CreateItemStreamAsync(body, partition, options, cancellationToken)
            : await container.ReplaceItemStreamAsync(body, id, partition, options, cancellationToken);
        if (answer.StatusCode is HttpStatusCode.Conflict or HttpStatusCode.PreconditionFailed) return null;
        if (answer.StatusCode is HttpStatusCode.NotFound && etag is not null) return null;
        answer.EnsureSuccessStatusCode();
        return answer.Headers.ETag;
    }

    /// <summary>Removes the document.</summary>
    /// <returns>Whether there was one.</returns>
    public static async Task<bool> RemoveAsync(this Container container, string id, PartitionKey partition, CancellationToken cancellationToken)
    {
        using var answer = await container.DeleteItemStreamAsync(id, partition, cancellationToken: cancellationToken);
        if (answer.StatusCode == HttpStatusCode.NotFound) return false;
        answer.EnsureSuccessStatusCode();
        return true;
    }
}
