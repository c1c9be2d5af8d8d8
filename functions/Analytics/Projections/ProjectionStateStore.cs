using Microsoft.Azure.Cosmos;
using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;

namespace TikTok.Functions.Analytics.Projections;

/// <summary>The one <see cref="ProjectionState"/>, in <c>trends</c>. Before the first rebuild there is none, which is the same as the initial one.</summary>
public sealed class ProjectionStateStore(CosmosClient client)
{
    private static readonly PartitionKey Partition = new(ProjectionState.TheId);

    private readonly Container _container = client.GetContainer(Containers.Database, Containers.Trends);

    public async Task<ProjectionState> ReadAsync(CancellationToken cancellationToken) =>
        await _container.FindAsync<ProjectionState>(ProjectionState.TheId, Partition, cancellationToken) ?? new ProjectionState();

    /// <summary>Changes the state under optimistic concurrency; null from <paramref name="change"/> leaves it.</summary>
    /// <returns>The state as it is now.</returns>
    public async Task<ProjectionState> ChangeAsync(Func<ProjectionState, ProjectionState?> change, CancellationToken cancellationToken)
    {
        while (true)
        {
            var current = await ReadAsync(cancellationToken);
            if (change(current) is not { } next) return current;

            // If someone else was first: decide again on what they wrote.
            if (await _container.TrySaveAsync(next, next.Id, current.ETag, Partition, cancellationToken) is { } etag) return next with { ETag = etag };
        }
    }
}
