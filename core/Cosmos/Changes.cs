using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Azure.Cosmos;

namespace TikTok.Core.Cosmos;

/// <summary>What a change feed delivers: documents of every type that a container holds.</summary>
public static class Changes
{
    /// <summary>Those of one type.</summary>
    public static IEnumerable<T> OfDocumentType<T>(this IEnumerable<JsonElement> changes, string documentType) => changes
        .Where(change => change.TryGetProperty("type", out var type) && type.ValueEquals(documentType))
        .Select(change => change.Deserialize<T>(CoreJson.Options)!);

    /// <summary>The change feed of a container from where it was left to its end, page by page: each with where it goes on behind it. The last page has no changes.</summary>
    /// <param name="continuation">Where it was left; null: from its beginning.</param>
    public static async IAsyncEnumerable<(IEnumerable<JsonElement> Changes, string Continuation)> ChangesToEndAsync(
        this Container container, string? continuation, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var start = continuation is null ? ChangeFeedStartFrom.Beginning() : ChangeFeedStartFrom.ContinuationToken(continuation);
        using var feed = container.GetChangeFeedIterator<JsonElement>(start, ChangeFeedMode.LatestVersion, new ChangeFeedRequestOptions { PageSizeHint = 1_000 });
        while (feed.HasMoreResults)
        {
            var page = await feed.ReadNextAsync(cancellationToken);
            var isEnd = page.StatusCode == HttpStatusCode.NotModified;
            yield return (isEnd ? [] : page, page.ContinuationToken);
            if (isEnd) yield break;
        }
    }
}
