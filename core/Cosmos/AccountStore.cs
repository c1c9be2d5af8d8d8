using System.Net;
using Microsoft.Azure.Cosmos;
using TikTok.Core.Documents;

namespace TikTok.Core.Cosmos;

/// <summary>The account documents of the container <c>accounts</c>.</summary>
public sealed class AccountStore(CosmosClient client)
{
    private readonly Container _container = client.GetContainer(Containers.Database, Containers.Accounts);

    public Task<Account?> FindAsync(string userId, CancellationToken cancellationToken) =>
        _container.FindAsync<Account>(userId, new PartitionKey(userId), cancellationToken);

    /// <summary>Those of <paramref name="userIds"/> that exist, by id.</summary>
    public async Task<IReadOnlyDictionary<string, Account>> FindManyAsync(IReadOnlyCollection<string> userIds, CancellationToken cancellationToken)
    {
        if (userIds.Count == 0) return new Dictionary<string, Account>(StringComparer.Ordinal);
        var keys = userIds.Distinct(StringComparer.Ordinal).Select(id => (id, new PartitionKey(id))).ToList();
        var found = await _container.ReadManyItemsAsync<Account>(keys, cancellationToken: cancellationToken);
        return found.ToDictionary(a => a.UserId, StringComparer.Ordinal);
    }

    public async Task<Account> CreateAsync(Account account, CancellationToken cancellationToken) =>
        await _container.CreateItemAsync(account, new PartitionKey(account.UserId), cancellationToken: cancellationToken);

    /// <summary>
    /// Changes the account under optimistic concurrency: <paramref name="change"/> is asked again when somebody else wrote meanwhile, so it must be free of
    /// side effects; what equals its argument is not written.
    /// </summary>
    /// <returns>The account as it is now; null when it does not exist.</returns>
    public async Task<Account?> ChangeAsync(string userId, Func<Account, Account> change, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await FindAsync(userId, cancellationToken) is not { } current) return null;
            var next = Version(current, change(current));
            if (next == current) return current;
            try
            {
                return await _container.ReplaceItemAsync(
                    next, userId, new PartitionKey(userId), new ItemRequestOptions { IfMatchEtag = current.ETag }, cancellationToken);
            }
            catch (CosmosException e) when (e.StatusCode is HttpStatusCode.PreconditionFailed or HttpStatusCode.NotFound)
            {
                // Someone else was first: decide again on what they wrote.
            }
        }
    }

    /// <summary>
    /// Of <paramref name="userIds"/>, those that have an account. Whoever writes something about a person that is not part of the person's own request asks
    /// this first, so that what is learnt late of an account that was erased is not written any more.
    /// </summary>
    public async Task<IReadOnlySet<string>> FindExistingAsync(IReadOnlyCollection<string> userIds, CancellationToken cancellationToken)
    {
        var found = await FindManyAsync(userIds, cancellationToken);
        return found.Keys.ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>Removes the document, if it is there.</summary>
    public Task DeleteAsync(string userId, CancellationToken cancellationToken) =>
        _container.RemoveAsync(userId, new PartitionKey(userId), cancellationToken);

    private static Account Version(Account current, Account next) =>
        (next.Username, next.IsVerified, next.Private) == (current.Username, current.IsVerified, current.Private)
            ? next
            : next with { CopyVersion = current.CopyVersion + 1 };
}
