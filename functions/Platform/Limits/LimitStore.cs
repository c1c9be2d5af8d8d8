using System.Net;
using System.Text.Json;
using Microsoft.Azure.Cosmos;
using TikTok.Core;

namespace TikTok.Functions.Platform;

/// <summary>Where instances share their <see cref="RateBucket"/>s.</summary>
public interface ILimitStore
{
    /// <summary>null: nothing is taken from it.</summary>
    Task<RateBucket?> FindAsync(string key, CancellationToken cancellationToken);

    /// <summary>Creates the document if it has no ETag, else replaces just that version.</summary>
    /// <returns>As written, with its ETag; null when another writer was first, or the version has expired.</returns>
    Task<RateBucket?> TryWriteAsync(RateBucket bucket, CancellationToken cancellationToken);
}

/// <summary>The container <c>limits</c>.</summary>
public sealed class LimitStore(CosmosClient client) : ILimitStore
{
    private readonly Container _container = client.GetContainer(Containers.Database, Containers.Limits);

    public async Task<RateBucket?> FindAsync(string key, CancellationToken cancellationToken)
    {
        // As a stream, because a bucket that is full is not there: no exception for what is usual.
        using var answer = await _container.ReadItemStreamAsync(key, new PartitionKey(key), cancellationToken: cancellationToken);
        if (answer.StatusCode == HttpStatusCode.NotFound) return null;
        answer.EnsureSuccessStatusCode();
        return await JsonSerializer.DeserializeAsync<RateBucket>(answer.Content, CoreJson.Options, cancellationToken);
    }

    public async Task<RateBucket?> TryWriteAsync(RateBucket bucket, CancellationToken cancellationToken)
    {
        using var body = new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(bucket with { ETag = null }, CoreJson.Options));
        var quiet = new ItemRequestOptions { IfMatchEtag = bucket.ETag, EnableContentResponseOnWrite = false };
        using var answer = bucket.ETag is null
            ? await _container.CreateItemStreamAsync(body, new PartitionKey(bucket.Key), quiet, cancellationToken)
            : await _container.ReplaceItemStreamAsync(body, bucket.Id, new PartitionKey(bucket.Key), quiet, cancellationToken);
        if (answer.StatusCode is HttpStatusCode.Conflict or HttpStatusCode.PreconditionFailed or HttpStatusCode.NotFound) return null;
        answer.EnsureSuccessStatusCode();
        return bucket with { ETag = answer.Headers.ETag };
    }
}
