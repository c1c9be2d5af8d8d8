using Microsoft.Azure.Cosmos;

namespace TikTok.LocalTests.Cosmos;

public sealed class CosmosFeedTests(CosmosProcess cosmos) : IClassFixture<CosmosProcess>
{
    private sealed record Video(string Id, string Owner, int Likes, string Title, string[] Tags, string Bucket = "all");

    [Fact]
    public async Task Writes_between_pages_neither_repeat_nor_hide_documents_that_were_there()
    {
        var container = await Filled();
        using var feed = container.GetItemQueryIterator<Video>("SELECT * FROM c", requestOptions: new QueryRequestOptions { MaxItemCount = 5 });
        var found = new List<string>();

        found.AddRange((await feed.ReadNextAsync()).Select(video => video.Id));
        await container.DeleteItemAsync<Video>(found[0], new PartitionKey("u0"));
        await container.DeleteItemAsync<Video>(found[1], new PartitionKey("u1"));
        while (feed.HasMoreResults)
            found.AddRange((await feed.ReadNextAsync()).Select(video => video.Id));

        Assert.Equal(20, found.Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(20, found.Count);
    }

    [Fact]
    public async Task Read_many_finds_what_exists()
    {
        var container = await Filled();
        var byId = await cosmos.CreateContainerAsync("/id");
        await byId.CreateItemAsync(new Video("x", "u", 1, "t", []));

        var found = await container.ReadManyItemsAsync<Video>(
            [("v3", new PartitionKey("u3")), ("v8", new PartitionKey("u0")), ("none", new PartitionKey("u0")), ("v8", new PartitionKey("u1"))]);
        var single = await byId.ReadManyItemsAsync<Video>([("x", new PartitionKey("x")), ("y", new PartitionKey("y"))]);

        Assert.Equal(["v3", "v8"], found.Select(video => video.Id).Order(StringComparer.Ordinal));
        Assert.Single(single);
    }

    [Fact]
    public async Task Read_feed_lists_all_documents_in_pages()
    {
        var container = await Filled();
        using var feed = container.GetItemQueryIterator<Video>(requestOptions: new QueryRequestOptions { MaxItemCount = 6 });

        var pages = new List<int>();
        while (feed.HasMoreResults)
            pages.Add((await feed.ReadNextAsync()).Count);

        Assert.Equal([6, 6, 6, 2], pages);
    }

    [Fact]
    public async Task Databases_and_containers_are_listed_and_queried()
    {
        var container = await cosmos.CreateContainerAsync("/pk");
        await container.Database.CreateContainerAsync("second", "/pk");

        using var containers = container.Database.GetContainerQueryIterator<ContainerProperties>();
        using var second = container.Database.GetContainerQueryIterator<ContainerProperties>("SELECT * FROM c WHERE c.id = 'second'");
        using var databases = cosmos.Client.GetDatabaseQueryIterator<DatabaseProperties>(
            new QueryDefinition("SELECT * FROM d WHERE d.id = @id").WithParameter("@id", container.Database.Id));

        Assert.Equal(["items", "second"], (await containers.ReadAllAsync()).Select(properties => properties.Id));
        Assert.Single(await second.ReadAllAsync());
        Assert.Single(await databases.ReadAllAsync());
    }

    private async Task<Container> Filled()
    {
        var container = await cosmos.CreateContainerAsync("/owner");
        for (var i = 0; i < 20; i++)
            await container.CreateItemAsync(new Video($"v{i}", $"u{i % 4}", i, $"title {(char)('a' + (i * 7 % 20))}", i % 2 == 1 ? ["odd", "x"] : ["even"]));
        return container;
    }
}
