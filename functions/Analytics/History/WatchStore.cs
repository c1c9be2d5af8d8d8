using Microsoft.Azure.Cosmos;
using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;
using TikTok.Core.Events;
using TikTok.Functions.Analytics.Projections;

namespace TikTok.Functions.Analytics.History;

/// <summary>The <c>watches</c> container: a document per account and video, which carries how far the log is counted into it.</summary>
public sealed class WatchStore(CosmosClient client, TimeProvider time)
{
    private readonly Container _container = client.GetContainer(Containers.Database, Containers.Watches);

    /// <param name="events">Watch events of one account and one video, of one partition of the log, in its order; at least one.</param>
    public async Task AddAsync(IReadOnlyList<LoggedInteraction> events, Generations generations, CancellationToken cancellationToken)
    {
        var (userId, videoId) = (events[0].Interaction.UserId, events[0].Interaction.VideoId!);
        var partition = new PartitionKey(userId);
        while (true)
        {
            var current = await FindAsync(userId, videoId, cancellationToken);
            if (WatchLedger.Add(current, events, generations, time.GetUtcNow()) is not { } next || ReferenceEquals(next, current)) return;

            // If another reader of this partition was first, or it was just forgotten: see what is left to count.
            if (await _container.TrySaveAsync(next, videoId, current?.ETag, partition, cancellationToken) is not null) return;
        }
    }

    /// <summary>What an account watched, last watched first.</summary>
    /// <param name="after">The <see cref="Watch.SortKey"/> of the last one seen, or null to begin.</param>
    /// <param name="count">How many at most.</param>
    public async Task<IReadOnlyList<Watch>> ListAsync(string userId, string? after, int count, CancellationToken cancellationToken)
    {
        var query = new QueryDefinition("SELECT * FROM c WHERE (@after = '' OR c.sortKey < @after) ORDER BY c.sortKey DESC OFFSET 0 LIMIT @count")
            .WithParameter("@after", after ?? "")
            .WithParameter("@count", count);
        return await _container.ListAsync<Watch>(query, new PartitionKey(userId), count, cancellationToken);
    }

    private Task<Watch?> FindAsync(string userId, string videoId, CancellationToken cancellationToken) =>
        _container.FindAsync<Watch>(videoId, new PartitionKey(userId), cancellationToken);
}
