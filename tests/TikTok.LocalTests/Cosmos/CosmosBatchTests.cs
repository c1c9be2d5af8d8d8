using System.Net;
using Microsoft.Azure.Cosmos;

namespace TikTok.LocalTests.Cosmos;

public sealed class CosmosBatchTests(CosmosProcess cosmos) : IClassFixture<CosmosProcess>
{
    private static readonly PartitionKey Key = new("p");

    private sealed record Item(string Id, string Pk, int Value = 0);

    [Fact]
    public async Task Batch_of_every_operation_succeeds_together()
    {
        var container = await cosmos.CreateContainerAsync("/pk");
        await container.CreateItemAsync(new Item("replace", "p"), Key);
        await container.CreateItemAsync(new Item("delete", "p"), Key);
        await container.CreateItemAsync(new Item("patch", "p", 1), Key);

        using var response = await container.CreateTransactionalBatch(Key)
            .CreateItem(new Item("create", "p", 1))
            .UpsertItem(new Item("upsert", "p", 2))
            .ReplaceItem("replace", new Item("replace", "p", 3))
            .DeleteItem("delete")
            .PatchItem("patch", [PatchOperation.Increment("/value", 4)])
            .ReadItem("create")
            .ExecuteAsync();

        Assert.True(response.IsSuccessStatusCode, response.ErrorMessage);
        Assert.Equal(
            [HttpStatusCode.Created, HttpStatusCode.Created, HttpStatusCode.OK, HttpStatusCode.NoContent, HttpStatusCode.OK, HttpStatusCode.OK],
            response.Select(result => result.StatusCode));
        Assert.Equal(5, response.GetOperationResultAtIndex<Item>(4).Resource.Value);
        Assert.Equal(1, response.GetOperationResultAtIndex<Item>(5).Resource.Value);
        Assert.All(response.Where(result => result.StatusCode != HttpStatusCode.NoContent), result => Assert.NotEmpty(result.ETag));
        Assert.True(response.RequestCharge > 5);
        await CosmosAssert.FailsAsync(HttpStatusCode.NotFound, () => container.ReadItemAsync<Item>("delete", Key));
        Assert.Equal(3, (await container.ReadItemAsync<Item>("replace", Key)).Resource.Value);
    }

    [Fact]
    public async Task Failed_operation_undoes_the_batch_and_marks_the_others_424()
    {
        var container = await cosmos.CreateContainerAsync("/pk");
        await container.CreateItemAsync(new Item("taken", "p", 7), Key);

        using var response = await container.CreateTransactionalBatch(Key)
            .CreateItem(new Item("first", "p"))
            .UpsertItem(new Item("taken", "p", 8))
            .CreateItem(new Item("taken", "p"))
            .DeleteItem("taken")
            .ExecuteAsync();

        Assert.Equal(HttpStatusCode.Conflict, response.StatusCode);
        Assert.Equal(
            [HttpStatusCode.FailedDependency, HttpStatusCode.FailedDependency, HttpStatusCode.Conflict, HttpStatusCode.FailedDependency],
            response.Select(result => result.StatusCode));
        await CosmosAssert.FailsAsync(HttpStatusCode.NotFound, () => container.ReadItemAsync<Item>("first", Key));
        Assert.Equal(7, (await container.ReadItemAsync<Item>("taken", Key)).Resource.Value);
    }

    [Fact]
    public async Task Operations_of_a_batch_see_each_other()
    {
        var container = await cosmos.CreateContainerAsync("/pk");

        using var response = await container.CreateTransactionalBatch(Key)
            .CreateItem(new Item("a", "p", 1))
            .PatchItem("a", [PatchOperation.Increment("/value", 1)])
            .DeleteItem("a")
            .CreateItem(new Item("a", "p", 10))
            .UpsertItem(new Item("a", "p", 11))
            .ExecuteAsync();

        Assert.True(response.IsSuccessStatusCode, response.ErrorMessage);
        Assert.Equal(11, (await container.ReadItemAsync<Item>("a", Key)).Resource.Value);
    }

    [Fact]
    public async Task Stale_etag_in_a_batch_is_412()
    {
        var container = await cosmos.CreateContainerAsync("/pk");
        var first = await container.CreateItemAsync(new Item("a", "p"), Key);
        var second = await container.UpsertItemAsync(new Item("a", "p", 1), Key);

        using var stale = await container.CreateTransactionalBatch(Key)
            .ReplaceItem("a", new Item("a", "p", 2), new TransactionalBatchItemRequestOptions { IfMatchEtag = first.ETag })
            .ExecuteAsync();
        using var current = await container.CreateTransactionalBatch(Key)
            .ReplaceItem("a", new Item("a", "p", 3), new TransactionalBatchItemRequestOptions { IfMatchEtag = second.ETag })
            .ExecuteAsync();

        Assert.Equal(HttpStatusCode.PreconditionFailed, stale.StatusCode);
        Assert.Equal(HttpStatusCode.OK, current[0].StatusCode);
    }

    [Fact]
    public async Task Patch_predicate_in_a_batch_that_does_not_hold_undoes_it()
    {
        var container = await cosmos.CreateContainerAsync("/pk");
        await container.CreateItemAsync(new Item("balance", "p", 5), Key);

        using var response = await container.CreateTransactionalBatch(Key)
            .CreateItem(new Item("entry", "p"))
            .PatchItem(
                "balance",
                [PatchOperation.Increment("/value", -6)],
                new TransactionalBatchPatchItemRequestOptions { FilterPredicate = "FROM c WHERE c[\"value\"] >= 6" })
            .ExecuteAsync();

        Assert.Equal(HttpStatusCode.PreconditionFailed, response.StatusCode);
        await CosmosAssert.FailsAsync(HttpStatusCode.NotFound, () => container.ReadItemAsync<Item>("entry", Key));
    }

    [Fact]
    public async Task Batch_may_have_a_hundred_operations_and_no_more()
    {
        var container = await cosmos.CreateContainerAsync("/pk");
        var hundred = container.CreateTransactionalBatch(Key);
        var more = container.CreateTransactionalBatch(Key);
        for (var i = 0; i <= 100; i++)
        {
            if (i < 100)
                hundred.CreateItem(new Item($"h{i}", "p", i));
            more.CreateItem(new Item($"m{i}", "p", i));
        }

        using var accepted = await hundred.ExecuteAsync();
        using var refused = await more.ExecuteAsync();

        Assert.True(accepted.IsSuccessStatusCode, accepted.ErrorMessage);
        Assert.Equal(100, accepted.Count);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
    }

    [Fact]
    public async Task Batch_for_another_partition_than_its_documents_is_400()
    {
        var container = await cosmos.CreateContainerAsync("/pk");

        using var response = await container.CreateTransactionalBatch(Key).CreateItem(new Item("a", "other")).ExecuteAsync();

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task Bulk_mode_runs_each_operation_for_itself()
    {
        var container = await cosmos.CreateContainerAsync("/pk");
        await container.CreateItemAsync(new Item("7", "k7"), new PartitionKey("k7"));
        using var client = cosmos.CreateClient(options => options.AllowBulkExecution = true);
        var bulk = client.GetContainer(container.Database.Id, container.Id);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 200).Select(async i =>
        {
            try
            {
                return (await bulk.CreateItemAsync(new Item($"{i}", $"k{i}", i), new PartitionKey($"k{i}"))).StatusCode;
            }
            catch (CosmosException failure)
            {
                return failure.StatusCode;
            }
        }));

        Assert.Equal(HttpStatusCode.Conflict, outcomes[7]);
        Assert.Equal(199, outcomes.Count(status => status == HttpStatusCode.Created));
        Assert.Equal(42, (await container.ReadItemAsync<Item>("42", new PartitionKey("k42"))).Resource.Value);
    }
}
