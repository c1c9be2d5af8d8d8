using Microsoft.Azure.Functions.Worker;
using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;
using TikTok.Core.Messages;
using TikTok.Core.Storage;
using TikTok.Functions.Videos.Processing;
using TikTok.Functions.Videos.Upload;

namespace TikTok.LocalTests.Crashes;

/// <summary>Upload, processing, likes and deletion of videos.</summary>
internal static class VideoStories
{
    public static IReadOnlyList<CrashStory> All { get; } =
    [
        new("UploadLanded", "the words came first", async stage =>
        {
            var id = await stage.VideoAsync(await stage.PersonAsync("ada"), with: Stage.Completed);
            return await LandAsync(stage, id);
        }),
        new("UploadLanded", "of a video that was deleted", async stage =>
        {
            var id = await stage.VideoAsync(await stage.PersonAsync("ada"), with: v => Stage.Deleted(v) with { RemovedAt = Stage.Begun });
            return await LandAsync(stage, id);
        }),
        new("UploadLanded", "of no video", stage => LandAsync(stage, stage.NewId("nothing"))),
        new("VideoStepTaken", "the probe succeeded", async stage =>
        {
            var id = await stage.VideoAsync(await stage.PersonAsync("ada"), with: Stage.Processing);
            await stage.BlobAsync(BlobContainers.Uploads, id);
            stage.Neighbours.Add(await LandAsync(stage, id));
            return Stage.Step(new VideoStep { VideoId = id, Step = VideoStepNames.Probe, Outcome = StepOutcome.Succeeded, Probe = Videos.VideoPlant.Probe });
        }),
        new("VideoStepTaken", "the probe failed", async stage =>
        {
            var id = await stage.VideoAsync(await stage.PersonAsync("ada"), with: Stage.Processing);
            await stage.BlobAsync(BlobContainers.Uploads, id);
            return Stage.Step(new VideoStep { VideoId = id, Step = VideoStepNames.Probe, Outcome = StepOutcome.Failed, Reason = "There is no picture in it." });
        }),
        new("VideoStepTaken", "the first rendition plays, and the rest is told around it", async stage =>
        {
            var id = await EncodingAsync(stage);
            stage.Neighbours.Add(Stage.Step(new VideoStep { VideoId = id, Step = VideoStepNames.Thumbnails, Outcome = StepOutcome.Succeeded, ThumbnailCount = 5 }));
            stage.Neighbours.Add(Stage.Step(new VideoStep { VideoId = id, Step = VideoStepNames.Transcode, Outcome = StepOutcome.Succeeded }));
            return PlaysAsync(id);
        }),
        new("VideoStepTaken", "all is encoded, and the renditions are told late", async stage =>
        {
            var id = await EncodingAsync(stage);
            stage.Neighbours.Add(PlaysAsync(id));
            return Stage.Step(new VideoStep { VideoId = id, Step = VideoStepNames.Transcode, Outcome = StepOutcome.Succeeded });
        }),
        new("VideoStepTaken", "of a video that was deleted meanwhile", async stage =>
        {
            var id = await stage.VideoAsync(await stage.PersonAsync("ada"), with: v => Stage.Deleted(v) with { RemovedAt = Stage.Begun });
            await stage.BlobAsync(BlobContainers.Media, MediaPaths.Rendition(id, "240p"));
            return PlaysAsync(id);
        }),
        new("VideoStepTaken", "of a video that nobody remembers", async stage =>
        {
            var id = stage.NewId("nothing");
            await stage.BlobAsync(BlobContainers.Media, MediaPaths.Rendition(id, "240p"));
            return PlaysAsync(id);
        }),
        new("VideoRemoved", "with blobs everywhere and likes", async stage =>
        {
            var (creator, fan) = (await stage.PersonAsync("ada"), await stage.PersonAsync("fan"));
            var id = await stage.VideoAsync(creator, with: Stage.Ready);
            await stage.Get<LikeStore>().SetAsync(fan.UserId, id, liked: true, default);
            await stage.World.DrainAsync();
            foreach (var (container, blob) in new[] { (BlobContainers.Uploads, id), (BlobContainers.Media, MediaPaths.Master(id)), (BlobContainers.PrivateMedia, MediaPaths.Master(id)) })
                await stage.BlobAsync(container, blob);
            await stage.Get<VideoStore>().ChangeAsync(id, v => v.AsDeleted(), default);
            stage.Neighbours.Add(PlaysAsync(id));
            return Stage.Message("VideoRemoved", new VideoDeletion(id));
        }),
        new("VideoRemoved", "that trends, and nobody comes near it", async stage =>
        {
            var id = await stage.VideoAsync(await stage.PersonAsync("ada"), with: Stage.Ready);
            await stage.Get<LikeStore>().SetAsync((await stage.PersonAsync("fan")).UserId, id, liked: true, default);
            await stage.World.DrainAsync();
            await stage.Get<VideoStore>().ChangeAsync(id, v => v.AsDeleted(), default);
            return Stage.Message("VideoRemoved", new VideoDeletion(id));
        }),
        new("MediaMoved", "from public to private", async stage =>
        {
            var id = await stage.VideoAsync(await stage.PersonAsync("ada"), with: v => Stage.Ready(v) with { Visibility = Visibility.Private });
            foreach (var blob in new[] { MediaPaths.Master(id), MediaPaths.Rendition(id, "240p") }) await stage.BlobAsync(BlobContainers.Media, blob);
            return Stage.Message("MediaMoved", new MediaMove(id));
        }),
        new("LeftoversSwept", "work that was never handed over", async stage =>
        {
            await stage.VideoAsync(await stage.PersonAsync("ada"), with: v => Stage.Processing(v) with { Handovers = new Handovers() });
            stage.World.Time.Offset = TimeSpan.FromMinutes(11);
            return Stage.Delivery("LeftoversSwept", new TimerInfo());
        }),
        new("LeftoversSwept", "a deletion that was never carried out", async stage =>
        {
            var id = await stage.VideoAsync(await stage.PersonAsync("ada"), with: Stage.Deleted);
            await stage.BlobAsync(BlobContainers.Media, MediaPaths.Master(id));
            stage.World.Time.Offset = TimeSpan.FromMinutes(11);
            return Stage.Delivery("LeftoversSwept", new TimerInfo());
        }),
        new("QueueDepthsMeasured", "writes nothing", _ => Task.FromResult(Stage.Delivery("QueueDepthsMeasured", new TimerInfo()))),
        new("UserVideosKept", "a video became ready", async stage =>
        {
            await stage.VideoAsync(await stage.PersonAsync("ada"), with: Stage.Ready);
            return Stage.Delivery("UserVideosKept", await stage.World.ChangesOfAsync(Containers.Videos));
        }),
        new("CreatorCopiesKept", "an account became private", async stage =>
        {
            var ada = await stage.PersonAsync("ada");
            var id = await stage.VideoAsync(ada, with: Stage.Ready);
            await stage.BlobAsync(BlobContainers.Media, MediaPaths.Master(id));
            await stage.World.DrainAsync();
            await stage.Get<AccountStore>().ChangeAsync(ada.UserId, a => a with { Private = true }, default);
            return Stage.Delivery("CreatorCopiesKept", await stage.World.ChangesOfAsync(Containers.Accounts));
        }),
        new("MirrorLikes", "a like and a like that was taken back", async stage =>
        {
            var (fan, eve) = (await stage.PersonAsync("fan"), await stage.PersonAsync("eve"));
            var id = await stage.VideoAsync(await stage.PersonAsync("ada"), with: Stage.Ready);
            foreach (var one in new[] { fan, eve }) await stage.Get<LikeStore>().SetAsync(one.UserId, id, liked: true, default);
            await stage.World.DrainAsync();
            await stage.Get<LikeStore>().SetAsync(eve.UserId, id, liked: false, default);
            return Stage.Delivery("MirrorLikes", await stage.World.ChangesOfAsync(Containers.Videos));
        }),
        Request("InitUpload", "with an id of the client's", async stage =>
        {
            var ada = await stage.PersonAsync("ada");
            return stage.Request("InitUpload", ada, new UploadInitRequest { Filename = "clip.mp4", Filesize = 1_000, DurationMs = 20_000, VideoId = stage.NewId("video") });
        }),
        Request("CompleteUpload", "the blob came first", async stage =>
        {
            var ada = await stage.PersonAsync("ada");
            var id = await stage.VideoAsync(ada, with: v => v with { Upload = v.Upload with { LandedAt = Stage.Begun, LandedBytes = 1_000 } });
            return stage.Request("CompleteUpload", ada, new UploadCompleteRequest { Title = "A clip", Visibility = Visibility.Public }, ("id", id));
        }),
        Request("EditVideo", "a title and who may see it", async stage =>
        {
            var ada = await stage.PersonAsync("ada");
            var id = await stage.VideoAsync(ada, with: Stage.Ready);
            await stage.BlobAsync(BlobContainers.Media, MediaPaths.Master(id));
            return stage.Request("EditVideo", ada, new UploadCompleteRequest { Title = "Another title", Visibility = Visibility.Private }, ("id", id));
        }),
        Request("DeleteVideo", "with blobs", async stage =>
        {
            var ada = await stage.PersonAsync("ada");
            var id = await stage.VideoAsync(ada, with: Stage.Ready);
            await stage.BlobAsync(BlobContainers.Media, MediaPaths.Master(id));
            return stage.Request("DeleteVideo", ada, null, ("id", id));
        }),
        Request("LikeVideo", "for the first time", async stage =>
        {
            var fan = await stage.PersonAsync("fan");
            return stage.Request("LikeVideo", fan, null, ("id", await stage.VideoAsync(await stage.PersonAsync("ada"), with: Stage.Ready)));
        }),
        Request("UnlikeVideo", "a like that is there", async stage =>
        {
            var fan = await stage.PersonAsync("fan");
            var id = await stage.VideoAsync(await stage.PersonAsync("ada"), with: Stage.Ready);
            await stage.Get<LikeStore>().SetAsync(fan.UserId, id, liked: true, default);
            await stage.World.DrainAsync();
            return stage.Request("UnlikeVideo", fan, null, ("id", id));
        }),
    ];

    private static CrashStory Request(string function, string what, Func<Stage, Task<Func<ProductProgram, Task>>> beginAsync) =>
        new(function, what, beginAsync) { IsRequest = true };

    private static async Task<Func<ProductProgram, Task>> LandAsync(Stage stage, string id)
    {
        await stage.BlobAsync(BlobContainers.Uploads, id);
        return Stage.Delivery("UploadLanded", stage.Upload(id), new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase) { ["name"] = id });
    }

    private static async Task<string> EncodingAsync(Stage stage)
    {
        var id = await stage.VideoAsync(await stage.PersonAsync("ada"), with: Stage.Encoding);
        await stage.BlobAsync(BlobContainers.Uploads, id);
        await stage.BlobAsync(BlobContainers.Media, MediaPaths.Rendition(id, "240p"));
        return id;
    }

    private static Func<ProductProgram, Task> PlaysAsync(string id) =>
        Stage.Step(new VideoStep { VideoId = id, Step = VideoStepNames.Rendition, Outcome = StepOutcome.Succeeded, Rendition = Stage.Rendition });
}
