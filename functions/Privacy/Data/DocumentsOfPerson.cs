using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Microsoft.Azure.Cosmos;
using TikTok.Core;
using TikTok.Core.Cosmos;

namespace TikTok.Functions.Privacy;

/// <summary>The documents of one container that name the person in one property, where erasing them is all that follows.</summary>
/// <param name="name">The share's.</param>
/// <param name="containerName">One of <see cref="Containers"/>.</param>
/// <param name="property">Holds the person's id. Where it is the partition key, one partition is looked at, else all.</param>
/// <param name="isExported">Whether the person gets them.</param>
/// <param name="omitted">Members that are the service's own.</param>
public sealed class DocumentsOfPerson(
    CosmosClient client, string name, string containerName, string property, bool isExported, params IReadOnlyList<string> omitted) : IPersonalData
{
    private const int PageSize = 100;

    /// <summary>What Cosmos adds to every document, and what only the service reads.</summary>
    private static readonly string[] Internal = ["_etag", "_ts", "_rid", "_self", "_attachments", "_lsn", "ttl"];

    private readonly Container _container = client.GetContainer(Containers.Database, containerName);
    private readonly string _partitionProperty = CosmosSchema.All.Single(c => c.Name == containerName).PartitionKeyPath[1..];

    public string Name => name;

    public IReadOnlyList<DataStore> Stores { get; } = [new DataStore(DataStoreKind.Container, containerName)];

    public async IAsyncEnumerable<JsonObject> ExportAsync(Person person, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (!isExported) yield break;
        using var pages = Query<JsonObject>("SELECT *", person);
        while (pages.HasMoreResults)
        {
            foreach (var document in await pages.ReadNextAsync(cancellationToken))
            {
                foreach (var member in Internal.Concat(omitted)) document.Remove(member);
                yield return document;
            }
        }
    }

    public async Task<ErasureProgress> EraseAsync(Person person, CancellationToken cancellationToken)
    {
        using var pages = Query<Row>($"SELECT c.id, c.{_partitionProperty} AS pk", person);
        while (pages.HasMoreResults)
        {
            var page = await pages.ReadNextAsync(cancellationToken);
            if (page.Count == 0) continue;
            foreach (var row in page) await DeleteAsync(row, cancellationToken);
            return ErasureProgress.More;
        }

        return ErasureProgress.Done;
    }

    public async Task<long> CountAsync(Person person, CancellationToken cancellationToken)
    {
        long count = 0;
        using var pages = Query<long>("SELECT VALUE COUNT(1)", person);
        while (pages.HasMoreResults) count += (await pages.ReadNextAsync(cancellationToken)).Sum();
        return count;
    }

    private FeedIterator<T> Query<T>(string select, Person person)
    {
        var query = new QueryDefinition($"{select} FROM c WHERE c.{property} = @user").WithParameter("@user", person.UserId);
        var options = new QueryRequestOptions { MaxItemCount = PageSize };
        if (property == _partitionProperty) options.PartitionKey = new PartitionKey(person.UserId);
        return _container.GetItemQueryIterator<T>(query, requestOptions: options);
    }

    private async Task DeleteAsync(Row row, CancellationToken cancellationToken)
    {
        await _container.RemoveAsync(row.Id, new PartitionKey(row.Pk), cancellationToken);
    }

    private sealed record Row(string Id, string Pk);
}
