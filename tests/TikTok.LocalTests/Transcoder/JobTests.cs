using Azure.Storage.Blobs.Models;
using TikTok.Core;
using TikTok.Core.Documents;
using TikTok.Core.Messages;
using TikTok.Core.Storage;
using TikTok.Local.Faults;

namespace TikTok.LocalTests.Transcoder;

/// <summary>Executions of the container job over the real storage and Cosmos emulators.</summary>
public sealed class JobTests(JobFixture fixture) : IClassFixture<JobFixture>
{
    private static readonly string[] AllFor480 =
        ["240p.m3u8", "240p.mp4", "480p.m3u8", "480p.mp4", "master.m3u8", "thumb-1.jpg", "thumb-2.jpg", "thumb-3.jpg", "thumb-4.jpg", "thumb-5.jpg"];

    [Fact]
    public async Task An_empty_queue_is_a_good_end() => await fixture.RunAsync(Queues.Probe);

    [Fact]
    public async Task A_probe_answers_with_what_it_found()
    {
        var videoId = await fixture.UploadAsync(await fixture.Clips.RotatedAsync(640, 360));
        await fixture.SendAsync(Queues.Probe, new ProbeJob(videoId));

        await fixture.RunAsync(Queues.Probe);

        var step = Assert.Single(await fixture.TakeStepsAsync(videoId));
        Assert.Equal((VideoStepNames.Probe, StepOutcome.Succeeded), (step.Step, step.Outcome));
        Assert.Equal((360, 640, 90), (step.Probe!.Width, step.Probe.Height, step.Probe.Rotation));
        Assert.Equal(0, await fixture.CountAsync(Queues.Probe));
    }

    [Fact]
    public async Task A_file_that_is_no_video_fails_at_once_with_a_reason()
    {
        var videoId = await fixture.UploadAsync(await fixture.Clips.WriteAsync("text.mp4", "hello, this is not a video"u8.ToArray()));
        await fixture.SendAsync(Queues.Probe, new ProbeJob(videoId));

        await fixture.RunAsync(Queues.Probe);

        var step = Assert.Single(await fixture.TakeStepsAsync(videoId));
        Assert.Equal((VideoStepNames.Probe, StepOutcome.Failed), (step.Step, step.Outcome));
        Assert.Contains("not a video", step.Reason);
        Assert.Equal(0, await fixture.CountAsync(Queues.Probe));
    }

    [Fact]
    public async Task A_message_that_cannot_be_read_goes_to_the_poison_queue()
    {
        await fixture.SendTextAsync(Queues.TranscodeJobs, """{"videoId":"../../etc"}""");

        await fixture.RunAsync(Queues.TranscodeJobs);

        Assert.Equal(0, await fixture.CountAsync(Queues.TranscodeJobs));
        Assert.Contains("etc", (await fixture.ReceiveAsync($"{Queues.TranscodeJobs}-poison"))!.Body.ToString());
    }

    [Fact]
    public async Task A_transcoding_publishes_everything_lowest_first_and_a_second_delivery_ends_in_the_same_blobs()
    {
        var clip = await fixture.Clips.VideoAsync(854, 480, seconds: 6);
        var videoId = await fixture.UploadAsync(clip);
        await fixture.SendTranscodeAsync(videoId, clip);
        await fixture.RunAsync(Queues.TranscodeJobs);

        var steps = await fixture.TakeStepsAsync(videoId);
        var succeeded = steps.Where(s => s.Outcome == StepOutcome.Succeeded).ToList();
        Assert.Equal(["thumbnails", "rendition 240p", "rendition 480p", "transcode"], succeeded.Select(s => $"{s.Step} {s.Rendition?.Name}".Trim()));
        Assert.Equal(5, succeeded[0].ThumbnailCount);
        var progress = steps.Where(s => s.Outcome == StepOutcome.Progress).Select(s => s.Progress!.Value).ToList();
        Assert.Equal(progress.Order().Distinct(), progress);
        Assert.Equal(0, await fixture.CountAsync(Queues.TranscodeJobs));

        var first = await fixture.MediaAsync(videoId);
        Assert.Equal(AllFor480, first.Keys);
        await AssertHeadersAsync(videoId, "240p.mp4", "video/mp4", "immutable");
        await AssertHeadersAsync(videoId, "240p.m3u8", "application/vnd.apple.mpegurl", "max-age=10");
        await AssertHeadersAsync(videoId, "master.m3u8", "application/vnd.apple.mpegurl", "max-age=10");
        await AssertHeadersAsync(videoId, "thumb-3.jpg", "image/jpeg", "immutable");

        await fixture.SendTranscodeAsync(videoId, clip);
        await fixture.RunAsync(Queues.TranscodeJobs);
        Assert.Equal(first, await fixture.MediaAsync(videoId));
        var again = (await fixture.TakeStepsAsync(videoId)).Select(s => (s.Step, s.Outcome, s.Rendition, s.ThumbnailCount));
        Assert.Equal(succeeded.Select(s => (s.Step, s.Outcome, s.Rendition, s.ThumbnailCount)), again);
    }

    [Fact]
    public async Task A_delivery_after_the_answer_has_arrived_writes_nothing()
    {
        var clip = await fixture.Clips.VideoAsync(320, 240, seconds: 2);
        var videoId = await fixture.UploadAsync(clip);
        await fixture.Videos.ChangeAsync(videoId, v => v with { TranscodedAt = TimeProvider.System.GetUtcNow() }, CancellationToken.None);
        await fixture.SendTranscodeAsync(videoId, clip);

        await fixture.RunAsync(Queues.TranscodeJobs);

        Assert.Empty(await fixture.MediaAsync(videoId));
        Assert.Empty(await fixture.TakeStepsAsync(videoId));
        Assert.Equal(0, await fixture.CountAsync(Queues.TranscodeJobs));
    }

    [Fact]
    public async Task A_video_that_not_all_may_see_goes_into_the_private_container()
    {
        var clip = await fixture.Clips.VideoAsync(320, 240, seconds: 2);
        var videoId = await fixture.UploadAsync(clip);
        await fixture.SendTranscodeAsync(videoId, clip, BlobContainers.PrivateMedia);

        await fixture.RunAsync(Queues.TranscodeJobs);

        Assert.Empty(await fixture.MediaAsync(videoId));
        Assert.Contains("master.m3u8", (await fixture.MediaAsync(videoId, BlobContainers.PrivateMedia)).Keys);
    }

    [Fact]
    public async Task Killed_half_way_the_next_delivery_finishes()
    {
        var clip = await fixture.Clips.VideoAsync(854, 480, seconds: 20);
        var videoId = await fixture.UploadAsync(clip);
        await fixture.SendTranscodeAsync(videoId, clip);
        await using (var killed = fixture.Start(Queues.TranscodeJobs, ("Transcoder__VisibilitySeconds", "3")))
        {
            await killed.EncodingAsync();
            await killed.KillAsync();
        }

        while (await fixture.CountAsync(Queues.TranscodeJobs) > 0) await fixture.RunAsync(Queues.TranscodeJobs);

        Assert.Equal(AllFor480, (await fixture.MediaAsync(videoId)).Keys);
        Assert.Contains(await fixture.TakeStepsAsync(videoId), s => s.Rendition?.Name == "480p");
    }

    [Fact]
    public async Task Deleted_meanwhile_stops_the_encoder_and_leaves_no_blob()
    {
        var clip = await fixture.Clips.VideoAsync(854, 480, seconds: 20);
        var videoId = await fixture.UploadAsync(clip);
        await fixture.Blobs.GetBlobContainerClient(BlobContainers.Media).GetBlobClient(MediaPaths.Master(videoId)).UploadAsync(new BinaryData("an earlier execution's"));
        await fixture.SendTranscodeAsync(videoId, clip);
        await using var execution = fixture.Start(Queues.TranscodeJobs);
        await execution.EncodingAsync();

        await fixture.DeleteAsync(videoId);

        Assert.Equal(0, await execution.ExitCodeAsync());
        Assert.Empty(execution.Tools());
        Assert.Empty(await fixture.MediaAsync(videoId));
        Assert.Equal(0, await fixture.CountAsync(Queues.TranscodeJobs));
        Assert.DoesNotContain(await fixture.TakeStepsAsync(videoId), s => s.Outcome != StepOutcome.Progress);
    }

    [Fact]
    public async Task Deleted_during_the_last_upload_the_check_after_it_removes_everything()
    {
        var clip = await fixture.Clips.VideoAsync(854, 480, seconds: 6);
        var videoId = await fixture.UploadAsync(clip);
        await fixture.SendTranscodeAsync(videoId, clip);
        await fixture.FailAsync(new FaultRule(Method: "PUT", Path: $"*/{videoId}/480p.m3u8", DelayMs: 4000));
        await using var execution = fixture.Start(Queues.TranscodeJobs, ("Transcoder__WatchIntervalMs", "600000"));
        while (!(await fixture.MediaAsync(videoId)).ContainsKey("480p.mp4")) await Task.Delay(50);

        await fixture.DeleteAsync(videoId);

        Assert.Equal(0, await execution.ExitCodeAsync());
        await fixture.HealAsync();
        Assert.Contains(await fixture.TakeStepsAsync(videoId), s => s.Rendition?.Name == "480p");
        Assert.Empty(await fixture.MediaAsync(videoId));
    }

    [Fact]
    public async Task A_storage_fault_between_two_rungs_leaves_a_playlist_of_what_is_there_and_the_next_attempt_completes_it()
    {
        var clip = await fixture.Clips.VideoAsync(854, 480, seconds: 6);
        var videoId = await fixture.UploadAsync(clip);
        await fixture.SendTranscodeAsync(videoId, clip);
        await fixture.FailAsync(new FaultRule(Method: "PUT", Path: $"*/{videoId}/480p.mp4", Status: 403));
        await fixture.RunAsync(Queues.TranscodeJobs, ("Transcoder__RetryDelayMs", "0"));
        await fixture.HealAsync();
        Assert.DoesNotContain("480p", await fixture.PlaylistAsync(videoId));
        Assert.Equal(["240p"], (await fixture.TakeStepsAsync(videoId)).Where(s => s.Rendition is not null).Select(s => s.Rendition!.Name));
        var before = await fixture.MediaAsync(videoId);

        await fixture.RunAsync(Queues.TranscodeJobs);

        var after = await fixture.MediaAsync(videoId);
        Assert.Equal(before["240p.mp4"], after["240p.mp4"]);
        Assert.Equal(before["thumb-1.jpg"], after["thumb-1.jpg"]);
        Assert.Equal(["240p", "480p"], (await fixture.TakeStepsAsync(videoId)).Where(s => s.Rendition is not null).Select(s => s.Rendition!.Name));

        Assert.Contains("480p", await fixture.PlaylistAsync(videoId));
        Assert.Equal(AllFor480, (await fixture.MediaAsync(videoId)).Keys);
        Assert.Equal(0, await fixture.CountAsync(Queues.TranscodeJobs));
    }

    [Fact]
    public async Task Deleted_before_it_began_nothing_is_written()
    {
        var clip = await fixture.Clips.VideoAsync(320, 240, seconds: 2);
        var videoId = await fixture.UploadAsync(clip);
        await fixture.DeleteAsync(videoId);
        await fixture.SendTranscodeAsync(videoId, clip);
        await fixture.SendTranscodeAsync(Id.New(TimeProvider.System), clip);

        await fixture.RunAsync(Queues.TranscodeJobs);
        await fixture.RunAsync(Queues.TranscodeJobs);

        Assert.Empty(await fixture.MediaAsync(videoId));
        Assert.Empty(await fixture.TakeStepsAsync(videoId));
        Assert.Equal(0, await fixture.CountAsync(Queues.TranscodeJobs));
    }

    [Fact]
    public async Task A_stop_ends_the_encoder_and_gives_the_message_back_at_once()
    {
        var clip = await fixture.Clips.VideoAsync(854, 480, seconds: 20);
        var videoId = await fixture.UploadAsync(clip);
        await fixture.SendTranscodeAsync(videoId, clip);
        await using var execution = fixture.Start(Queues.TranscodeJobs);
        await execution.EncodingAsync();

        await execution.TerminateAsync();

        Assert.Equal(0, await execution.ExitCodeAsync());
        Assert.Empty(execution.Tools());
        Assert.NotNull(await fixture.ReceiveAsync(Queues.TranscodeJobs));
        await fixture.ClearAsync(Queues.TranscodeJobs);
        Assert.Empty(await fixture.MediaAsync(videoId));
    }

    [Fact]
    public async Task A_process_that_keeps_failing_is_tried_three_times_and_then_failed_with_a_reason()
    {
        var clip = await fixture.Clips.VideoAsync(320, 240, seconds: 2);
        var videoId = await fixture.UploadAsync(clip);
        await fixture.SendTranscodeAsync(videoId, clip);
        var broken = await BrokenToolsAsync();
        (string, string)[] settings = [("Transcoder__ToolsFolder", broken), ("Transcoder__RetryDelayMs", "0")];

        await fixture.RunAsync(Queues.TranscodeJobs, settings);
        await fixture.RunAsync(Queues.TranscodeJobs, settings);
        Assert.Empty(await fixture.TakeStepsAsync(videoId));
        Assert.Equal(1, await fixture.CountAsync(Queues.TranscodeJobs));
        await fixture.RunAsync(Queues.TranscodeJobs, settings);

        var step = Assert.Single(await fixture.TakeStepsAsync(videoId));
        Assert.Equal((VideoStepNames.Transcode, StepOutcome.Failed), (step.Step, step.Outcome));
        Assert.Contains("could not be converted", step.Reason);
        Assert.Equal(0, await fixture.CountAsync(Queues.TranscodeJobs));
    }

    [Fact]
    public async Task A_failed_attempt_waits_before_the_next_one()
    {
        var clip = await fixture.Clips.VideoAsync(320, 240, seconds: 2);
        var videoId = await fixture.UploadAsync(clip);
        await fixture.SendTranscodeAsync(videoId, clip);

        await fixture.RunAsync(Queues.TranscodeJobs, ("Transcoder__ToolsFolder", await BrokenToolsAsync()));

        Assert.Null(await fixture.ReceiveAsync(Queues.TranscodeJobs));
        Assert.Equal(1, await fixture.CountAsync(Queues.TranscodeJobs));
        await fixture.ClearAsync(Queues.TranscodeJobs);
        Assert.Empty(await fixture.TakeStepsAsync(videoId));
    }

    private async Task AssertHeadersAsync(string videoId, string name, string contentType, string cache)
    {
        BlobProperties properties = await fixture.Blobs.GetBlobContainerClient(BlobContainers.Media).GetBlobClient($"{videoId}/{name}").GetPropertiesAsync();
        Assert.Equal(contentType, properties.ContentType);
        Assert.Contains(cache, properties.CacheControl);
    }

    /// <summary>A folder with an ffmpeg that complains and fails.</summary>
    private async Task<string> BrokenToolsAsync()
    {
        var folder = Directory.CreateDirectory(Path.Combine(fixture.Clips.Folder, "broken")).FullName;
        var file = Path.Combine(folder, "ffmpeg");
        await File.WriteAllTextAsync(file, "#!/bin/sh\necho 'out of order' >&2\nexit 1\n");
        await Tool.RunAsync("chmod", "+x", file);
        return folder;
    }
}
