using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Azure.Cosmos;

namespace TikTok.LocalTests.Cosmos;

public sealed class CosmosPatchTests(CosmosProcess cosmos) : IClassFixture<CosmosProcess>
{
    private static readonly PartitionKey Key = new("p");

    [Fact]
    public async Task Add_sets_properties_and_inserts_into_arrays()
    {
        var patched = await Patch(
            """{"n":{"a":1},"list":[1,3]}""",
            PatchOperation.Add("/n/b", 2), PatchOperation.Add("/list/1", 2), PatchOperation.Add("/list/-", 4), PatchOperation.Add("/top", "x"));

        Expect("""{"n":{"a":1,"b":2},"list":[1,2,3,4],"top":"x"}""", patched);
    }

    [Fact]
    public async Task Set_replaces_array_elements_and_creates_properties()
    {
        var patched = await Patch("""{"list":[1,2],"a":1}""", PatchOperation.Set("/list/1", 9), PatchOperation.Set("/a", "text"), PatchOperation.Set("/b", true));

        Expect("""{"list":[1,9],"a":"text","b":true}""", patched);
    }

    [Fact]
    public async Task Replace_remove_and_move_change_what_exists()
    {
        var patched = await Patch(
            """{"a":1,"b":{"c":2},"list":[1,2,3],"old":{"deep":[1]}}""",
            PatchOperation.Replace("/a", 5), PatchOperation.Remove("/b/c"), PatchOperation.Remove("/list/0"), PatchOperation.Move("/old", "/b/new"));

        Expect("""{"a":5,"b":{"new":{"deep":[1]}},"list":[2,3]}""", patched);
    }

    [Fact]
    public async Task Increment_keeps_whole_numbers_whole_and_creates_what_is_missing()
    {
        var patched = await Patch(
            """{"i":9007199254740993,"d":1.5}""",
            PatchOperation.Increment("/i", 1), PatchOperation.Increment("/d", 1), PatchOperation.Increment("/new", -2), PatchOperation.Increment("/i", 0));

        Expect("""{"i":9007199254740994,"d":2.5,"new":-2}""", patched);
    }

    [Fact]
    public async Task Pointer_escapes_name_properties_with_slash_and_tilde()
    {
        var patched = await Patch("""{"a/b":1,"c~d":1}""", PatchOperation.Set("/a~1b", 2), PatchOperation.Set("/c~0d", 3));

        Expect("""{"a/b":2,"c~d":3}""", patched);
    }

    public static TheoryData<PatchOperation> Impossible => new(
        PatchOperation.Replace("/missing", 1),
        PatchOperation.Remove("/missing"),
        PatchOperation.Add("/missing/child", 1),
        PatchOperation.Set("/list/5", 1),
        PatchOperation.Increment("/text", 1),
        PatchOperation.Set("/id", "other"),
        PatchOperation.Set("/pk", "other"),
        PatchOperation.Set("/_ts", 1),
        PatchOperation.Move("/list", "/list/0"));

    [Theory]
    [MemberData(nameof(Impossible))]
    public async Task Impossible_operation_is_400_and_changes_nothing(PatchOperation operation)
    {
        var (container, id) = await Create("""{"text":"t","list":[1]}""");

        await CosmosAssert.FailsAsync(HttpStatusCode.BadRequest, () => container.PatchItemAsync<object>(id, Key, [PatchOperation.Set("/text", "changed"), operation]));

        var document = await container.ReadItemAsync<JsonObject>(id, Key);
        Assert.Equal("t", (string?)document.Resource["text"]);
    }

    [Fact]
    public async Task Predicate_decides_whether_the_patch_happens()
    {
        var (container, id) = await Create("""{"status":"draft","views":1}""");
        var published = new PatchItemRequestOptions { FilterPredicate = "FROM c WHERE c.status = 'ready'" };
        var draft = new PatchItemRequestOptions { FilterPredicate = "from c where c.status = 'draft' and c.views < 5" };

        await CosmosAssert.FailsAsync(HttpStatusCode.PreconditionFailed, () => container.PatchItemAsync<object>(id, Key, [PatchOperation.Set("/views", 2)], published));
        var patched = await container.PatchItemAsync<JsonObject>(id, Key, [PatchOperation.Set("/views", 2)], draft);

        Assert.Equal(2, (int?)patched.Resource["views"]);
    }

    [Fact]
    public async Task Malformed_predicate_is_400()
    {
        var (container, id) = await Create("{}");

        await CosmosAssert.FailsAsync(HttpStatusCode.BadRequest, () => container.PatchItemAsync<object>(
            id, Key, [PatchOperation.Set("/a", 1)], new PatchItemRequestOptions { FilterPredicate = "FROM c WHERE c.a =" }));
    }

    [Fact]
    public async Task Concurrent_increments_all_count()
    {
        var (container, id) = await Create("""{"likes":0}""");

        await Task.WhenAll(Enumerable.Range(0, 60).Select(_ => container.PatchItemAsync<object>(id, Key, [PatchOperation.Increment("/likes", 1)])));

        Assert.Equal(60, (int?)(await container.ReadItemAsync<JsonObject>(id, Key)).Resource["likes"]);
    }

    private async Task<(Container Container, string Id)> Create(string json)
    {
        var container = await cosmos.CreateContainerAsync("/pk");
        var document = JsonNode.Parse(json)!.AsObject();
        document["id"] = "x";
        document["pk"] = "p";
        await container.CreateItemAsync(document, Key);
        return (container, "x");
    }

    private async Task<JsonObject> Patch(string json, params PatchOperation[] operations)
    {
        var (container, id) = await Create(json);
        await container.PatchItemAsync<JsonObject>(id, Key, operations);
        return (await container.ReadItemAsync<JsonObject>(id, Key)).Resource;
    }

    private static void Expect(string json, JsonObject document)
    {
        foreach (var name in document.Select(property => property.Key).Where(name => name is "id" or "pk" || name.StartsWith('_')).ToList())
            document.Remove(name);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(json), document), document.ToJsonString());
    }
}
