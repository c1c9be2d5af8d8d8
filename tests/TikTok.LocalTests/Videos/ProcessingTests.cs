using Azure;
using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;
using TikTok.Core.Messages;
using TikTok.Core.Storage;
using TikTok.Functions.Videos.Processing;
using TikTok.Functions.Videos.Sweeps;
using TikTok.Local.Faults;

namespace TikTok.LocalTests.Videos;

public sealed class ProcessingTests(VideoPlant plant) : IClassFixture<VideoPlant>
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Either_half_first_and_both_twice_make_one_probe_job(bool landsFirst)
    {
        var id = (await plant.BeginAsync()).VideoId;

        for (var round = 0; round < 2; round++)
        {
            if (landsFirst) await plant.LandAsync(id);
            await plant.CompleteAsync(id);
            if (!landsFirst) await plant.LandAsync(id);
        }

        Assert.Equal(VideoStatus.Processing, (await plant.FindAsync(id)).Status);
        Assert.Equal(1, await plant.CountAsync(Queues.Probe, id));
    }

    [Fact]
    public async Task Both_halves_at_once_never_miss_each_other()
    {
        for (var round = 0; round < 10; round++)
        {
            var id = (await plant.BeginAsync()).VideoId;
            await plant.Upload(id).UploadAsync(new BinaryData(new byte[1_000]));

            await Task.WhenAll(plant.Triggers.LandAsync(plant.Upload(id), id, default), plant.CompleteAsync(id));

            Assert.NotNull((await plant.FindAsync(id)).Handovers.Probe);
            Assert.True(await plant.CountAsync(Queues.Probe, id) >= 1);
            await plant.Queues.GetQueueClient(Queues.Probe).ClearMessagesAsync();
        }
    }

    [Fact]
    public async Task A_job_that_could_not_be_queued_is_queued_when_the_message_comes_again()
    {
        var id = (await plant.BeginAsync()).VideoId;
        await plant.LandAsync(id);
        await plant.Storage.FailAsync(new FaultRule(Method: "POST", Path: $"*/{Queues.Probe}/messages", Status: 500, Count: 1));

        await Assert.ThrowsAsync<RequestFailedException>(() => plant.CompleteAsync(id));
        var between = await plant.FindAsync(id);
        await plant.CompleteAsync(id);

        Assert.Equal(VideoStatus.Processing, between.Status);
        Assert.Null(between.Handovers.Probe);
        Assert.Equal(1, await plant.CountAsync(Queues.Probe, id));
    }

    [Fact]
    public async Task The_lowest_rendition_publishes_the_rest_joins_and_the_raw_upload_goes()
    {
        var id = (await plant.BeginAsync()).VideoId;
        await plant.LandAsync(id);
        await plant.CompleteAsync(id);
        await plant.ProbedAsync(id);
        Assert.Equal(1, await plant.CountAsync(Queues.TranscodeJobs, id));

        await plant.PlaysAsync(id, BlobContainers.Media);
        var published = await plant.FindAsync(id);
        var rawWhileEncoding = (await plant.Upload(id).ExistsAsync()).Value;
        await plant.PlaysAsync(id, BlobContainers.Media, "480p");
        await plant.TranscodedAsync(id);

        var done = await plant.FindAsync(id);
        Assert.Equal(VideoStatus.Ready, published.Status);
        Assert.NotNull(published.Handovers.Published);
        Assert.True(rawWhileEncoding);
        Assert.Equal(2, done.Renditions.Count);
        Assert.Equal(100, done.Progress);
        Assert.False(await plant.Upload(id).ExistsAsync());
    }

    [Fact]
    public async Task A_failed_probe_tells_why_and_removes_the_raw_upload()
    {
        var id = (await plant.BeginAsync()).VideoId;
        await plant.LandAsync(id);
        await plant.CompleteAsync(id);

        await plant.StepAsync(new VideoStep { VideoId = id, Step = VideoStepNames.Probe, Outcome = StepOutcome.Failed, Reason = "There is no picture in it." });

        var video = await plant.FindAsync(id);
        Assert.Equal((VideoStatus.Failed, "There is no picture in it."), (video.Status, video.Reason));
        Assert.Empty(await plant.BlobsOfAsync(id));
    }

    [Fact]
    public async Task Deletion_during_the_encoding_leaves_no_blob_although_renditions_still_come()
    {
        var id = (await plant.BeginAsync()).VideoId;
        await plant.LandAsync(id);
        await plant.CompleteAsync(id);
        await plant.ProbedAsync(id);
        await plant.PlaysAsync(id, BlobContainers.Media);

        await plant.DeleteAsync(id);
        await plant.RemoveAsync(id);
        Assert.Empty(await plant.BlobsOfAsync(id));
        await plant.PlaysAsync(id, BlobContainers.Media, "480p");
        await plant.LandAsync(id);
        await plant.RemoveAsync(id);

        var tombstone = await plant.FindAsync(id);
        Assert.Empty(await plant.BlobsOfAsync(id));
        Assert.True(await plant.CountAsync(Queues.VideoDeletions, id) >= 2);
        Assert.Equal((VideoStatus.Deleted, ""), (tombstone.Status, tombstone.Title));
        Assert.NotNull(tombstone.RemovedAt);
        Assert.NotNull(tombstone.Ttl);
    }

    [Fact]
    public async Task A_deletion_that_broke_off_is_finished_by_its_next_delivery()
    {
        var id = await plant.ReadyAsync();
        await plant.DeleteAsync(id);
        await plant.Storage.FailAsync(new FaultRule(Method: "DELETE", Path: $"*/media/{id}/*", Status: 500, Count: 1));

        await Assert.ThrowsAsync<RequestFailedException>(() => plant.RemoveAsync(id));
        var between = await plant.FindAsync(id);
        await plant.RemoveAsync(id);

        Assert.Null(between.RemovedAt);
        Assert.NotNull((await plant.FindAsync(id)).RemovedAt);
        Assert.Empty(await plant.BlobsOfAsync(id));
    }

    [Fact]
    public async Task Deletion_takes_staged_blocks_likes_comments_and_the_place_in_the_creators_list_along()
    {
        var id = await plant.ReadyAsync();
        var comment = new CommentDraft(id, null, VideoPlant.Stranger.UserId, "eve", Verified: false, "Nice.");
        var posted = CommentId.Parse((await plant.Comments.PostAsync(comment, default))!.Id)!.Value;
        await plant.UserVideos.ReflectAsync(await plant.FindAsync(id), default);
        await plant.Likes.SetAsync(VideoPlant.Stranger.UserId, id, liked: true, default);
        var staged = await plant.BeginAsync();
        await new Azure.Storage.Blobs.Specialized.BlockBlobClient(new Uri(staged.UploadUrl)).StageBlockAsync("AAAA", new MemoryStream([1, 2, 3]));

        foreach (var video in new[] { id, staged.VideoId })
        {
            await plant.DeleteAsync(video);
            await plant.RemoveAsync(video);
        }

        Assert.Empty(await plant.Likes.FindLikedAsync(VideoPlant.Stranger.UserId, [id], default));
        Assert.Null(await plant.Comments.FindAsync(posted, default));
        Assert.Null(await plant.Comments.PostAsync(comment, default));
        Assert.DoesNotContain(await plant.UserVideos.ListAsync(VideoPlant.Creator.UserId, null, VideoAudience.Owner, 100, default), row => row.VideoId == id);
        Assert.Empty(await plant.BlobsOfAsync(staged.VideoId));
        var blocks = await Assert.ThrowsAsync<RequestFailedException>(() => new Azure.Storage.Blobs.Specialized.BlockBlobClient(
            plant.Storage.ConnectionString, BlobContainers.Uploads, staged.VideoId).GetBlockListAsync());
        Assert.Equal(404, blocks.Status);
    }

    [Fact]
    public async Task A_changed_visibility_moves_the_media_and_plays_throughout()
    {
        var id = await plant.ReadyAsync();

        await plant.Pipeline.ChangeAsync(id, new VideoWords { Visibility = Visibility.Private }.ApplyTo, default);
        Assert.Equal(1, await plant.CountAsync(Queues.MediaMoves, id));
        Assert.Equal(BlobContainers.Media, (await plant.FindAsync(id)).MediaContainer);
        await plant.Mover.MoveAsync(id, default);

        var moved = await plant.FindAsync(id);
        Assert.Equal(BlobContainers.PrivateMedia, moved.MediaContainer);
        Assert.Null(moved.MoveLock);
        Assert.All(await plant.BlobsOfAsync(id), blob => Assert.StartsWith("media-private/", blob, StringComparison.Ordinal));
        Assert.Equal(3, (await plant.BlobsOfAsync(id)).Count);
    }

    [Fact]
    public async Task A_video_deleted_during_its_move_leaves_no_blob()
    {
        var id = await plant.ReadyAsync();
        await plant.Pipeline.ChangeAsync(id, new VideoWords { Visibility = Visibility.Private }.ApplyTo, default);
        await plant.Storage.FailAsync(new FaultRule(Method: "DELETE", Path: $"*/media/{id}/*", Status: 500, Count: 1));
        await Assert.ThrowsAsync<RequestFailedException>(() => plant.Mover.MoveAsync(id, default));

        await plant.DeleteAsync(id);
        await plant.RemoveAsync(id);
        await plant.Mover.MoveAsync(id, default);

        Assert.Empty(await plant.BlobsOfAsync(id));
    }

    [Fact]
    public async Task Lists_are_newest_first_and_show_others_only_what_is_published()
    {
        var owner = VideoPlant.Creator with { UserId = Id.New(TimeProvider.System) };
        var first = await plant.ReadyAsync();
        var second = await plant.ReadyAsync(Visibility.Private);
        foreach (var id in new[] { first, second, second }) await plant.UserVideos.ReflectAsync(await plant.FindAsync(id) with { UserId = owner.UserId }, default);

        var all = await plant.UserVideos.ListAsync(owner.UserId, null, VideoAudience.Owner, 10, default);
        var shown = await plant.UserVideos.ListAsync(owner.UserId, null, VideoAudience.Everyone, 10, default);
        var rest = await plant.UserVideos.ListAsync(owner.UserId, all[0].SortKey, VideoAudience.Owner, 10, default);

        Assert.Equal([second, first], all.Select(r => r.VideoId));
        Assert.Equal([first], shown.Select(r => r.VideoId));
        Assert.Equal([first], rest.Select(r => r.VideoId));
    }

    [Fact]
    public async Task The_sweep_hands_over_what_a_crash_left_and_deletes_what_was_forgotten()
    {
        var forgotten = (await plant.BeginAsync()).VideoId;
        var left = (await plant.BeginAsync()).VideoId;
        await plant.LandAsync(left);
        await plant.Storage.FailAsync(new FaultRule(Method: "POST", Path: $"*/{Queues.Probe}/messages", Status: 500, Count: 1));
        await Assert.ThrowsAsync<RequestFailedException>(() => plant.CompleteAsync(left));

        await new UnsettledVideos(plant.Videos, plant.Pipeline, new Later(TimeSpan.FromMinutes(11))).RunAsync(null, default);
        Assert.Equal(1, await plant.CountAsync(Queues.Probe, left));
        Assert.Equal(VideoStatus.Uploading, (await plant.FindAsync(forgotten)).Status);

        await new UnsettledVideos(plant.Videos, plant.Pipeline, new Later(TimeSpan.FromDays(8))).RunAsync(null, default);
        Assert.Equal(VideoStatus.Deleted, (await plant.FindAsync(forgotten)).Status);
        Assert.Equal(VideoStatus.Failed, (await plant.FindAsync(left)).Status);
    }

    private sealed class Later(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + by;
    }
}
