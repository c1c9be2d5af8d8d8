using System.Net;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Azure.Cosmos;

namespace TikTok.LocalTests.Cosmos;

/// <summary>Random operations on a few documents agree with a dictionary, also when the emulator is killed between them.</summary>
public sealed class CosmosModelTests(CosmosProcess cosmos) : IClassFixture<CosmosProcess>
{
    private const int Sequences = 6;
    private const int Length = 60;

    private static readonly PartitionKey Key = new("p");

    private enum Verb
    {
        Create,
        Upsert,
        Replace,
        ReplaceStale,
        Patch,
        Delete,
        Read,
        Batch,
        Query,
        Kill,
    }

    private sealed record Step(Verb Verb, int Id, int Value);

    private sealed record Item(string Id, string Pk, int Value);

    [Fact]
    public async Task Random_operations_agree_with_a_dictionary()
    {
        var steps =
            from verb in Gen.Frequency(
                (12, Gen.Elements(Verb.Create, Verb.Upsert, Verb.Replace, Verb.ReplaceStale, Verb.Patch, Verb.Delete, Verb.Read, Verb.Batch, Verb.Query)),
                (1, Gen.Frequency((1, Gen.Constant(Verb.Kill)), (4, Gen.Constant(Verb.Query)))))
            from id in Gen.Choose(0, 3)
            from value in Gen.Choose(0, 99)
            select new Step(verb, id, value);
        foreach (var sequence in Gen.ArrayOf(steps, Length).Sample(Sequences, Length))
            await CheckAsync(sequence);
    }

    private async Task CheckAsync(Step[] sequence)
    {
        var container = await cosmos.CreateContainerAsync("/pk");
        var model = new SortedDictionary<string, (int Value, string ETag)>(StringComparer.Ordinal);
        foreach (var step in sequence)
        {
            if (step.Verb == Verb.Kill)
                await cosmos.RestartAsync();
            else if (step.Verb == Verb.Query)
                Assert.Equal(model.Values.Select(state => state.Value), await QueryAsync(container));
            else if (step.Verb == Verb.Batch)
                await BatchAsync(container, model, step);
            else
                await OneAsync(container, model, step, $"d{step.Id}");
        }
    }

    private static async Task OneAsync(Container container, SortedDictionary<string, (int Value, string ETag)> model, Step step, string id)
    {
        var exists = model.TryGetValue(id, out var state);
        var expected = (step.Verb, exists) switch
        {
            (Verb.Create, false) => HttpStatusCode.Created,
            (Verb.Create, true) => HttpStatusCode.Conflict,
            (Verb.Upsert, false) => HttpStatusCode.Created,
            (Verb.ReplaceStale, true) => HttpStatusCode.PreconditionFailed,
            (Verb.Delete, true) => HttpStatusCode.NoContent,
            (_, true) => HttpStatusCode.OK,
            (_, false) => HttpStatusCode.NotFound,
        };
        var item = new Item(id, "p", step.Value);
        try
        {
            var response = step.Verb switch
            {
                Verb.Create => await container.CreateItemAsync(item, Key),
                Verb.Upsert => await container.UpsertItemAsync(item, Key),
                Verb.Replace => await container.ReplaceItemAsync(item, id, Key, new ItemRequestOptions { IfMatchEtag = exists ? state.ETag : null }),
                Verb.ReplaceStale => await container.ReplaceItemAsync(item, id, Key, new ItemRequestOptions { IfMatchEtag = "\"stale\"" }),
                Verb.Patch => await container.PatchItemAsync<Item>(id, Key, [PatchOperation.Increment("/value", 1)]),
                Verb.Delete => await container.DeleteItemAsync<Item>(id, Key),
                _ => await container.ReadItemAsync<Item>(id, Key),
            };
            Assert.Equal(expected, response.StatusCode);
            if (step.Verb == Verb.Delete)
                model.Remove(id);
            else
                model[id] = (step.Verb switch { Verb.Patch => state.Value + 1, Verb.Read => state.Value, _ => step.Value }, response.ETag);
            if (step.Verb != Verb.Delete)
                Assert.Equal(model[id].Value, response.Resource.Value);
        }
        catch (CosmosException failure)
        {
            Assert.Equal(expected, failure.StatusCode);
        }
    }

    // Upserts two documents and creates a third: all three happen, or none when the third exists.
    private static async Task BatchAsync(Container container, SortedDictionary<string, (int Value, string ETag)> model, Step step)
    {
        string[] ids = [$"d{step.Id}", $"d{(step.Id + 1) % 4}", $"d{(step.Id + 2) % 4}"];
        using var response = await container.CreateTransactionalBatch(Key)
            .UpsertItem(new Item(ids[0], "p", step.Value))
            .UpsertItem(new Item(ids[1], "p", step.Value + 1))
            .CreateItem(new Item(ids[2], "p", step.Value + 2))
            .ExecuteAsync();

        Assert.Equal(!model.ContainsKey(ids[2]), response.IsSuccessStatusCode);
        for (var i = 0; response.IsSuccessStatusCode && i < ids.Length; i++)
            model[ids[i]] = (step.Value + i, response[i].ETag);
    }

    private static async Task<List<int>> QueryAsync(Container container)
    {
        using var feed = container.GetItemQueryIterator<int>("SELECT VALUE c[\"value\"] FROM c ORDER BY c.id");
        return await feed.ReadAllAsync();
    }
}
