using System.Net;
using Microsoft.Azure.Cosmos;

namespace TikTok.LocalTests.Cosmos;

public sealed class CosmosResourceTests(CosmosProcess cosmos) : IClassFixture<CosmosProcess>
{
    [Fact]
    public async Task Account_has_one_region_and_session_consistency()
    {
        var account = await cosmos.Client.ReadAccountAsync();

        Assert.Equal(ConsistencyLevel.Session, account.Consistency.DefaultConsistencyLevel);
        Assert.Equal(cosmos.Address.ToString(), account.WritableRegions.Single().Endpoint);
        Assert.Equal(cosmos.Address.ToString(), account.ReadableRegions.Single().Endpoint);
    }

    [Fact]
    public async Task Databases_and_containers_are_created_once_and_deleted()
    {
        var name = $"db-{Guid.NewGuid():n}";
        var first = await cosmos.Client.CreateDatabaseIfNotExistsAsync(name);
        var second = await cosmos.Client.CreateDatabaseIfNotExistsAsync(name);
        var container = await first.Database.CreateContainerIfNotExistsAsync("c", "/pk");
        var again = await first.Database.CreateContainerIfNotExistsAsync("c", "/pk");

        Assert.Equal(HttpStatusCode.Created, first.StatusCode);
        Assert.Equal(HttpStatusCode.OK, second.StatusCode);
        Assert.Equal(HttpStatusCode.Created, container.StatusCode);
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        Assert.Equal(PartitionKeyDefinitionVersion.V2, container.Resource.PartitionKeyDefinitionVersion);
        await CosmosAssert.FailsAsync(HttpStatusCode.Conflict, () => first.Database.CreateContainerAsync("c", "/pk"));
        Assert.Equal(HttpStatusCode.NoContent, (await container.Container.DeleteContainerAsync()).StatusCode);
        await CosmosAssert.FailsAsync(HttpStatusCode.NotFound, () => container.Container.ReadContainerAsync());
        Assert.Equal(HttpStatusCode.NoContent, (await first.Database.DeleteAsync()).StatusCode);
        await CosmosAssert.FailsAsync(HttpStatusCode.NotFound, () => first.Database.ReadAsync());
    }

    [Fact]
    public async Task Container_recreated_under_its_name_is_empty_also_for_a_client_that_knew_the_old_one()
    {
        var container = await cosmos.CreateContainerAsync("/pk");
        await container.CreateItemAsync(new { id = "a", pk = "p" });
        using (var other = cosmos.CreateClient())
        {
            var same = other.GetContainer(container.Database.Id, container.Id);
            await same.DeleteContainerAsync();
            await same.Database.CreateContainerAsync(container.Id, "/pk");
        }

        await CosmosAssert.FailsAsync(HttpStatusCode.NotFound, () => container.ReadItemAsync<object>("a", new PartitionKey("p")));
        await container.CreateItemAsync(new { id = "a", pk = "p" });
    }

    [Fact]
    public async Task Throughput_is_read_and_replaced()
    {
        var container = await cosmos.CreateContainerAsync("/pk");

        var before = await container.ReadThroughputAsync();
        await container.ReplaceThroughputAsync(1200);
        var after = await container.ReadThroughputAsync();

        Assert.Equal(400, before);
        Assert.Equal(1200, after);
    }

    [Fact]
    public async Task Expired_documents_vanish_from_reads_queries_and_feeds()
    {
        var container = await cosmos.CreateContainerAsync(new ContainerProperties("items", "/pk") { DefaultTimeToLive = -1 });
        await container.CreateItemAsync(new { id = "short", pk = "p", ttl = 1 });
        await container.CreateItemAsync(new { id = "long", pk = "p", ttl = 600 });
        await container.CreateItemAsync(new { id = "ever", pk = "p" });
        var key = new PartitionKey("p");
        await container.ReadItemAsync<object>("short", key);

        await WaitUntilGone(container, "short", key);

        using var query = container.GetItemQueryIterator<string>("SELECT VALUE c.id FROM c");
        using var feed = container.GetChangeFeedIterator<Dictionary<string, object>>(ChangeFeedStartFrom.Beginning(), ChangeFeedMode.LatestVersion);
        Assert.Equal(["long", "ever"], await query.ReadAllAsync());
        Assert.Equal(["long", "ever"], (await feed.ReadNextAsync()).Select(item => item["id"].ToString()!));
        await container.CreateItemAsync(new { id = "short", pk = "p" });
    }

    [Fact]
    public async Task Default_time_to_live_can_be_set_later()
    {
        var container = await cosmos.CreateContainerAsync("/pk");
        await container.CreateItemAsync(new { id = "a", pk = "p" });

        var properties = (await container.ReadContainerAsync()).Resource;
        properties.DefaultTimeToLive = 1;
        await container.ReplaceContainerAsync(properties);

        await WaitUntilGone(container, "a", new PartitionKey("p"));
    }

    [Theory]
    [InlineData(429, 10)]
    [InlineData(449, 10)]
    public async Task Injected_throttling_and_conflicts_are_retried_by_the_client(int status, int retryAfter)
    {
        var container = await cosmos.CreateContainerAsync(new ContainerProperties($"c{status}", "/pk"));
        await container.CreateItemAsync(new { id = "warm", pk = "p" });
        await cosmos.FailAsync($$"""{"match":{"container":"c{{status}}","operation":"Create"},"status":{{status}},"retryAfterMs":{{retryAfter}},"count":2}""");

        var created = await container.CreateItemAsync(new { id = "a", pk = "p" });

        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
    }

    [Fact]
    public async Task Injected_throttling_reaches_a_client_that_does_not_retry_with_the_wait_asked_for()
    {
        var container = await cosmos.CreateContainerAsync(new ContainerProperties("throttled", "/pk"));
        using var client = cosmos.CreateClient(options => options.MaxRetryAttemptsOnRateLimitedRequests = 0);
        var impatient = client.GetContainer(container.Database.Id, container.Id);
        await impatient.CreateItemAsync(new { id = "warm", pk = "p" });
        await cosmos.FailAsync("""{"match":{"container":"throttled","method":"POST"},"status":429,"retryAfterMs":70,"count":1}""");

        var failure = await CosmosAssert.FailsAsync(HttpStatusCode.TooManyRequests, () => impatient.CreateItemAsync(new { id = "a", pk = "p" }));

        Assert.Equal(TimeSpan.FromMilliseconds(70), failure.RetryAfter);
        Assert.Equal(3200, failure.SubStatusCode);
    }

    [Theory]
    [InlineData("before", HttpStatusCode.NotFound)]
    [InlineData("after", HttpStatusCode.OK)]
    public async Task Dropped_connection_leaves_the_write_undone_or_done(string drop, HttpStatusCode afterwards)
    {
        var container = await cosmos.CreateContainerAsync(new ContainerProperties($"drop-{drop}", "/pk"));
        await container.CreateItemAsync(new { id = "warm", pk = "p" });
        await cosmos.FailAsync($$"""{"match":{"container":"drop-{{drop}}","operation":"Create"},"drop":"{{drop}}"}""");

        // The client tries again for minutes; this caller has no such patience.
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(3));
        await Assert.ThrowsAnyAsync<Exception>(() => container.CreateItemAsync(new { id = "a", pk = "p" }, cancellationToken: patience.Token));

        await cosmos.HealAsync();
        using var read = await container.ReadItemStreamAsync("a", new PartitionKey("p"), cancellationToken: CancellationToken.None);
        Assert.Equal(afterwards, read.StatusCode);
    }

    [Fact]
    public async Task Autoscale_throughput_of_a_database_is_shared_by_its_containers()
    {
        Database database = await cosmos.Client.CreateDatabaseAsync($"db-{Guid.NewGuid():n}", ThroughputProperties.CreateAutoscaleThroughput(4000));

        var throughput = await database.ReadThroughputAsync(new RequestOptions());

        Assert.Equal(4000, throughput.Resource.AutoscaleMaxThroughput);
        Container shared = await database.CreateContainerAsync("shared", "/pk");
        Assert.Null(await shared.ReadThroughputAsync());
    }

    [Fact]
    public async Task Estimator_counts_what_a_processor_has_not_read()
    {
        var container = await cosmos.CreateContainerAsync("/pk");
        Container leases = await container.Database.CreateContainerAsync("leases", "/id");
        using var read = new SemaphoreSlim(0);
        var processor = container
            .GetChangeFeedProcessorBuilder<Dictionary<string, object>>("reader", (changes, _) =>
            {
                read.Release(changes.Count);
                return Task.CompletedTask;
            })
            .WithInstanceName("here").WithLeaseContainer(leases)
            .WithStartTime(DateTime.MinValue.ToUniversalTime()).WithPollInterval(TimeSpan.FromMilliseconds(50)).Build();
        await processor.StartAsync();
        await container.CreateItemAsync(new { id = "0", pk = "p" });
        Assert.True(await read.WaitAsync(TimeSpan.FromSeconds(20)));
        await processor.StopAsync();
        for (var i = 1; i <= 3; i++)
            await container.CreateItemAsync(new { id = $"{i}", pk = "p" });

        using var states = container.GetChangeFeedEstimator("reader", leases).GetCurrentStateIterator();
        var state = Assert.Single(await states.ReadAllAsync());

        Assert.InRange(state.EstimatedLag, 3, 4);
    }

    private static async Task WaitUntilGone(Container container, string id, PartitionKey key)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (true)
        {
            using var read = await container.ReadItemStreamAsync(id, key, cancellationToken: timeout.Token);
            if (read.StatusCode == HttpStatusCode.NotFound)
                return;
        }
    }
}
