using System.Net;
using Microsoft.Azure.Cosmos;

namespace TikTok.LocalTests.Cosmos;

public sealed class CosmosDurabilityTests
{
    private sealed record Item(string Id, string Pk, int Value);

    [Fact]
    public async Task Kill_in_a_storm_of_writes_loses_nothing_acknowledged_and_shows_no_half_of_a_batch()
    {
        await using var cosmos = await CosmosProcess.StartAsync();
        using var storm = new WriteStorm(await cosmos.CreateContainerAsync("/pk"));

        storm.Start();
        await storm.WaitForAsync(500);
        await cosmos.KillAsync();
        await storm.StopAsync();
        await cosmos.RestartAsync();

        await storm.CheckAsync();
    }

    [Fact]
    public async Task Restart_keeps_etags_continuations_and_the_client_working()
    {
        await using var cosmos = await CosmosProcess.StartAsync();
        var container = await cosmos.CreateContainerAsync("/pk");
        var created = await container.CreateItemAsync(new Item("a", "p", 1));
        using var feed = container.GetChangeFeedIterator<Item>(ChangeFeedStartFrom.Beginning(), ChangeFeedMode.LatestVersion);
        await feed.ReadNextAsync();

        await cosmos.KillAsync();
        await cosmos.RestartAsync();

        var replaced = await container.ReplaceItemAsync(
            new Item("a", "p", 2), "a", new PartitionKey("p"), new ItemRequestOptions { IfMatchEtag = created.ETag });
        Assert.Equal(HttpStatusCode.OK, replaced.StatusCode);
        Assert.Equal([2], (await feed.ReadNextAsync()).Select(item => item.Value));
    }
}
