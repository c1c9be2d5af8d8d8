using System.Text;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using Microsoft.Azure.Functions.Worker;

namespace TikTok.LocalTests.Functions;

public sealed class BlobTriggerTests(StorageProcess storage) : IClassFixture<StorageProcess>
{
    [Fact]
    public async Task A_new_blob_that_fits_the_pattern_runs_the_function_with_its_name_and_content()
    {
        var (name, container) = await ContainerAsync();
        var recorder = new Recorder();
        await using var host = await StartAsync(name, recorder);
        await container.UploadBlobAsync("other.txt", BinaryData.FromString("no"));
        await container.UploadBlobAsync("a/b.mp4", BinaryData.FromString("clip"));

        var seen = await recorder.NextAsync();

        Assert.Equal(("a/b", "clip"), (seen.Value, seen.Detail));
        Assert.Empty(recorder.Rest());
    }

    [Fact]
    public async Task A_restart_neither_loses_nor_repeats_a_blob()
    {
        var (name, container) = await ContainerAsync();
        var recorder = new Recorder();
        await using (var host = await StartAsync(name, recorder))
        {
            await container.UploadBlobAsync("first.mp4", BinaryData.FromString("1"));
            await recorder.NextAsync();
            await host.StopAsync();
        }

        await container.UploadBlobAsync("second.mp4", BinaryData.FromString("2"));
        await using var again = await StartAsync(name, recorder);

        Assert.Equal("second", (await recorder.NextAsync()).Value);
        await container.UploadBlobAsync("third.mp4", BinaryData.FromString("3"));
        Assert.Equal("third", (await recorder.NextAsync()).Value);
        Assert.Empty(recorder.Rest());
    }

    [Fact]
    public async Task A_blob_that_is_replaced_runs_the_function_again()
    {
        var (name, container) = await ContainerAsync();
        var recorder = new Recorder();
        await using var host = await StartAsync(name, recorder);
        var blob = container.GetBlobClient("clip.mp4");
        await blob.UploadAsync(BinaryData.FromString("one"));
        Assert.Equal("one", (await recorder.NextAsync()).Detail);

        await blob.UploadAsync(BinaryData.FromString("two"), overwrite: true);

        Assert.Equal("two", (await recorder.NextAsync()).Detail);
    }

    [Fact]
    public async Task A_blob_whose_function_keeps_failing_ends_in_the_poison_queue()
    {
        var (name, container) = await ContainerAsync();
        var recorder = new Recorder { Behaviour = (_, _) => throw new InvalidOperationException("on purpose") };
        await using var host = await StartAsync(name, recorder);
        await container.UploadBlobAsync("bad.mp4", BinaryData.FromString("x"));

        await recorder.NextAsync();
        await recorder.NextAsync();

        var poison = new QueueClient(
            storage.ConnectionString, "webjobs-blobtrigger-poison", new QueueClientOptions { MessageEncoding = QueueMessageEncoding.Base64 });
        await Eventually.TrueAsync(async () => await poison.ExistsAsync()
            && (await poison.PeekMessagesAsync(32)).Value.Any(m => m.Body.ToString().Contains(name, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_poison_blob_does_not_stop_the_others_and_is_not_tried_again_after_a_restart()
    {
        var (name, container) = await ContainerAsync();
        var recorder = new Recorder { Behaviour = (seen, _) => seen.Value == "bad" ? throw new InvalidOperationException("on purpose") : Task.CompletedTask };
        await using (var host = await StartAsync(name, recorder))
        {
            await container.UploadBlobAsync("bad.mp4", BinaryData.FromString("x"));
            Assert.Equal(["bad", "bad"], [(await recorder.NextAsync()).Value, (await recorder.NextAsync()).Value]);
            await container.UploadBlobAsync("good.mp4", BinaryData.FromString("y"));
            Assert.Equal("good", (await recorder.NextAsync()).Value);
            await host.StopAsync();
        }

        await using var again = await StartAsync(name, recorder);
        await container.UploadBlobAsync("last.mp4", BinaryData.FromString("z"));

        Assert.Equal("last", (await recorder.NextAsync()).Value);
        Assert.Empty(recorder.Rest());
    }

    private async Task<(string Name, BlobContainerClient Container)> ContainerAsync()
    {
        var name = $"c{Guid.NewGuid():N}"[..20];
        var container = new BlobContainerClient(storage.ConnectionString, name);
        await container.CreateAsync();
        return (name, container);
    }

    private Task<TestHost> StartAsync(string container, Recorder recorder) => TestHost.StartAsync(
        container, [typeof(Clips)],
        new Dictionary<string, string?> { ["AzureWebJobsStorage"] = storage.ConnectionString, ["container"] = container },
        recorder);

    public sealed class Clips(Recorder recorder)
    {
        [Function("Clip")]
        public async Task Run([BlobTrigger("%container%/{name}.mp4")] Stream clip, string name, CancellationToken cancel)
        {
            using var reader = new StreamReader(clip, Encoding.UTF8);
            await recorder.SeeAsync("Clip", name, cancel, await reader.ReadToEndAsync(cancel));
        }
    }
}
