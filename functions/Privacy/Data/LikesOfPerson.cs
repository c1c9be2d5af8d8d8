using System.Text.Json.Nodes;
using TikTok.Core;
using TikTok.Core.Cosmos;

namespace TikTok.Functions.Privacy;

/// <summary>The person's likes, in the partitions of the videos liked, whose counts follow. They are exported with what the person likes: <c>relations</c>.</summary>
public sealed class LikesOfPerson(LikeStore likes) : IPersonalData
{
    private const int PageSize = 100;

    public string Name => "likes";

    public IReadOnlyList<DataStore> Stores { get; } = [new DataStore(DataStoreKind.Container, Containers.Videos)];

    public IAsyncEnumerable<JsonObject> ExportAsync(Person person, CancellationToken cancellationToken) => AsyncEnumerable.Empty<JsonObject>();

    public async Task<ErasureProgress> EraseAsync(Person person, CancellationToken cancellationToken)
    {
        var page = await likes.FindOfAccountAsync(person.UserId, PageSize, cancellationToken);
        foreach (var like in page) await likes.TryRemoveAsync(like, cancellationToken);
        return page.Count == 0 ? ErasureProgress.Done : ErasureProgress.More;
    }

    public async Task<long> CountAsync(Person person, CancellationToken cancellationToken) =>
        (await likes.FindOfAccountAsync(person.UserId, int.MaxValue, cancellationToken)).Count;
}
