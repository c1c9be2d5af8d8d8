using System.Text.Json.Nodes;

namespace TikTok.Functions.Privacy;

/// <summary>
/// The person in the partitions of others: whom they follow or block, and who follows them. The counts of follows there change in the batches that remove the edges,
/// so that those of others stay right.
/// </summary>
/// <param name="documents">The same, to be counted.</param>
/// <param name="remove">Removes up to so many edges of this person, and answers how many it found.</param>
public sealed class EdgesOfOthers(DocumentsOfPerson documents, Func<string, int, CancellationToken, Task<int>> remove) : IPersonalData
{
    private const int PageSize = 100;

    public string Name => documents.Name;

    public IReadOnlyList<DataStore> Stores => documents.Stores;

    public IAsyncEnumerable<JsonObject> ExportAsync(Person person, CancellationToken cancellationToken) => documents.ExportAsync(person, cancellationToken);

    public async Task<ErasureProgress> EraseAsync(Person person, CancellationToken cancellationToken) =>
        await remove(person.UserId, PageSize, cancellationToken) == 0 ? ErasureProgress.Done : ErasureProgress.More;

    public Task<long> CountAsync(Person person, CancellationToken cancellationToken) => documents.CountAsync(person, cancellationToken);
}
