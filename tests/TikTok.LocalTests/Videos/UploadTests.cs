using System.Net;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Specialized;
using Azure.Storage.Sas;
using TikTok.Core;
using TikTok.Core.Documents;
using TikTok.Core.Storage;
using TikTok.Functions.Platform;
using TikTok.Functions.Videos.Processing;
using TikTok.Functions.Videos.Upload;
using TikTok.Local.Faults;

namespace TikTok.LocalTests.Videos;

public sealed class UploadTests(VideoPlant plant) : IClassFixture<VideoPlant>
{
    [Fact]
    public async Task A_video_copies_of_its_creators_account_what_feeds_and_rankers_need()
    {
        var video = await plant.FindAsync((await plant.BeginAsync()).VideoId);

        Assert.Equal((VideoPlant.Creator.Username, "SE", false), (video.Username, video.OwnerCountry, video.OwnerPrivate));
    }

    [Fact]
    public async Task Blocks_go_up_in_parallel_one_fails_and_is_sent_again_and_the_state_tells_which()
    {
        var begun = await plant.BeginAsync(fileSize: 800);
        var client = new BlockBlobClient(new Uri(begun.UploadUrl), NoRetries());
        await plant.Storage.FailAsync(new FaultRule(Path: $"*/uploads/{begun.VideoId}", Query: Uri.EscapeDataString(BlockId(5)), Status: 500, Count: 1));

        var sent = await Task.WhenAll(Enumerable.Range(0, 8).Select(async n =>
        {
            try
            {
                await client.StageBlockAsync(BlockId(n), new MemoryStream(Block(n)));
                return true;
            }
            catch (RequestFailedException)
            {
                return false;
            }
        }));
        var state = await plant.Uploads.StateAsync(begun.VideoId, VideoPlant.Creator, default);
        var again = new BlockBlobClient(new Uri(state.UploadUrl!), NoRetries());
        foreach (var n in Enumerable.Range(0, 8).Where(n => state.Blocks.All(b => b.Id != BlockId(n)))) await again.StageBlockAsync(BlockId(n), new MemoryStream(Block(n)));
        await again.CommitBlockListAsync(Enumerable.Range(0, 8).Select(BlockId));

        Assert.Equal(7, sent.Count(ok => ok));
        Assert.False(state.Committed);
        Assert.Equal(7, state.Blocks.Count);
        Assert.All(state.Blocks, b => Assert.Equal(100, b.Size));
        var content = (await plant.Upload(begun.VideoId).DownloadContentAsync()).Value.Content.ToArray();
        Assert.Equal(Enumerable.Range(0, 8).SelectMany(Block), content);
        Assert.True((await plant.Uploads.StateAsync(begun.VideoId, VideoPlant.Creator, default)).Committed);
    }

    [Fact]
    public async Task An_upload_url_reads_nothing_and_writes_no_other_blob()
    {
        var begun = await plant.BeginAsync();
        await plant.Upload(begun.VideoId).UploadAsync(BinaryData.FromString("secret"));
        var other = new BlobUriBuilder(new Uri(begun.UploadUrl)) { BlobName = Id.New(TimeProvider.System) }.ToUri();
        var elsewhere = new BlobUriBuilder(new Uri(begun.UploadUrl)) { BlobContainerName = BlobContainers.Media }.ToUri();

        Assert.Equal(403, await StatusOfAsync(() => new BlobClient(new Uri(begun.UploadUrl), NoRetries()).DownloadContentAsync()));
        Assert.Equal(403, await StatusOfAsync(() => new BlobClient(new Uri(begun.UploadUrl), NoRetries()).DeleteAsync()));
        Assert.Equal(403, await StatusOfAsync(() => new BlobClient(other, NoRetries()).UploadAsync(BinaryData.FromString("x"), overwrite: true)));
        Assert.Equal(403, await StatusOfAsync(() => new BlobClient(elsewhere, NoRetries()).UploadAsync(BinaryData.FromString("x"), overwrite: true)));
    }

    [Fact]
    public async Task An_expired_url_is_refused()
    {
        var expired = await plant.Sas.SignAsync(BlobContainers.Uploads, Id.New(TimeProvider.System), BlobSasPermissions.Write, TimeSpan.FromSeconds(-30), default);

        Assert.Equal(403, await StatusOfAsync(() => new BlobClient(expired.Url, NoRetries()).UploadAsync(BinaryData.FromString("x"), overwrite: true)));
    }

    [Fact]
    public async Task The_same_call_again_is_the_same_upload_with_a_fresh_url()
    {
        var id = Id.New(TimeProvider.System);

        var first = await plant.BeginAsync(id);
        var second = await plant.BeginAsync(id);

        Assert.Equal(id, first.VideoId);
        Assert.Equal(id, second.VideoId);
        Assert.True(second.ExpiresAt >= first.ExpiresAt);
    }

    [Fact]
    public async Task An_id_of_another_account_or_of_an_upload_that_is_over_is_taken()
    {
        var mine = await plant.BeginAsync();
        var over = await plant.BeginAsync();
        await plant.LandAsync(over.VideoId);
        var request = new UploadInitRequest { Filename = "clip.mp4", Filesize = 1_000, DurationMs = 20_000, VideoId = mine.VideoId };

        var theirs = await Assert.ThrowsAsync<ProblemException>(() => plant.Uploads.BeginAsync(request, VideoPlant.Stranger, default));
        var late = await Assert.ThrowsAsync<ProblemException>(() => plant.BeginAsync(over.VideoId));

        Assert.Equal(409, theirs.Problem.Status);
        Assert.Equal(theirs.Problem, late.Problem);
    }

    [Fact]
    public async Task Nobody_else_sees_or_completes_an_upload()
    {
        var begun = await plant.BeginAsync();
        var words = new VideoWords { Title = "Mine", Visibility = Visibility.Public };

        Assert.Equal(404, (await Assert.ThrowsAsync<ProblemException>(() => plant.Uploads.StateAsync(begun.VideoId, VideoPlant.Stranger, default))).Problem.Status);
        Assert.Equal(404, (await Assert.ThrowsAsync<ProblemException>(() => plant.Uploads.CompleteAsync(begun.VideoId, words, VideoPlant.Stranger, default))).Problem.Status);
        Assert.Equal(404, (await Assert.ThrowsAsync<ProblemException>(() => plant.Uploads.StateAsync("../accounts", VideoPlant.Creator, default))).Problem.Status);
    }

    [Theory]
    [InlineData("01kakg00000000000000000zzz")]
    [InlineData("no-id-at-all")]
    public async Task A_blob_that_belongs_to_no_video_is_removed(string name)
    {
        await plant.Upload(name).UploadAsync(BinaryData.FromString("stray"), overwrite: true);

        await plant.Triggers.LandAsync(plant.Upload(name), name, default);

        Assert.False(await plant.Upload(name).ExistsAsync());
    }

    [Fact]
    public async Task A_blob_larger_than_declared_fails_and_is_removed()
    {
        var begun = await plant.BeginAsync(fileSize: 10);

        await plant.LandAsync(begun.VideoId, bytes: 11);

        var video = await plant.FindAsync(begun.VideoId);
        Assert.Equal(VideoStatus.Failed, video.Status);
        Assert.NotNull(video.Reason);
        Assert.Empty(await plant.BlobsOfAsync(begun.VideoId));
    }

    private static string BlockId(int number) => Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes($"block-{number:D4}"));

    private static byte[] Block(int number) => [.. Enumerable.Repeat((byte)number, 100)];

    private static BlobClientOptions NoRetries() => new() { Retry = { MaxRetries = 0 } };

    private static async Task<int> StatusOfAsync<T>(Func<Task<T>> call)
    {
        try
        {
            await call();
            return (int)HttpStatusCode.OK;
        }
        catch (RequestFailedException e)
        {
            return e.Status;
        }
    }
}
