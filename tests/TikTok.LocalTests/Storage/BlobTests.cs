using System.Net;
using System.Text;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Azure.Storage.Sas;

namespace TikTok.LocalTests.Storage;

public sealed class BlobTests(StorageProcess storage) : IClassFixture<StorageProcess>
{
    [Fact]
    public async Task Blocks_staged_in_parallel_are_committed_in_the_order_that_was_asked()
    {
        var blob = (await ContainerAsync()).GetBlockBlobClient("clip");
        var blocks = Enumerable.Range(0, 12).Select(i => (Id: BlockId(i), Bytes: RandomBytes(300_000 + i, i))).ToList();
        await Parallel.ForEachAsync(blocks.AsEnumerable().Reverse(), new ParallelOptions { MaxDegreeOfParallelism = 6 }, async (block, token) =>
            await blob.StageBlockAsync(block.Id, new MemoryStream(block.Bytes), cancellationToken: token));

        var staged = await blob.GetBlockListAsync(BlockListTypes.Uncommitted);
        await blob.CommitBlockListAsync(blocks.Select(b => b.Id));
        var content = (await blob.DownloadContentAsync()).Value.Content.ToArray();

        Assert.Equal(blocks.Select(b => b.Id).Order(), staged.Value.UncommittedBlocks.Select(b => b.Name).Order());
        Assert.Equal(blocks.SelectMany(b => b.Bytes), content);
    }

    [Fact]
    public async Task A_block_of_64_MiB_passes_through()
    {
        var blob = (await ContainerAsync()).GetBlockBlobClient("large");
        var bytes = RandomBytes(64 << 20, 7);

        await blob.StageBlockAsync(BlockId(0), new MemoryStream(bytes));
        await blob.CommitBlockListAsync([BlockId(0)]);

        Assert.Equal(bytes.Length, (await blob.GetPropertiesAsync()).Value.ContentLength);
        var range = await blob.DownloadContentAsync(new BlobDownloadOptions { Range = new HttpRange(50_000_000, 1000) });
        Assert.Equal(bytes.AsSpan(50_000_000, 1000).ToArray(), range.Value.Content.ToArray());
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("folder/with space/ünïcode 🎬 + & % ?.mp4")]
    public async Task A_blob_with_this_name_is_put_listed_read_and_deleted(string name)
    {
        var container = await ContainerAsync();
        var blob = container.GetBlobClient(name);

        await blob.UploadAsync(BinaryData.FromString("content"), new BlobUploadOptions { Metadata = new Dictionary<string, string> { ["k"] = "v" } });
        var listed = container.GetBlobsAsync().ToBlockingEnumerable().Single();
        var properties = (await blob.GetPropertiesAsync()).Value;
        await blob.DeleteAsync();

        Assert.Equal(name, listed.Name);
        Assert.Equal("v", properties.Metadata["k"]);
        Assert.False(await blob.ExistsAsync());
    }

    [Fact]
    public async Task A_range_is_answered_with_206_and_only_its_bytes()
    {
        var blob = (await ContainerAsync()).GetBlobClient("ranges");
        await blob.UploadAsync(BinaryData.FromBytes(RandomBytes(1000, 1)));
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, blob.GenerateSasUri(BlobSasPermissions.Read, Soon));
        request.Headers.Range = new(100, 199);

        using var response = await http.SendAsync(request);

        Assert.Equal(HttpStatusCode.PartialContent, response.StatusCode);
        Assert.Equal("bytes 100-199/1000", response.Content.Headers.ContentRange?.ToString());
        Assert.Equal(RandomBytes(1000, 1).AsSpan(100, 100).ToArray(), await response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task A_signature_for_one_blob_writes_that_blob_and_no_other()
    {
        var container = await ContainerAsync();
        var sas = container.GetBlobClient("mine").GenerateSasUri(BlobSasPermissions.Create | BlobSasPermissions.Write, Soon);
        var other = new UriBuilder(sas) { Path = $"/devstoreaccount1/{container.Name}/other" }.Uri;

        await new BlockBlobClient(sas).UploadAsync(new MemoryStream([1, 2, 3]));
        var refused = await Assert.ThrowsAsync<RequestFailedException>(() => new BlockBlobClient(other).UploadAsync(new MemoryStream([1])));
        var unread = await Assert.ThrowsAsync<RequestFailedException>(() => new BlobClient(sas).DownloadContentAsync());

        Assert.Equal((403, 403), (refused.Status, unread.Status));
        Assert.True(await container.GetBlobClient("mine").ExistsAsync());
    }

    [Fact]
    public async Task A_large_upload_that_is_refused_is_answered()
    {
        var container = await ContainerAsync();
        var expired = container.GetBlobClient("late").GenerateSasUri(BlobSasPermissions.Write, TimeProvider.System.GetUtcNow().AddMinutes(-5));

        var refused = await Assert.ThrowsAsync<RequestFailedException>(
            () => new BlockBlobClient(expired).StageBlockAsync(BlockId(0), new MemoryStream(new byte[32 << 20])));

        Assert.Equal(403, refused.Status);
    }

    [Fact]
    public async Task Conditions_on_the_etag_are_kept()
    {
        var blob = (await ContainerAsync()).GetBlobClient("etag");
        var first = (await blob.UploadAsync(BinaryData.FromString("1"))).Value.ETag;
        await blob.UploadAsync(BinaryData.FromString("2"), overwrite: true);

        var stale = await Assert.ThrowsAsync<RequestFailedException>(() => blob.DeleteAsync(conditions: new BlobRequestConditions { IfMatch = first }));

        Assert.Equal(412, stale.Status);
    }

    [Fact]
    public async Task A_blob_is_copied_within_the_account()
    {
        var container = await ContainerAsync();
        await container.GetBlobClient("a").UploadAsync(BinaryData.FromString("content"));

        var copy = await container.GetBlobClient("b").StartCopyFromUriAsync(container.GetBlobClient("a").Uri);
        await copy.WaitForCompletionAsync();

        Assert.Equal("content", (await container.GetBlobClient("b").DownloadContentAsync()).Value.Content.ToString());
    }

    [Fact]
    public async Task A_browser_may_upload_from_another_origin()
    {
        using var http = new HttpClient();
        using var preflight = new HttpRequestMessage(HttpMethod.Options, new Uri(storage.BlobAddress, "devstoreaccount1/uploads/x?comp=block"));
        preflight.Headers.Add("Origin", "http://localhost:5173");
        preflight.Headers.Add("Access-Control-Request-Method", "PUT");
        preflight.Headers.Add("Access-Control-Request-Headers", "x-ms-blob-type,content-type");

        using var response = await http.SendAsync(preflight);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Contains(response.Headers.GetValues("Access-Control-Allow-Origin"), origin => origin is "*" or "http://localhost:5173");
    }

    private static DateTimeOffset Soon => TimeProvider.System.GetUtcNow().AddHours(1);

    private static string BlockId(int i) => Convert.ToBase64String(Encoding.UTF8.GetBytes($"block-{i:D6}"));

    private static byte[] RandomBytes(int count, int seed)
    {
        var bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private async Task<BlobContainerClient> ContainerAsync() =>
        await storage.Blobs.CreateBlobContainerAsync("c" + Guid.NewGuid().ToString("N"));
}
