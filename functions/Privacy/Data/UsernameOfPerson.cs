using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Azure.Cosmos;
using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;

namespace TikTok.Functions.Privacy;

/// <summary>The person's name, which is given up: nobody may have it for a while, so that nobody is taken for the person, and then anybody.</summary>
public sealed class UsernameOfPerson(CosmosClient client, TimeProvider time) : IPersonalData
{
    /// <summary>How long a given-up name stays taken.</summary>
    public static readonly TimeSpan Quarantine = TimeSpan.FromDays(30);

    private readonly Container _container = client.GetContainer(Containers.Database, Containers.Usernames);

    public string Name => "username";

    public IReadOnlyList<DataStore> Stores { get; } = [new DataStore(DataStoreKind.Container, Containers.Usernames)];

    /// <summary>Part of the account, and exported with it.</summary>
    public IAsyncEnumerable<JsonObject> ExportAsync(Person person, CancellationToken cancellationToken) => AsyncEnumerable.Empty<JsonObject>();

    public async Task<ErasureProgress> EraseAsync(Person person, CancellationToken cancellationToken)
    {
        foreach (var reservation in await FindAsync(person, cancellationToken))
        {
            var nobodys = new UsernameReservation
            {
                Id = reservation.Id,
                Username = reservation.Username,
                UserId = Account.Erased,
                ReservedAt = time.GetUtcNow(),
                Confirmed = true,
                Ttl = (int)Quarantine.TotalSeconds,
            };
            try
            {
                await _container.ReplaceItemAsync(
                    nobodys, reservation.Id, new PartitionKey(reservation.Username), new ItemRequestOptions { IfMatchEtag = reservation.ETag }, cancellationToken);
            }
            catch (CosmosException e) when (e.StatusCode is HttpStatusCode.PreconditionFailed or HttpStatusCode.NotFound)
            {
                return ErasureProgress.More;
            }
        }

        return ErasureProgress.Done;
    }

    public async Task<long> CountAsync(Person person, CancellationToken cancellationToken) => (await FindAsync(person, cancellationToken)).Count;

    /// <summary>By the person's id and not by the name, so that a reservation that a registration left half-way is found as well.</summary>
    private async Task<IReadOnlyList<UsernameReservation>> FindAsync(Person person, CancellationToken cancellationToken)
    {
        var query = new QueryDefinition("SELECT * FROM c WHERE c.userId = @user").WithParameter("@user", person.UserId);
        return await _container.ListAsync<UsernameReservation>(query, null, null, cancellationToken);
    }
}
