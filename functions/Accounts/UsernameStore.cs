using System.Net;
using Microsoft.Azure.Cosmos;
using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;

namespace TikTok.Functions.Accounts;

/// <summary>The container <c>usernames</c>.</summary>
public sealed class UsernameStore(CosmosClient client)
{
    private readonly Container _container = client.GetContainer(Containers.Database, Containers.Usernames);

    public Task<UsernameReservation?> FindAsync(string username, CancellationToken cancellationToken) =>
        _container.FindAsync<UsernameReservation>(username, new PartitionKey(username), cancellationToken);

    /// <summary>At most <paramref name="count"/> reservations that were made before and never confirmed.</summary>
    public async Task<IReadOnlyList<UsernameReservation>> FindUnconfirmedAsync(DateTimeOffset reservedBefore, int count, CancellationToken cancellationToken)
    {
        var query = new QueryDefinition("SELECT * FROM c WHERE c.confirmed = false AND c._ts < @before").WithParameter("@before", reservedBefore.ToUnixTimeSeconds());
        return await _container.ListAsync<UsernameReservation>(query, null, count, cancellationToken);
    }

    /// <summary>Creates the reservation, or returns null when the name has one.</summary>
    public async Task<UsernameReservation?> TryCreateAsync(UsernameReservation reservation, CancellationToken cancellationToken)
    {
        try
        {
            return await _container.CreateItemAsync(reservation, new PartitionKey(reservation.Username), cancellationToken: cancellationToken);
        }
        catch (CosmosException e) when (e.StatusCode == HttpStatusCode.Conflict)
        {
            return null;
        }
    }

    /// <summary>Writes the reservation over the one whose ETag it carries, or returns null when that is no longer there.</summary>
    public async Task<UsernameReservation?> TryReplaceAsync(UsernameReservation reservation, CancellationToken cancellationToken)
    {
        try
        {
            return await _container.ReplaceItemAsync(
                reservation, reservation.Id, new PartitionKey(reservation.Username), new ItemRequestOptions { IfMatchEtag = reservation.ETag },
                cancellationToken);
        }
        catch (CosmosException e) when (e.StatusCode is HttpStatusCode.PreconditionFailed or HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>Gives the reservation up, unless it has changed.</summary>
    public async Task ReleaseAsync(UsernameReservation reservation, CancellationToken cancellationToken)
    {
        try
        {
            await _container.DeleteItemAsync<UsernameReservation>(
                reservation.Id, new PartitionKey(reservation.Username), new ItemRequestOptions { IfMatchEtag = reservation.ETag }, cancellationToken);
        }
        catch (CosmosException e) when (e.StatusCode is HttpStatusCode.PreconditionFailed or HttpStatusCode.NotFound)
        {
            // Someone else holds the name by now.
        }
    }
}
