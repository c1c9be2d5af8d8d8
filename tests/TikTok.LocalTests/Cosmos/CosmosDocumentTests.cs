using System.Net;
using System.Text;
using Microsoft.Azure.Cosmos;

namespace TikTok.LocalTests.Cosmos;

public sealed class CosmosDocumentTests(CosmosProcess cosmos) : IClassFixture<CosmosProcess>
{
    private sealed record Clip(string Id, string Owner, int Likes = 0, string? Title = null, string[]? Tags = null)
    {
        public int? Ttl { get; init; }
    }

    [Fact]
    public async Task Create_then_read_gives_the_document_with_its_system_properties()
    {
        var container = await cosmos.CreateContainerAsync("/owner");

        var created = await container.CreateItemAsync(new Clip("a", "ann", 3, "Grüße 🎬"), new PartitionKey("ann"));
        var read = await container.ReadItemAsync<Dictionary<string, object>>("a", new PartitionKey("ann"));
        var typed = await container.ReadItemAsync<Clip>("a", new PartitionKey("ann"));

        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        Assert.Equal(new Clip("a", "ann", 3, "Grüße 🎬"), typed.Resource);
        Assert.Equal(created.ETag, read.ETag);
        Assert.Equal(created.ETag, read.Resource["_etag"].ToString());
        Assert.Equal("attachments/", read.Resource["_attachments"].ToString());
        Assert.EndsWith("/", read.Resource["_self"].ToString(), StringComparison.Ordinal);
        Assert.NotEmpty(read.Resource["_rid"].ToString()!);
        Assert.True(long.Parse(read.Resource["_ts"].ToString()!, System.Globalization.CultureInfo.InvariantCulture) > 1_700_000_000);
        Assert.True(read.RequestCharge >= 1);
        Assert.StartsWith("0:-1#", read.Headers.Session, StringComparison.Ordinal);
        Assert.NotEmpty(read.ActivityId);
    }

    [Fact]
    public async Task Write_of_a_document_that_was_read_does_not_keep_its_old_system_properties()
    {
        var container = await cosmos.CreateContainerAsync("/owner");
        await container.CreateItemAsync(new Clip("a", "ann"), new PartitionKey("ann"));
        var read = await container.ReadItemAsync<Dictionary<string, object>>("a", new PartitionKey("ann"));

        read.Resource["likes"] = 9;
        var replaced = await container.ReplaceItemAsync(read.Resource, "a", new PartitionKey("ann"));

        Assert.NotEqual(read.ETag, replaced.ETag);
        Assert.Equal(replaced.ETag, replaced.Resource["_etag"].ToString());
        Assert.Equal(read.Resource["_rid"].ToString(), replaced.Resource["_rid"].ToString());
    }

    [Fact]
    public async Task Create_of_an_id_that_exists_is_409_in_the_same_partition_only()
    {
        var container = await cosmos.CreateContainerAsync("/owner");
        await container.CreateItemAsync(new Clip("a", "ann"), new PartitionKey("ann"));

        await container.CreateItemAsync(new Clip("a", "bob"), new PartitionKey("bob"));
        await Fails(HttpStatusCode.Conflict, () => container.CreateItemAsync(new Clip("a", "ann"), new PartitionKey("ann")));
    }

    [Fact]
    public async Task Upsert_creates_with_201_and_replaces_with_200()
    {
        var container = await cosmos.CreateContainerAsync("/owner");

        Assert.Equal(HttpStatusCode.Created, (await container.UpsertItemAsync(new Clip("a", "ann"))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await container.UpsertItemAsync(new Clip("a", "ann", 1))).StatusCode);
        Assert.Equal(1, (await container.ReadItemAsync<Clip>("a", new PartitionKey("ann"))).Resource.Likes);
    }

    [Fact]
    public async Task Missing_documents_are_404_for_read_replace_patch_and_delete()
    {
        var container = await cosmos.CreateContainerAsync("/owner");
        var key = new PartitionKey("ann");

        await Fails(HttpStatusCode.NotFound, () => container.ReadItemAsync<Clip>("a", key));
        await Fails(HttpStatusCode.NotFound, () => container.ReplaceItemAsync(new Clip("a", "ann"), "a", key));
        await Fails(HttpStatusCode.NotFound, () => container.PatchItemAsync<Clip>("a", key, [PatchOperation.Set("/likes", 1)]));
        await Fails(HttpStatusCode.NotFound, () => container.DeleteItemAsync<Clip>("a", key));
    }

    [Fact]
    public async Task Missing_container_is_404()
    {
        Database database = await cosmos.Client.CreateDatabaseAsync($"db-{Guid.NewGuid():n}");
        var missing = database.GetContainer("nowhere");

        await Fails(HttpStatusCode.NotFound, () => missing.ReadItemAsync<Clip>("a", new PartitionKey("ann")));
    }

    [Fact]
    public async Task Delete_removes_the_document()
    {
        var container = await cosmos.CreateContainerAsync("/owner");
        await container.CreateItemAsync(new Clip("a", "ann"));

        var deleted = await container.DeleteItemAsync<Clip>("a", new PartitionKey("ann"));

        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        await Fails(HttpStatusCode.NotFound, () => container.ReadItemAsync<Clip>("a", new PartitionKey("ann")));
    }

    [Fact]
    public async Task Stale_etag_is_412_for_every_write_and_leaves_the_document()
    {
        var container = await cosmos.CreateContainerAsync("/owner");
        var key = new PartitionKey("ann");
        var first = await container.CreateItemAsync(new Clip("a", "ann"), key);
        await container.ReplaceItemAsync(new Clip("a", "ann", 1), "a", key, new ItemRequestOptions { IfMatchEtag = first.ETag });
        var stale = new ItemRequestOptions { IfMatchEtag = first.ETag };

        await Fails(HttpStatusCode.PreconditionFailed, () => container.ReplaceItemAsync(new Clip("a", "ann", 2), "a", key, stale));
        await Fails(HttpStatusCode.PreconditionFailed, () => container.UpsertItemAsync(new Clip("a", "ann", 2), key, stale));
        await Fails(HttpStatusCode.PreconditionFailed, () => container.DeleteItemAsync<Clip>("a", key, stale));
        await Fails(HttpStatusCode.PreconditionFailed, () => container.PatchItemAsync<Clip>(
            "a", key, [PatchOperation.Set("/likes", 2)], new PatchItemRequestOptions { IfMatchEtag = first.ETag }));
        Assert.Equal(1, (await container.ReadItemAsync<Clip>("a", key)).Resource.Likes);
    }

    [Fact]
    public async Task Read_with_the_current_etag_is_304()
    {
        var container = await cosmos.CreateContainerAsync("/owner");
        var created = await container.CreateItemAsync(new Clip("a", "ann"));

        using var response = await container.ReadItemStreamAsync("a", new PartitionKey("ann"), new ItemRequestOptions { IfNoneMatchEtag = created.ETag });

        Assert.Equal(HttpStatusCode.NotModified, response.StatusCode);
    }

    [Theory]
    [InlineData("with space")]
    [InlineData("ünïcode-🎬")]
    [InlineData("100% a+b&d=e;f,g:h@i!$'()*~")]
    [InlineData("\"quoted\"")]
    [InlineData("01hq.0.000001")]
    public async Task Id_with_unusual_characters_works(string id)
    {
        var container = await cosmos.CreateContainerAsync("/owner");
        await container.CreateItemAsync(new Clip(id, id), new PartitionKey(id));

        var read = await container.ReadItemAsync<Clip>(id, new PartitionKey(id));

        Assert.Equal(id, read.Resource.Id);
        await container.DeleteItemAsync<Clip>(id, new PartitionKey(id));
    }

    [Theory]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData("a?b")]
    [InlineData("a#b")]
    [InlineData("")]
    public async Task Id_with_a_forbidden_character_is_400(string id)
    {
        var container = await cosmos.CreateContainerAsync("/owner");

        await Fails(HttpStatusCode.BadRequest, () => container.CreateItemAsync(new Clip(id, "ann"), new PartitionKey("ann")));
    }

    [Fact]
    public async Task Partition_key_that_differs_from_the_document_is_400()
    {
        var container = await cosmos.CreateContainerAsync("/owner");

        var failure = await Fails(HttpStatusCode.BadRequest, () => container.CreateItemAsync(new Clip("a", "ann"), new PartitionKey("bob")));

        Assert.Equal(1001, failure.SubStatusCode);
    }

    [Fact]
    public async Task Document_above_two_mebibytes_is_413()
    {
        var container = await cosmos.CreateContainerAsync("/owner");

        await Fails(HttpStatusCode.RequestEntityTooLarge, () => container.CreateItemAsync(new Clip("a", "ann", 0, new string('x', 2 * 1024 * 1024))));
        await container.CreateItemAsync(new Clip("b", "ann", 0, new string('x', 2 * 1000 * 1000)));
    }

    [Fact]
    public async Task Writes_without_content_response_answer_with_headers_only()
    {
        var container = await cosmos.CreateContainerAsync("/owner");

        var created = await container.CreateItemAsync(new Clip("a", "ann"), requestOptions: new ItemRequestOptions { EnableContentResponseOnWrite = false });

        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        Assert.Null(created.Resource);
        Assert.NotEmpty(created.ETag);
    }

    [Fact]
    public async Task Partition_keys_of_every_type_keep_documents_apart()
    {
        var container = await cosmos.CreateContainerAsync("/pk");
        await container.CreateItemAsync(new { id = "a", pk = 1.5 }, new PartitionKey(1.5));
        await container.CreateItemAsync(new { id = "a", pk = true }, new PartitionKey(true));
        await container.CreateItemAsync(new { id = "a", pk = (string?)null }, PartitionKey.Null);
        await container.CreateItemAsync(new { id = "a" }, PartitionKey.None);
        await container.CreateItemAsync(new { id = "a", pk = "1.5" }, new PartitionKey("1.5"));

        foreach (var key in new[] { new PartitionKey(1.5), new PartitionKey(true), PartitionKey.Null, PartitionKey.None, new PartitionKey("1.5") })
            await container.DeleteItemAsync<object>("a", key);
    }

    [Fact]
    public async Task Hierarchical_partition_key_finds_documents_by_whole_key_and_by_prefix()
    {
        var container = await cosmos.CreateContainerAsync("/tenant", "/user", "/session");
        foreach (var (id, tenant, user, session) in new[] { ("1", "t1", "u1", "s1"), ("2", "t1", "u1", "s2"), ("3", "t1", "u2", "s1"), ("4", "t2", "u1", "s1") })
        {
            await container.CreateItemAsync(
                new { id, tenant, user, session }, new PartitionKeyBuilder().Add(tenant).Add(user).Add(session).Build());
        }

        var read = await container.ReadItemAsync<Clip>("2", new PartitionKeyBuilder().Add("t1").Add("u1").Add("s2").Build());
        var ofTenant = await Ids(container, new PartitionKeyBuilder().Add("t1").Build());
        var ofUser = await Ids(container, new PartitionKeyBuilder().Add("t1").Add("u1").Build());

        Assert.Equal("2", read.Resource.Id);
        Assert.Equal(["1", "2", "3"], ofTenant);
        Assert.Equal(["1", "2"], ofUser);

        static async Task<List<string>> Ids(Container container, PartitionKey key)
        {
            using var query = container.GetItemQueryIterator<Clip>("SELECT * FROM c", requestOptions: new QueryRequestOptions { PartitionKey = key });
            return [.. (await query.ReadAllAsync()).Select(clip => clip.Id).Order(StringComparer.Ordinal)];
        }
    }

    [Fact]
    public async Task Unique_key_is_kept_within_a_partition()
    {
        var properties = new ContainerProperties("items", "/owner");
        properties.UniqueKeyPolicy.UniqueKeys.Add(new UniqueKey { Paths = { "/title" } });
        var container = await cosmos.CreateContainerAsync(properties);
        await container.CreateItemAsync(new Clip("a", "ann", 0, "one"));

        await Fails(HttpStatusCode.Conflict, () => container.CreateItemAsync(new Clip("b", "ann", 0, "one")));
        await container.CreateItemAsync(new Clip("b", "bob", 0, "one"));
        await container.UpsertItemAsync(new Clip("a", "ann", 0, "two"));
        await container.CreateItemAsync(new Clip("b", "ann", 0, "one"));
    }

    [Fact]
    public async Task Wrong_account_key_is_401()
    {
        var wrong = Convert.ToBase64String(Encoding.ASCII.GetBytes(new string('k', 64)));
        using var client = new CosmosClient(
            $"AccountEndpoint={cosmos.Address};AccountKey={wrong};DisableServerCertificateValidation=True",
            new CosmosClientOptions { ConnectionMode = ConnectionMode.Gateway });

        await Fails(HttpStatusCode.Unauthorized, () => client.ReadAccountAsync());
    }

    private static Task<CosmosException> Fails(HttpStatusCode status, Func<Task> action) => CosmosAssert.FailsAsync(status, action);
}
