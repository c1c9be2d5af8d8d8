using Azure;
using Azure.Core;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using TikTok.Local.Faults;

namespace TikTok.LocalTests.Storage;

public sealed class StorageFaultTests(StorageProcess storage) : IClassFixture<StorageProcess>
{
    private readonly string _name = "n" + Guid.NewGuid().ToString("N");

    [Theory]
    [InlineData(503, FaultDrop.None)]
    [InlineData(null, FaultDrop.Before)]
    [InlineData(null, FaultDrop.After)]
    public async Task A_client_with_retries_gets_its_blob_through(int? status, FaultDrop drop)
    {
        var container = (await Blobs(retries: 4).CreateBlobContainerAsync(_name)).Value;
        await storage.FailAsync(new FaultRule(Method: "PUT", Path: $"*/{_name}/x", Status: status, Drop: drop, Count: 2));

        await container.GetBlobClient("x").UploadAsync(BinaryData.FromString("content"), overwrite: true);

        Assert.Equal("content", (await container.GetBlobClient("x").DownloadContentAsync()).Value.Content.ToString());
    }

    [Fact]
    public async Task One_kind_of_request_can_be_failed_alone()
    {
        var container = (await Blobs(retries: 0).CreateBlobContainerAsync(_name)).Value;
        await storage.FailAsync(new FaultRule(Path: $"*/{_name}/*", Query: "comp=blocklist", Status: 500, Count: 1));
        var blob = new Azure.Storage.Blobs.Specialized.BlockBlobClient(storage.ConnectionString, _name, "x", Options(0, new BlobClientOptions()));
        await blob.StageBlockAsync(Convert.ToBase64String("1"u8), new MemoryStream([1]));

        var failure = await Assert.ThrowsAsync<RequestFailedException>(() => blob.CommitBlockListAsync([Convert.ToBase64String("1"u8)]));
        await blob.CommitBlockListAsync([Convert.ToBase64String("1"u8)]);

        Assert.Equal(500, failure.Status);
        Assert.True(await container.GetBlobClient("x").ExistsAsync());
    }

    [Fact]
    public async Task A_message_whose_answer_is_lost_is_there_twice_after_the_retry()
    {
        var queue = (await new QueueServiceClient(storage.ConnectionString, Options(3, new QueueClientOptions())).CreateQueueAsync(_name)).Value;
        await storage.FailAsync(new FaultRule(Method: "POST", Path: $"*/{_name}/messages", Drop: FaultDrop.After, Count: 1));

        await queue.SendMessageAsync("once");

        Assert.Equal(2, (await queue.ReceiveMessagesAsync(maxMessages: 10)).Value.Length);
    }

    private static T Options<T>(int retries, T options)
        where T : ClientOptions
    {
        options.Retry.MaxRetries = retries;
        options.Retry.Delay = TimeSpan.FromMilliseconds(5);
        options.Retry.MaxDelay = TimeSpan.FromMilliseconds(50);
        return options;
    }

    private BlobServiceClient Blobs(int retries) => new(storage.ConnectionString, Options(retries, new BlobClientOptions()));
}
