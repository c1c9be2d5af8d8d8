using System.Text.Json.Nodes;
using Azure.Storage.Blobs;
using Microsoft.Azure.Cosmos;
using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;
using TikTok.Core.Storage;

namespace TikTok.Functions.Privacy;

/// <summary>The archives made for the person, and the request for them.</summary>
public sealed class ArchivesOfPerson(CosmosClient client, BlobServiceClient blobs) : IPersonalData
{
    private readonly Container _requests = client.GetContainer(Containers.Database, Containers.PrivacyRequests);
    private readonly BlobContainerClient _archives = blobs.GetBlobContainerClient(BlobContainers.Exports);

    public string Name => "archives";

    public IReadOnlyList<DataStore> Stores { get; } =
        [new(DataStoreKind.Container, Containers.PrivacyRequests), new(DataStoreKind.BlobContainer, BlobContainers.Exports)];

    public IAsyncEnumerable<JsonObject> ExportAsync(Person person, CancellationToken cancellationToken) => AsyncEnumerable.Empty<JsonObject>();

    public async Task<ErasureProgress> EraseAsync(Person person, CancellationToken cancellationToken)
    {
        // The request first: whoever is making an archive looks for it before each part.
        await _requests.RemoveAsync(PrivacyRequest.IdFor(PrivacyRequestKind.Export), new PartitionKey(person.UserId), cancellationToken);
        await foreach (var blob in _archives.GetBlobsAsync(prefix: Prefix(person), cancellationToken: cancellationToken))
            await _archives.DeleteBlobIfExistsAsync(blob.Name, cancellationToken: cancellationToken);
        return ErasureProgress.Done;
    }

    public async Task<long> CountAsync(Person person, CancellationToken cancellationToken)
    {
        var request = await _requests.FindAsync<PrivacyRequest>(PrivacyRequest.IdFor(PrivacyRequestKind.Export), new PartitionKey(person.UserId), cancellationToken);
        return (request is null ? 0 : 1) + await _archives.GetBlobsAsync(prefix: Prefix(person), cancellationToken: cancellationToken).LongCountAsync(cancellationToken);
    }

    private static string Prefix(Person person) => $"{person.UserId}/";
}
