using Microsoft.Azure.Cosmos;
using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;
using TikTok.Core.Events;
using TikTok.Functions.Analytics.Projections;

namespace TikTok.Functions.Analytics.Trending;

/// <summary>The buckets and lists of the container <c>trends</c>.</summary>
public sealed class TrendStore(CosmosClient client)
{
    private readonly Container _container = client.GetContainer(Containers.Database, Containers.Trends);

    /// <param name="events">Of the bucket's day and partition, in the log's order.</param>
    public Task<IReadOnlyList<Change<TrendEntry>>> CountAsync(
        TrendBucket bucket, IReadOnlyList<LoggedInteraction> events, IReadOnlyDictionary<string, VideoFacts> videos, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var empty = new CountedWindow { Id = CountedWindow.DocumentType, Bucket = bucket.Key, Generation = bucket.Generation, Ttl = bucket.SecondsLeft(now) };
        return new CountedPartition<TrendEntry>(_container, new PartitionKey(bucket.Key), empty).CountAsync(
            events,
            e => TrendBucket.ItemsOf(e.Interaction, videos[e.Interaction.VideoId!]).Select(i => TrendEntry.IdFor(i.Kind, i.Item)),
            (current, fresh) => bucket.Add(current, fresh, videos, now),
            cancellationToken);
    }

    /// <summary>Takes a video out of a bucket, if it is there.</summary>
    public Task RemoveAsync(TrendBucket bucket, string videoId, CancellationToken cancellationToken) =>
        _container.RemoveAsync(TrendEntry.IdFor(TrendKind.Videos, videoId), new PartitionKey(bucket.Key), cancellationToken);

    /// <summary>The heaviest entries of a kind in a bucket, heaviest first.</summary>
    public async Task<IReadOnlyList<WeighedItem>> HeaviestAsync(TrendBucket bucket, TrendKind kind, int count, CancellationToken cancellationToken)
    {
        var query = new QueryDefinition("SELECT c.item, c.weight FROM c WHERE c.type = 'trend' AND c.kind = @kind ORDER BY c.weight DESC OFFSET 0 LIMIT @count")
            .WithParameter("@kind", kind)
            .WithParameter("@count", count);
        return await _container.ListAsync<WeighedItem>(query, new PartitionKey(bucket.Key), count, cancellationToken);
    }

    /// <summary>The list that was ranked last; null before the first.</summary>
    public Task<TrendList?> FindListAsync(TrendKind kind, int generation, CancellationToken cancellationToken) =>
        _container.FindAsync<TrendList>(TrendList.IdFor(kind), new PartitionKey(TrendList.BucketOf(generation)), cancellationToken);

    /// <summary>Writes the list if nobody did since it was read; null when somebody did.</summary>
    public async Task<TrendList?> TrySaveListAsync(TrendList list, CancellationToken cancellationToken)
    {
        var etag = await _container.TrySaveAsync(list, list.Id, list.ETag, new PartitionKey(list.Bucket), cancellationToken);
        return etag is null ? null : list with { ETag = etag };
    }

    public static TrendList EmptyList(TrendKind kind, int generation) => new() { Id = TrendList.IdFor(kind), Bucket = TrendList.BucketOf(generation) };
}

/// <param name="Weight">As seen from the beginning of the bucket's day.</param>
public sealed record WeighedItem(string Item, double Weight);
