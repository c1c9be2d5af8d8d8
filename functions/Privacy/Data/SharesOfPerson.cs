using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using TikTok.Core;
using TikTok.Core.Cosmos;

namespace TikTok.Functions.Privacy;

/// <summary>What the person shared within the last days, in the partitions of the videos shared. The counts stay, and tell of nobody.</summary>
public sealed class SharesOfPerson(ShareStore shares) : IPersonalData
{
    private const int PageSize = 100;

    public string Name => "shares";

    public IReadOnlyList<DataStore> Stores { get; } = [new DataStore(DataStoreKind.Container, Containers.Videos)];

    public async IAsyncEnumerable<JsonObject> ExportAsync(Person person, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var share in await shares.FindOfAccountAsync(person.UserId, int.MaxValue, cancellationToken))
            yield return new JsonObject { ["type"] = share.Type, ["videoId"] = share.VideoId, ["sharedAt"] = share.SharedAt };
    }

    public async Task<ErasureProgress> EraseAsync(Person person, CancellationToken cancellationToken)
    {
        var page = await shares.FindOfAccountAsync(person.UserId, PageSize, cancellationToken);
        foreach (var share in page) await shares.RemoveAsync(share, cancellationToken);
        return page.Count == 0 ? ErasureProgress.Done : ErasureProgress.More;
    }

    public async Task<long> CountAsync(Person person, CancellationToken cancellationToken) =>
        (await shares.FindOfAccountAsync(person.UserId, int.MaxValue, cancellationToken)).Count;
}
