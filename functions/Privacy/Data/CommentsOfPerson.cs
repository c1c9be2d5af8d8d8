using System.Text.Json.Nodes;
using Microsoft.Azure.Cosmos;
using TikTok.Core;
using TikTok.Core.Cosmos;

namespace TikTok.Functions.Privacy;

/// <summary>What the person wrote under videos, and the comments that they like, in the partitions of the videos, whose counts follow.</summary>
public sealed class CommentsOfPerson(CosmosClient client, CommentRemoval removal) : IPersonalData
{
    private const int PageSize = 100;

    private readonly DocumentsOfPerson _documents = new(client, "comments", Containers.Comments, "userId", isExported: true, "sortKey", "lastReply");

    public string Name => _documents.Name;

    public IReadOnlyList<DataStore> Stores => _documents.Stores;

    public IAsyncEnumerable<JsonObject> ExportAsync(Person person, CancellationToken cancellationToken) => _documents.ExportAsync(person, cancellationToken);

    public async Task<ErasureProgress> EraseAsync(Person person, CancellationToken cancellationToken) =>
        await removal.EraseAsync(person.UserId, PageSize, cancellationToken) == 0 ? ErasureProgress.Done : ErasureProgress.More;

    public Task<long> CountAsync(Person person, CancellationToken cancellationToken) => _documents.CountAsync(person, cancellationToken);
}
