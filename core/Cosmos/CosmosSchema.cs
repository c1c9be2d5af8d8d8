using Microsoft.Azure.Cosmos;

namespace TikTok.Core.Cosmos;

/// <summary>Every container, its partition key and its time-to-live. Bicep creates the same (a test holds the two against each other); locally <see cref="EnsureCreatedAsync"/> does.</summary>
public static class CosmosSchema
{
    /// <param name="Name">The container.</param>
    /// <param name="PartitionKeyPath">One path, <c>/name</c>.</param>
    /// <param name="DefaultTtlSeconds">null: off. -1: on, per document. Otherwise the default in seconds.</param>
    public sealed record ContainerSchema(string Name, string PartitionKeyPath, int? DefaultTtlSeconds = null);

    private const int Day = 24 * 60 * 60;

    public static readonly IReadOnlyList<ContainerSchema> All =
    [
        new(Containers.Accounts, "/userId", DefaultTtlSeconds: -1),
        new(Containers.Usernames, "/username", DefaultTtlSeconds: -1),
        new(Containers.Videos, "/videoId", DefaultTtlSeconds: -1),
        new(Containers.UserVideos, "/userId"),
        new(Containers.Edges, "/userId", DefaultTtlSeconds: -1),
        new(Containers.EdgesIn, "/targetId", DefaultTtlSeconds: -1),
        new(Containers.Comments, "/videoId", DefaultTtlSeconds: -1),
        new(Containers.Watches, "/userId", DefaultTtlSeconds: 90 * Day),
        new(Containers.Trends, "/bucket", DefaultTtlSeconds: -1),
        new(Containers.CreatorStats, "/userId"),
        new(Containers.Limits, "/key", DefaultTtlSeconds: -1),
        new(Containers.PrivacyRequests, "/userId", DefaultTtlSeconds: -1),
        new(Containers.FeedSessions, "/userId", DefaultTtlSeconds: Day / 4),
        new(Containers.Idempotency, "/key", DefaultTtlSeconds: Day),
        new(Containers.Sweeps, "/name"),
        new(Containers.Leases, "/id"),
    ];

    public static async Task EnsureCreatedAsync(CosmosClient client, CancellationToken cancellationToken)
    {
        Database database = await client.CreateDatabaseIfNotExistsAsync(Containers.Database, cancellationToken: cancellationToken);
        foreach (var schema in All)
        {
            var properties = new ContainerProperties(schema.Name, schema.PartitionKeyPath) { DefaultTimeToLive = schema.DefaultTtlSeconds };
            await database.CreateContainerIfNotExistsAsync(properties, cancellationToken: cancellationToken);
        }
    }
}
