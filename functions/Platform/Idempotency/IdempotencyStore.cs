using System.Net;
using System.Text.Json.Serialization;
using Microsoft.Azure.Cosmos;
using TikTok.Core;
using TikTok.Core.Cosmos;

namespace TikTok.Functions.Platform;

/// <summary>What became of a request that carried an <c>Idempotency-Key</c>. Container <c>idempotency</c>, partition <c>/key</c>, <c>id = key</c>.</summary>
public sealed record IdempotentRequest
{
    public required string Id { get; init; }

    /// <summary>A keyed hash of caller, method, path and the header's value.</summary>
    public required string Key { get; init; }

    /// <summary>A keyed hash of the body.</summary>
    public required string RequestHash { get; init; }

    /// <summary>The sealed answer; null while the request runs.</summary>
    public byte[]? Answer { get; init; }

    /// <summary>Seconds to live from the last write: short while the request runs, so that one that died is not in the way for long.</summary>
    public required int Ttl { get; init; }

    [JsonPropertyName("_etag")]
    public string? ETag { get; init; }
}

/// <summary>The container <c>idempotency</c>.</summary>
public sealed class IdempotencyStore(CosmosClient client)
{
    private readonly Container _container = client.GetContainer(Containers.Database, Containers.Idempotency);

    /// <summary>Creates the document, or returns null when the key is taken.</summary>
    public async Task<IdempotentRequest?> TryReserveAsync(IdempotentRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await _container.CreateItemAsync(request, new PartitionKey(request.Key), cancellationToken: cancellationToken);
        }
        catch (CosmosException e) when (e.StatusCode == HttpStatusCode.Conflict)
        {
            return null;
        }
    }

    public Task<IdempotentRequest?> FindAsync(string key, CancellationToken cancellationToken) =>
        _container.FindAsync<IdempotentRequest>(key, new PartitionKey(key), cancellationToken);

    /// <summary>Records the answer of the request that holds the reservation.</summary>
    public Task CompleteAsync(IdempotentRequest request, CancellationToken cancellationToken) => _container.ReplaceItemAsync(
        request, request.Id, new PartitionKey(request.Key), new ItemRequestOptions { IfMatchEtag = request.ETag }, cancellationToken);

    /// <summary>Gives the reservation up, unless it is no longer the same.</summary>
    public async Task ReleaseAsync(IdempotentRequest request, CancellationToken cancellationToken)
    {
        try
        {
            await _container.DeleteItemAsync<IdempotentRequest>(
                request.Id, new PartitionKey(request.Key), new ItemRequestOptions { IfMatchEtag = request.ETag }, cancellationToken);
        }
        catch (CosmosException e) when (e.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.PreconditionFailed)
        {
            // It expired, or its successor holds it.
        }
    }
}
