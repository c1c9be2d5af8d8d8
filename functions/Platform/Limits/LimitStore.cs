using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Azure.Cosmos;
using TikTok.Core;
using TikTok.Core.Cosmos;

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

/// <summary>
/// The container <c>limits</c>. It names nobody: a document's key is a keyed hash of the bucket's, so that what an instance reports of someone whose account was
/// erased meanwhile says nothing of them, and is gone when it has flowed back.
/// </summary>
public sealed class LimitStore(CosmosClient client, PlatformSecret secret) : ILimitStore
{
    private const int HashBytes = 16;

    private readonly byte[] _secret = secret.KeyFor("limits");
    private readonly Container _container = client.GetContainer(Containers.Database, Containers.Limits);

    public async Task<RateBucket?> FindAsync(string key, CancellationToken cancellationToken)
    {
        var stored = StoredKey(key);
        return await _container.FindAsync<RateBucket>(stored, new PartitionKey(stored), cancellationToken) is { } bucket ? bucket with { Key = key } : null;
    }

    public async Task<RateBucket?> TryWriteAsync(RateBucket bucket, CancellationToken cancellationToken)
    {
        var stored = StoredKey(bucket.Key);
        var etag = await _container.TrySaveAsync(bucket with { Id = stored, Key = stored, ETag = null }, stored, bucket.ETag, new PartitionKey(stored), cancellationToken);
        return etag is null ? null : bucket with { ETag = etag };
    }

    /// <summary>Removes the document, if it is there.</summary>
    public async Task DeleteAsync(string key, CancellationToken cancellationToken)
    {
        var stored = StoredKey(key);
        await _container.RemoveAsync(stored, new PartitionKey(stored), cancellationToken);
    }

    /// <summary><c>{class}:{hash}</c>: what is counted can be read, of whom cannot.</summary>
    private string StoredKey(string key)
    {
        var hash = HMACSHA256.HashData(_secret, Encoding.UTF8.GetBytes(key)).AsSpan(0, HashBytes);
        return $"{key[..key.IndexOf(':', StringComparison.Ordinal)]}:{Base64Url.EncodeToString(hash)}";
    }
}
