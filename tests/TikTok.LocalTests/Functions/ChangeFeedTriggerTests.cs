using Microsoft.Azure.Cosmos;
using Microsoft.Azure.Functions.Worker;

namespace TikTok.LocalTests.Functions;

public sealed class ChangeFeedTriggerTests(CosmosProcess cosmos) : IClassFixture<CosmosProcess>
{
    [Fact]
    public async Task Changed_documents_reach_the_function_and_a_restart_goes_on_after_them()
    {
        var container = await cosmos.CreateContainerAsync("/id");
        var recorder = new Recorder();
        await container.CreateItemAsync(new Item("before", 1));
        await using (var host = await StartAsync(container, recorder, typeof(Changes)))
        {
            Assert.Equal("before 1", (await recorder.NextAsync()).Value);
            await container.UpsertItemAsync(new Item("before", 2));
            Assert.Equal("before 2", (await recorder.NextAsync()).Value);
            await host.StopAsync();
        }

        await container.CreateItemAsync(new Item("while-down", 1));
        await using var again = await StartAsync(container, recorder, typeof(Changes));

        Assert.Equal("while-down 1", (await recorder.NextAsync()).Value);
        Assert.Empty(recorder.Rest());
    }

    [Fact]
    public async Task A_batch_that_an_aborted_host_worked_on_comes_again()
    {
        var container = await cosmos.CreateContainerAsync("/id");
        var recorder = new Recorder { Behaviour = (_, cancel) => Task.Delay(Timeout.Infinite, cancel) };
        await container.CreateItemAsync(new Item("a", 1));
        await using (var host = await StartAsync(container, recorder, typeof(Changes)))
        {
            Assert.Equal("a 1", (await recorder.NextAsync()).Value);
            await host.AbortAsync();
        }

        recorder.Behaviour = (_, _) => Task.CompletedTask;
        await using var again = await StartAsync(container, recorder, typeof(Changes));

        Assert.Equal("a 1", (await recorder.NextAsync()).Value);
    }

    [Fact]
    public async Task A_retry_policy_repeats_the_batch_until_it_succeeds()
    {
        var container = await cosmos.CreateContainerAsync("/id");
        var failures = 3;
        var recorder = new Recorder { Behaviour = (_, _) => failures-- > 0 ? throw new InvalidOperationException("on purpose") : Task.CompletedTask };
        await using var host = await StartAsync(container, recorder, typeof(Changes));
        await container.CreateItemAsync(new Item("a", 1));

        for (var attempt = 0; attempt < 4; attempt++)
        {
            Assert.Equal(("a 1", attempt), await recorder.NextAsync() is var seen ? (seen.Value, (int)seen.Detail!) : default);
        }
    }

    private Task<TestHost> StartAsync(Container container, Recorder recorder, Type functions) => TestHost.StartAsync(
        "change-feed", [functions],
        new Dictionary<string, string?> { ["Cosmos"] = cosmos.ConnectionString, ["database"] = container.Database.Id, ["container"] = container.Id },
        recorder);

    public sealed record Item(string Id, int Value);

    public sealed class Changes(Recorder recorder)
    {
        [Function("Changes")]
        [FixedDelayRetry(-1, "00:00:00.05")]
        public async Task Run(
            [CosmosDBTrigger("%database%", "%container%", Connection = "Cosmos", LeaseContainerPrefix = "changes", CreateLeaseContainerIfNotExists = true,
                StartFromBeginning = true, FeedPollDelay = 200)] IReadOnlyList<Item> items,
            FunctionContext context)
        {
            foreach (var item in items)
            {
                await recorder.SeeAsync("Changes", $"{item.Id} {item.Value}", context.CancellationToken, context.RetryContext.RetryCount);
            }
        }
    }
}
