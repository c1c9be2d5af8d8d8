using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using Microsoft.Azure.Functions.Worker;

namespace TikTok.LocalTests.Functions;

public sealed class QueueTriggerTests(StorageProcess storage) : IClassFixture<StorageProcess>
{
    [Fact]
    public async Task A_message_runs_its_function_once_and_is_deleted()
    {
        var (name, queue) = await QueueAsync();
        var recorder = new Recorder();
        await using var host = await StartAsync(name, recorder, typeof(Jobs));
        await queue.SendMessageAsync("""{"Video":"v1","size":3}""");

        var seen = await recorder.NextAsync();

        Assert.Equal(new Job("v1", 3), seen.Detail);
        await EventuallyEmptyAsync(queue);
        Assert.Empty(recorder.Rest());
    }

    [Fact]
    public async Task A_failing_message_is_tried_again_and_then_moves_to_the_poison_queue()
    {
        var (name, queue) = await QueueAsync();
        var recorder = new Recorder { Behaviour = (_, _) => throw new InvalidOperationException("on purpose") };
        await using var host = await StartAsync(name, recorder, typeof(Texts));
        await queue.SendMessageAsync("bad");

        var first = await recorder.NextAsync();
        var second = await recorder.NextAsync();

        Assert.Equal(("bad", 1L), (first.Value, first.Detail));
        Assert.Equal(("bad", 2L), (second.Value, second.Detail));
        var poison = new QueueClient(storage.ConnectionString, $"{name}-poison");
        Assert.Equal("bad", (await EventuallyAsync(poison)).Body.ToString());
        await EventuallyEmptyAsync(queue);
    }

    [Fact]
    public async Task A_drain_waits_for_the_running_function_and_takes_nothing_new()
    {
        var (name, queue) = await QueueAsync();
        var finish = new TaskCompletionSource();
        var recorder = new Recorder { Behaviour = (_, _) => finish.Task };
        await using var host = await StartAsync(name, recorder, typeof(Texts));
        await queue.SendMessageAsync("running");
        await recorder.NextAsync();

        var stopping = host.StopAsync();
        await queue.SendMessageAsync("late");
        Assert.False(stopping.IsCompleted);
        finish.SetResult();
        await stopping;

        Assert.Empty(recorder.Rest());
        Assert.Equal("late", (await EventuallyAsync(queue)).Body.ToString());
    }

    [Fact]
    public async Task A_message_that_an_aborted_host_worked_on_comes_again()
    {
        var (name, queue) = await QueueAsync();
        var recorder = new Recorder { Behaviour = (_, cancel) => Task.Delay(Timeout.Infinite, cancel) };
        await using (var host = await StartAsync(name, recorder, typeof(Texts)))
        {
            await queue.SendMessageAsync("work");
            await recorder.NextAsync();
            await host.AbortAsync();
        }

        recorder.Behaviour = (_, _) => Task.CompletedTask;
        await using var again = await StartAsync(name, recorder, typeof(Texts));

        Assert.Equal("work", (await recorder.NextAsync()).Value);
        await EventuallyEmptyAsync(queue);
    }

    [Fact]
    public async Task Every_message_of_many_is_handled()
    {
        var (name, queue) = await QueueAsync();
        var recorder = new Recorder();
        await using var host = await StartAsync(name, recorder, typeof(Texts));
        var sent = Enumerable.Range(0, 60).Select(i => $"m{i}").ToList();
        await Task.WhenAll(sent.Select(text => queue.SendMessageAsync(text)));

        var seen = new HashSet<string>();
        while (seen.Count < sent.Count)
        {
            seen.Add((await recorder.NextAsync()).Value);
        }

        Assert.Equal(sent.Order(), seen.Order());
    }

    [Fact]
    public async Task With_messageEncoding_base64_a_message_is_decoded_and_one_that_is_not_base64_moves_to_the_poison_queue_as_it_is()
    {
        var (name, queue) = await QueueAsync();
        var recorder = new Recorder();
        await using var host = await StartAsync(name, recorder, typeof(Texts), ("AzureFunctionsJobHost:extensions:queues:messageEncoding", "base64"));
        await queue.SendMessageAsync("not base64!");
        await queue.SendMessageAsync(Convert.ToBase64String("héllo"u8));

        Assert.Equal("héllo", (await recorder.NextAsync()).Value);

        Assert.Equal("not base64!", (await EventuallyAsync(new QueueClient(storage.ConnectionString, $"{name}-poison"))).Body.ToString());
        await EventuallyEmptyAsync(queue);
        Assert.Empty(recorder.Rest());
    }

    [Fact]
    public async Task With_messageEncoding_base64_a_poison_message_is_written_in_base64()
    {
        var (name, queue) = await QueueAsync();
        var recorder = new Recorder { Behaviour = (_, _) => throw new InvalidOperationException("on purpose") };
        await using var host = await StartAsync(name, recorder, typeof(Texts), ("AzureFunctionsJobHost:extensions:queues:messageEncoding", "base64"));
        var body = Convert.ToBase64String("bad"u8);
        await queue.SendMessageAsync(body);

        Assert.Equal(body, (await EventuallyAsync(new QueueClient(storage.ConnectionString, $"{name}-poison"))).Body.ToString());
    }

    [Fact]
    public async Task A_function_that_outlasts_functionTimeout_is_cancelled_and_its_message_tried_again_until_it_is_poison()
    {
        var (name, queue) = await QueueAsync();
        var cancelled = 0;
        var recorder = new Recorder
        {
            Behaviour = async (_, cancel) =>
            {
                await using (cancel.Register(() => Interlocked.Increment(ref cancelled)))
                {
                    await Task.Delay(Timeout.Infinite, cancel);
                }
            },
        };
        await using var host = await StartAsync(name, recorder, typeof(Texts), ("AzureFunctionsJobHost:functionTimeout", "00:00:00.3"));
        await queue.SendMessageAsync("slow");

        Assert.Equal("slow", (await EventuallyAsync(new QueueClient(storage.ConnectionString, $"{name}-poison"))).Body.ToString());
        Assert.Equal([1L, 2L], recorder.Rest().Select(seen => seen.Detail));
        Assert.Equal(2, cancelled);
    }

    private async Task<(string Name, QueueClient Queue)> QueueAsync()
    {
        var name = $"q{Guid.NewGuid():N}";
        var queue = new QueueClient(storage.ConnectionString, name);
        await queue.CreateAsync();
        return (name, queue);
    }

    private Task<TestHost> StartAsync(string queue, Recorder recorder, Type functions, params (string Name, string Value)[] more) => TestHost.StartAsync(
        queue, [functions],
        new Dictionary<string, string?>(more.Select(setting => KeyValuePair.Create(setting.Name, (string?)setting.Value)))
        {
            ["AzureWebJobsStorage"] = storage.ConnectionString,
            ["Storage"] = storage.ConnectionString,
            ["queue"] = queue,
        },
        recorder);

    private static async Task<QueueMessage> EventuallyAsync(QueueClient queue)
    {
        QueueMessage? found = null;
        await Eventually.TrueAsync(async () =>
        {
            found = await queue.ExistsAsync() ? (await queue.ReceiveMessageAsync()).Value : null;
            return found is not null;
        });
        return found!;
    }

    private static Task EventuallyEmptyAsync(QueueClient queue) =>
        Eventually.TrueAsync(async () => (await queue.GetPropertiesAsync()).Value.ApproximateMessagesCount == 0);

    public sealed record Job(string Video, int Size);

    public sealed class Jobs(Recorder recorder)
    {
        [Function("Job")]
        public Task Run([QueueTrigger("%queue%", Connection = "Storage")] Job job, CancellationToken cancel) =>
            recorder.SeeAsync("Job", job.Video, cancel, job);
    }

    public sealed class Texts(Recorder recorder)
    {
        [Function("Text")]
        public Task Run([QueueTrigger("%queue%", Connection = "Storage")] string text, long dequeueCount, FunctionContext context) =>
            recorder.SeeAsync("Text", text, context.CancellationToken, dequeueCount);
    }
}
