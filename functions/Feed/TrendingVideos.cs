using Microsoft.Azure.Cosmos;
using Microsoft.Extensions.Logging;
using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;

namespace TikTok.Functions.Feed;

/// <summary>
/// The videos of <c>GET trending</c>, as they were last ranked for somebody who asked. A list that nobody has asked for in an hour is what trended then, and no
/// better than what is popular.
/// </summary>
public sealed class TrendingVideos
{
    public static readonly TimeSpan MaxAge = TimeSpan.FromHours(1);

    private readonly Container _container;
    private readonly TimeProvider _time;
    private readonly SharedReading<TrendList?> _reading;

    public TrendingVideos(CosmosClient client, TimeProvider time, ILogger<TrendingVideos> logger)
    {
        _container = client.GetContainer(Containers.Database, Containers.Trends);
        _time = time;
        _reading = new SharedReading<TrendList?>("The list of trending videos", ReadAsync, time, logger);
    }

    /// <summary>Their ids, the highest first; none when the list is too old.</summary>
    public async Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken) =>
        await _reading.GetAsync(cancellationToken) is { } list && list.RankedAt + MaxAge > _time.GetUtcNow() ? [.. list.Items.Select(t => t.Item)] : [];

    private async Task<TrendList?> ReadAsync(CancellationToken cancellationToken)
    {
        var state = await _container.FindAsync<ProjectionState>(ProjectionState.TheId, new PartitionKey(ProjectionState.TheId), cancellationToken) ?? new ProjectionState();
        return await _container.FindAsync<TrendList>(TrendList.IdFor(TrendKind.Videos), new PartitionKey(TrendList.BucketOf(state.Current)), cancellationToken);
    }
}
