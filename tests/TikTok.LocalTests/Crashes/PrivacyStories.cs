using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;
using TikTok.Core.Messages;
using TikTok.Core.Storage;
using TikTok.Functions.Platform;
using TikTok.Functions.Social;

namespace TikTok.LocalTests.Crashes;

/// <summary>Erasing people and handing over what is kept of them.</summary>
internal static class PrivacyStories
{
    public static IReadOnlyList<CrashStory> All { get; } =
    [
        new("PrivacyRequestContinued", "the erasure of someone with videos, likes and followers", async stage =>
        {
            var (ada, bob) = (await stage.PersonAsync("ada"), await stage.PersonAsync("bob"));
            await stage.BlobAsync(BlobContainers.Media, MediaPaths.Master(await stage.VideoAsync(ada, "adas", Stage.Ready)));
            await stage.Get<LikeStore>().SetAsync(ada.UserId, await stage.VideoAsync(bob, "bobs", Stage.Ready), liked: true, default);
            await stage.Get<SocialGraph>().FollowAsync(ada.UserId, bob.UserId, default);
            await stage.Get<SocialGraph>().FollowAsync(bob.UserId, ada.UserId, default);
            await stage.World.DrainAsync();
            return await BeginAsync(stage, ada, PrivacyRequestKind.Erasure);
        }),
        new("PrivacyRequestContinued", "an archive", async stage =>
        {
            var ada = await stage.PersonAsync("ada");
            await stage.VideoAsync(ada, with: Stage.Ready);
            await stage.World.DrainAsync();
            return await BeginAsync(stage, ada, PrivacyRequestKind.Export);
        }),
        new("ExportMe", "the first time", async stage => stage.Request("ExportMe", await stage.PersonAsync("ada"))) { IsRequest = true },
    ];

    private static async Task<Func<ProductProgram, Task>> BeginAsync(Stage stage, Caller caller, PrivacyRequestKind kind)
    {
        var request = (await stage.Get<PrivacyRequestStore>().TrySaveAsync(
            new PrivacyRequest
            {
                Id = PrivacyRequest.IdFor(kind),
                UserId = caller.UserId,
                RequestId = stage.NewId("request"),
                Kind = kind,
                Username = caller.Username,
                RequestedAt = Stage.Begun,
            },
            default))!;
        return Stage.Message("PrivacyRequestContinued", new PrivacyWork(request.UserId, kind, request.RequestId));
    }
}
