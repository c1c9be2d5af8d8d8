using System.Net;
using Microsoft.Azure.Cosmos;
using TikTok.Core;
using TikTok.Core.Cosmos;

namespace TikTok.Functions.Accounts;

/// <summary>The failures of logins in the container <c>limits</c>.</summary>
public sealed class LoginFailureStore(CosmosClient client)
{
    private readonly Container _container = client.GetContainer(Containers.Database, Containers.Limits);

    public Task<LoginFailures?> FindAsync(string key, CancellationToken cancellationToken) =>
        _container.FindAsync<LoginFailures>(key, new PartitionKey(key), cancellationToken);

    /// <summary>Writes over the document whose ETag it carries; without one, where there is none yet. False: somebody else wrote meanwhile.</summary>
    public async Task<bool> TryWriteAsync(LoginFailures failures, CancellationToken cancellationToken) =>
        await _container.TrySaveAsync(failures, failures.Id, failures.ETag, new PartitionKey(failures.Key), cancellationToken) is not null;

    /// <summary>Writes the document, whatever there was.</summary>
    public Task SetAsync(LoginFailures failures, CancellationToken cancellationToken) =>
        _container.UpsertItemAsync(failures, new PartitionKey(failures.Key), cancellationToken: cancellationToken);

    /// <summary>Takes one failure back, if there is one.</summary>
    public async Task TakeBackAsync(string key, CancellationToken cancellationToken)
    {
        try
        {
            await _container.PatchItemAsync<LoginFailures>(
                key, new PartitionKey(key), [PatchOperation.Increment("/attempts", -1)],
                new PatchItemRequestOptions { FilterPredicate = "FROM c WHERE c.attempts > 0", EnableContentResponseOnWrite = false }, cancellationToken);
        }
        catch (CosmosException e) when (e.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.PreconditionFailed)
        {
            // There is none to take back.
        }
    }

    /// <summary>Forgets all failures, if there are any.</summary>
    public Task DeleteAsync(string key, CancellationToken cancellationToken) =>
        _container.RemoveAsync(key, new PartitionKey(key), cancellationToken);
}
