using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;
using TikTok.Functions.Platform;
using TikTok.Functions.Social.Comments;

namespace TikTok.LocalTests.Crashes;

/// <summary>Comments, what is done to them, and shares.</summary>
internal static class CommentStories
{
    public static IReadOnlyList<CrashStory> All { get; } =
    [
        // Who posts again without an Idempotency-Key says it twice.
        new("PostComment", "a reply", async stage =>
        {
            var (fan, ada, comment) = await CommentedAsync(stage);
            return stage.Request("PostComment", ada, new CommentRequest("Thanks", comment.Id), ("id", comment.VideoId));
        })
        { IsRequest = true, MayRepeat = false },
        Request("DeleteComment", "by its author", (fan, ada) => fan),
        Request("LikeComment", "for the first time", (fan, ada) => ada),
        Request("UnlikeComment", "a like that is there", (fan, ada) => ada, (stage, ada, comment) =>
            stage.Get<CommentLikeStore>().SetAsync(ada.UserId, CommentId.Parse(comment.Id)!.Value, liked: true, default)),
        Request("PinComment", "by the video's creator", (fan, ada) => ada),
        Request("UnpinComment", "by the video's creator", (fan, ada) => ada, (stage, _, comment) =>
            stage.Get<CommentStore>().PinAsync(CommentId.Parse(comment.Id)!.Value, default)),
        new("FollowComments", "one that was posted, and one that was deleted", async stage =>
        {
            var (fan, ada, comment) = await CommentedAsync(stage);
            await stage.Get<CommentStore>().PostAsync(new CommentDraft(comment.VideoId, null, ada.UserId, "ada", false, "Hello", null), default);
            await stage.Get<CommentStore>().DeleteAsync(CommentId.Parse(comment.Id)!.Value, default);
            return Stage.Delivery("FollowComments", await stage.World.ChangesOfAsync(Containers.Comments));
        }),
        new("ShareVideo", "once", async stage =>
        {
            var fan = await stage.PersonAsync("fan");
            return stage.Request("ShareVideo", fan, null, ("id", await stage.VideoAsync(await stage.PersonAsync("ada"), with: Stage.Ready)));
        })
        { IsRequest = true, MayRepeat = false },
        new("TellShares", "of one video", async stage =>
        {
            var fan = await stage.PersonAsync("fan");
            var id = await stage.VideoAsync(await stage.PersonAsync("ada"), with: Stage.Ready);
            await stage.Get<ShareStore>().AddAsync(fan.UserId, id, null, default);
            return Stage.Delivery("TellShares", await stage.World.ChangesOfAsync(Containers.Videos));
        }),
    ];

    private static CrashStory Request(
        string function, string what, Func<Caller, Caller, Caller> by, Func<Stage, Caller, Comment, Task>? beforeAsync = null) =>
        new(function, what, async stage =>
        {
            var (fan, ada, comment) = await CommentedAsync(stage);
            if (beforeAsync is not null) await beforeAsync(stage, ada, comment);
            await stage.World.DrainAsync();
            return stage.Request(function, by(fan, ada), null, ("id", comment.Id));
        })
        { IsRequest = true };

    /// <summary>A fan's comment on Ada's video.</summary>
    private static async Task<(Caller Fan, Caller Ada, Comment Comment)> CommentedAsync(Stage stage)
    {
        var (fan, ada) = (await stage.PersonAsync("fan"), await stage.PersonAsync("ada"));
        var id = await stage.VideoAsync(ada, with: Stage.Ready);
        var comment = await stage.Get<CommentStore>().PostAsync(new CommentDraft(id, null, fan.UserId, "fan", false, "Nice", null), default);
        await stage.World.DrainAsync();
        return (fan, ada, comment!);
    }
}
