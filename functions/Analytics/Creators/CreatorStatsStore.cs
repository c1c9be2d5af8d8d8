using System.Globalization;
using Microsoft.Azure.Cosmos;
using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;
using TikTok.Core.Events;
using TikTok.Functions.Analytics.Projections;

namespace TikTok.Functions.Analytics.Creators;

/// <summary>The <c>creatorStats</c> container: a partition per creator.</summary>
public sealed class CreatorStatsStore(CosmosClient client)
{
    private readonly Container _container = client.GetContainer(Containers.Database, Containers.CreatorStats);

    /// <param name="events">About this creator, of one partition of the log, in its order; at least one.</param>
    public Task AddAsync(string userId, int generation, IReadOnlyList<LoggedInteraction> events, CancellationToken cancellationToken)
    {
        var empty = new CountedWindow
        {
            Id = string.Create(CultureInfo.InvariantCulture, $"counted:{generation}:{events[0].Partition}"),
            UserId = userId,
            Generation = generation,
        };
        return new CountedPartition<CreatorDay>(_container, new PartitionKey(userId), empty).CountAsync(
            events,
            e => CreatorStatistics.DocumentsOf(e.Interaction, generation),
            (current, fresh) => CreatorStatistics.Add(userId, generation, current, fresh),
            cancellationToken);
    }

    /// <summary>The days of a scope, of all generations, in no order.</summary>
    /// <param name="scope"><see cref="CreatorDay.All"/> or a video's id.</param>
    /// <param name="last">Included.</param>
    public async Task<IReadOnlyList<CreatorDay>> ListAsync(
        string userId, string scope, DateOnly first, DateOnly last, CancellationToken cancellationToken)
    {
        var query = new QueryDefinition("SELECT * FROM c WHERE c.type = 'stats' AND c.scope = @scope AND c.day >= @first AND c.day <= @last")
            .WithParameter("@scope", scope)
            .WithParameter("@first", Text(first))
            .WithParameter("@last", Text(last));
        return await _container.ListAsync<CreatorDay>(query, new PartitionKey(userId), null, cancellationToken);
    }

    /// <summary>Deletes what a rebuild has replaced: the days from <paramref name="from"/> on of generations before <paramref name="generation"/>.</summary>
    public async Task RemoveReplacedAsync(int generation, DateOnly from, CancellationToken cancellationToken)
    {
        var query = new QueryDefinition("SELECT c.id, c.userId FROM c WHERE c.type = 'stats' AND c.generation < @generation AND c.day >= @from")
            .WithParameter("@generation", generation)
            .WithParameter("@from", Text(from));
        using var pages = _container.GetItemQueryIterator<Replaced>(query);
        while (pages.HasMoreResults)
        {
            foreach (var (id, userId) in await pages.ReadNextAsync(cancellationToken))
            {
                await _container.RemoveAsync(id, new PartitionKey(userId), cancellationToken);
            }
        }
    }

    private static string Text(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private sealed record Replaced(string Id, string UserId);
}
