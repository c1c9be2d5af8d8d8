using System.Diagnostics;
using System.Globalization;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Specialized;
using Azure.Storage.Queues;

namespace TikTok.LocalTests.Storage;

public sealed class StorageDurabilityTests
{
    [Fact]
    public async Task Every_acknowledged_message_and_blob_is_there_after_kill_9_of_everything_during_writes()
    {
        await using var storage = await StorageProcess.StartAsync();
        var container = (await storage.Blobs.CreateBlobContainerAsync("kept")).Value;
        var queue = (await storage.Queues.CreateQueueAsync("kept")).Value;
        var (blobs, messages, deleted) = (0, 0, 0);
        for (var round = 0; round < 2; round++)
        {
            var goal = blobs + messages + 150;
            var enough = new TaskCompletionSource();
            void Progressed()
            {
                if (blobs + messages >= goal)
                {
                    enough.TrySetResult();
                }
            }

            var writing = Task.WhenAll(
                UntilItFailsAsync(async () =>
                {
                    var blob = NoRetry(storage, "kept").GetBlockBlobClient($"{blobs}");
                    await blob.StageBlockAsync(Convert.ToBase64String("1"u8), new MemoryStream(BitConverter.GetBytes(blobs)));
                    await blob.CommitBlockListAsync([Convert.ToBase64String("1"u8)]);
                    blobs++;
                    Progressed();
                }),
                UntilItFailsAsync(async () =>
                {
                    var client = new QueueClient(storage.ConnectionString, "kept", NoRetry(new QueueClientOptions()));
                    var sent = await client.SendMessageAsync($"{messages}");
                    messages++;
                    if (messages % 5 == 0)
                    {
                        await client.DeleteMessageAsync(sent.Value.MessageId, sent.Value.PopReceipt);
                        deleted++;
                    }

                    Progressed();
                }));
            await enough.Task.WaitAsync(TimeSpan.FromMinutes(1));
            Process.GetProcessById((await storage.AzuriteProcessIdAsync())!.Value).Kill();
            await storage.KillAsync();
            await writing;
            await storage.RestartAsync();
        }

        for (var i = 0; i < blobs; i++)
        {
            var content = (await container.GetBlobClient($"{i}").DownloadContentAsync()).Value.Content.ToArray();
            Assert.Equal(BitConverter.GetBytes(i), content);
        }

        var found = new List<int>();
        while ((await queue.ReceiveMessagesAsync(32, TimeSpan.FromMinutes(10))).Value is { Length: > 0 } received)
        {
            found.AddRange(received.Select(m => int.Parse(m.MessageText, CultureInfo.InvariantCulture)));
        }

        var expected = Enumerable.Range(0, messages).Where(i => (i + 1) % 5 != 0).ToList();
        Assert.Empty(expected.Except(found));
        Assert.InRange(found.Distinct().Count(), messages - deleted, messages - deleted + 4);
    }

    [Fact]
    public async Task Azurite_killed_alone_is_started_again_and_the_client_only_waits()
    {
        await using var storage = await StorageProcess.StartAsync();
        var container = (await storage.Blobs.CreateBlobContainerAsync("kept")).Value;
        await container.GetBlobClient("before").UploadAsync(BinaryData.FromString("before"));
        var first = (await storage.AzuriteProcessIdAsync())!.Value;
        using (var azurite = Process.GetProcessById(first))
        {
            azurite.Kill();
            await azurite.WaitForExitAsync();
        }

        await container.GetBlobClient("after").UploadAsync(BinaryData.FromString("after"), overwrite: true);

        Assert.Equal("before", (await container.GetBlobClient("before").DownloadContentAsync()).Value.Content.ToString());
        Assert.NotEqual(first, await storage.AzuriteProcessIdAsync());
    }

    [Fact]
    public async Task Azurite_does_not_outlive_its_supervisor()
    {
        await using var storage = await StorageProcess.StartAsync();
        using var azurite = Process.GetProcessById((await storage.AzuriteProcessIdAsync())!.Value);

        await storage.KillAsync();

        await azurite.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task An_Azurite_that_is_left_over_is_ended_before_the_next_one_starts()
    {
        await using var storage = await StorageProcess.StartAsync();
        var container = (await storage.Blobs.CreateBlobContainerAsync("kept")).Value;
        using var azurite = Process.GetProcessById((await storage.AzuriteProcessIdAsync())!.Value);

        // Stopped, it cannot notice that its supervisor is gone.
        await SignalAsync("-STOP", azurite.Id);
        await storage.KillAsync();
        await storage.RestartAsync();

        Assert.True(azurite.HasExited);
        Assert.True(await container.ExistsAsync());
    }

    private static async Task SignalAsync(string signal, int processId)
    {
        using var kill = Process.Start("kill", [signal, processId.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    private static T NoRetry<T>(T options)
        where T : Azure.Core.ClientOptions
    {
        options.Retry.MaxRetries = 0;
        options.Retry.NetworkTimeout = TimeSpan.FromSeconds(20);
        return options;
    }

    private static BlobContainerClient NoRetry(StorageProcess storage, string container) =>
        new(storage.ConnectionString, container, NoRetry(new BlobClientOptions()));

    private static async Task UntilItFailsAsync(Func<Task> write)
    {
        try
        {
            while (true)
            {
                await write();
            }
        }
        catch (Exception killed) when (killed is RequestFailedException or AggregateException or OperationCanceledException)
        {
            // What was under way when it was killed was not acknowledged.
        }
    }
}
