using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Microsoft.Azure.Cosmos;

namespace TikTok.LocalTests.Cosmos;

public sealed class CosmosChangeFeedTests(CosmosProcess cosmos) : IClassFixture<CosmosProcess>
{
    private sealed record Item(string Id, string Pk, int Value = 0);

    [Fact]
    public async Task From_the_beginning_each_document_comes_once_in_its_latest_state_and_deletes_do_not_come()
    {
        var container = await cosmos.CreateContainerAsync("/pk");
        for (var i = 0; i < 5; i++)
            await container.CreateItemAsync(new Item($"{i}", $"p{i % 2}", i));
        await container.UpsertItemAsync(new Item("1", "p1", 100));
        await container.DeleteItemAsync<Item>("2", new PartitionKey("p0"));

        var (items, _) = await Drain(container.GetChangeFeedIterator<Item>(ChangeFeedStartFrom.Beginning(), ChangeFeedMode.LatestVersion));

        Assert.Equal([("0", 0), ("3", 3), ("4", 4), ("1", 100)], items.Select(item => (item.Id, item.Value)));
    }

    [Fact]
    public async Task Continuation_goes_on_where_the_feed_was_left()
    {
        var container = await cosmos.CreateContainerAsync("/pk");
        await container.CreateItemAsync(new Item("a", "p"));
        var (_, continuation) = await Drain(container.GetChangeFeedIterator<Item>(ChangeFeedStartFrom.Beginning(), ChangeFeedMode.LatestVersion));

        var (nothing, _) = await Drain(container.GetChangeFeedIterator<Item>(ChangeFeedStartFrom.ContinuationToken(continuation), ChangeFeedMode.LatestVersion));
        await container.CreateItemAsync(new Item("b", "p"));
        var (later, _) = await Drain(container.GetChangeFeedIterator<Item>(ChangeFeedStartFrom.ContinuationToken(continuation), ChangeFeedMode.LatestVersion));

        Assert.Empty(nothing);
        Assert.Equal(["b"], later.Select(item => item.Id));
    }

    [Fact]
    public async Task From_now_only_later_changes_come()
    {
        var container = await cosmos.CreateContainerAsync("/pk");
        await container.CreateItemAsync(new Item("a", "p"));
        using var feed = container.GetChangeFeedIterator<Item>(ChangeFeedStartFrom.Now(), ChangeFeedMode.LatestVersion);

        var first = await feed.ReadNextAsync();
        await container.CreateItemAsync(new Item("b", "p"));
        var second = await feed.ReadNextAsync();

        Assert.Equal(HttpStatusCode.NotModified, first.StatusCode);
        Assert.Equal(["b"], second.Select(item => item.Id));
    }

    [Fact]
    public async Task From_a_time_earlier_changes_are_left_out()
    {
        var container = await cosmos.CreateContainerAsync("/pk");
        await container.CreateItemAsync(new Item("a", "p"));

        var (past, _) = await Drain(container.GetChangeFeedIterator<Item>(
            ChangeFeedStartFrom.Time(TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(-1)), ChangeFeedMode.LatestVersion));
        var (future, _) = await Drain(container.GetChangeFeedIterator<Item>(
            ChangeFeedStartFrom.Time(TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(1)), ChangeFeedMode.LatestVersion));

        Assert.Single(past);
        Assert.Empty(future);
    }

    [Fact]
    public async Task Pages_have_the_size_asked_for_and_a_transaction_is_never_cut()
    {
        var container = await cosmos.CreateContainerAsync("/pk");
        await container.CreateItemAsync(new Item("before", "p"));
        var batch = container.CreateTransactionalBatch(new PartitionKey("p"));
        for (var i = 0; i < 5; i++)
            batch.CreateItem(new Item($"{i}", "p"));
        (await batch.ExecuteAsync()).Dispose();
        await container.CreateItemAsync(new Item("after", "p"));

        using var feed = container.GetChangeFeedIterator<Dictionary<string, JsonElement>>(
            ChangeFeedStartFrom.Beginning(), ChangeFeedMode.LatestVersion, new ChangeFeedRequestOptions { PageSizeHint = 2 });
        var pages = new List<int>();
        var lsns = new List<long>();
        while (await feed.ReadNextAsync() is { StatusCode: HttpStatusCode.OK } page)
        {
            pages.Add(page.Count);
            lsns.AddRange(page.Select(item => item["_lsn"].GetInt64()));
        }

        Assert.Equal([6, 1], pages);
        Assert.Equal(lsns.Order(), lsns);
        Assert.Equal(3, lsns.Distinct().Count());
    }

    [Fact]
    public async Task Feed_range_of_one_partition_key_gives_only_its_changes()
    {
        var container = await cosmos.CreateContainerAsync("/pk");
        await container.CreateItemAsync(new Item("a", "p"));
        await container.CreateItemAsync(new Item("b", "q"));
        var ranges = await container.GetFeedRangesAsync();

        var (ofQ, _) = await Drain(container.GetChangeFeedIterator<Item>(
            ChangeFeedStartFrom.Beginning(FeedRange.FromPartitionKey(new PartitionKey("q"))), ChangeFeedMode.LatestVersion));
        var (all, _) = await Drain(container.GetChangeFeedIterator<Item>(ChangeFeedStartFrom.Beginning(ranges[0]), ChangeFeedMode.LatestVersion));

        Assert.Single(ranges);
        Assert.Equal(["b"], ofQ.Select(item => item.Id));
        Assert.Equal(2, all.Count);
    }

    [Fact]
    public async Task Processor_with_leases_sees_every_change_and_goes_on_after_a_restart()
    {
        var container = await cosmos.CreateContainerAsync("/pk");
        Container leases = await container.Database.CreateContainerAsync("leases", "/id");
        var seen = new ConcurrentDictionary<string, int>();
        using var arrived = new SemaphoreSlim(0);

        await RunProcessor("a");
        await RunProcessor("b");

        Assert.Equal(["a", "b"], seen.Keys.Order(StringComparer.Ordinal));
        Assert.All(seen.Values, count => Assert.Equal(1, count));

        async Task RunProcessor(string id)
        {
            var processor = container
                .GetChangeFeedProcessorBuilder<Item>("reader", (IReadOnlyCollection<Item> changes, CancellationToken _) =>
                {
                    foreach (var change in changes)
                        seen.AddOrUpdate(change.Id, 1, (_, count) => count + 1);
                    arrived.Release(changes.Count);
                    return Task.CompletedTask;
                })
                .WithInstanceName("here")
                .WithLeaseContainer(leases)
                .WithStartTime(DateTime.MinValue.ToUniversalTime())
                .WithPollInterval(TimeSpan.FromMilliseconds(50))
                .Build();
            await processor.StartAsync();
            await container.CreateItemAsync(new Item(id, "p"));
            Assert.True(await arrived.WaitAsync(TimeSpan.FromSeconds(20)));
            await processor.StopAsync();
        }
    }

    private static async Task<(List<Item> Items, string Continuation)> Drain(FeedIterator<Item> feed)
    {
        using (feed)
        {
            var items = new List<Item>();
            while (true)
            {
                var page = await feed.ReadNextAsync();
                if (page.StatusCode == HttpStatusCode.NotModified)
                    return (items, page.ContinuationToken);
                items.AddRange(page);
            }
        }
    }
}
