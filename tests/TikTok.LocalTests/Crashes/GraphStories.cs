using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;
using TikTok.Functions.Platform;
using TikTok.Functions.Social;

namespace TikTok.LocalTests.Crashes;

/// <summary>Follows, requests, blocks and mutes.</summary>
internal static class GraphStories
{
    public static IReadOnlyList<CrashStory> All { get; } =
    [
        new("SettleEdges", "a follow whose request died, and a block that cuts another", async stage =>
        {
            var (ada, bob) = await TwoAsync(stage);
            var edges = stage.Get<AccountEdgeStore>();
            await edges.ChangeAsync(ada.UserId, bob.UserId, e => e with { Follow = FollowState.Following }, default);
            var eve = await stage.PersonAsync("eve");
            await edges.ChangeAsync(eve.UserId, ada.UserId, e => e with { Follow = FollowState.Following }, default);
            await edges.ChangeAsync(ada.UserId, eve.UserId, e => e with { Blocking = true }, default);
            return Stage.Delivery("SettleEdges", await stage.World.ChangesOfAsync(Containers.Edges));
        }),
        new("AnnounceFollows", "a follow", async stage =>
        {
            var (ada, bob) = await TwoAsync(stage);
            await stage.Get<SocialGraph>().FollowAsync(ada.UserId, bob.UserId, default);
            return Stage.Delivery("AnnounceFollows", await stage.World.ChangesOfAsync(Containers.EdgesIn));
        }),
        new("AcceptRequestsOfPublicAccounts", "two who asked", async stage =>
        {
            var (ada, bob) = await TwoAsync(stage, isPrivate: true);
            foreach (var fan in new[] { ada, await stage.PersonAsync("eve") }) await stage.Get<SocialGraph>().FollowAsync(fan.UserId, bob.UserId, default);
            await stage.Get<AccountStore>().ChangeAsync(bob.UserId, a => a with { Private = false }, default);
            return Stage.Delivery("AcceptRequestsOfPublicAccounts", await stage.World.ChangesOfAsync(Containers.Accounts));
        }),
        Request("FollowUser", "for the first time", TwoAsync(isPrivate: false), (ada, bob) => (ada, [("id", bob.UserId)])),
        Request("FollowUser", "of a private account", TwoAsync(isPrivate: true), (ada, bob) => (ada, [("id", bob.UserId)])),
        Request("UnfollowUser", "a follow that is there", FollowingAsync(isPrivate: false), (ada, bob) => (ada, [("id", bob.UserId)])),
        Request("AcceptFollowRequest", "of one who asked", FollowingAsync(isPrivate: true), (ada, bob) => (bob, [("userId", ada.UserId)])),
        Request("DeclineFollowRequest", "of one who asked", FollowingAsync(isPrivate: true), (ada, bob) => (bob, [("userId", ada.UserId)])),
        Request("BlockUser", "who follows", FollowingAsync(isPrivate: false), (ada, bob) => (bob, [("id", ada.UserId)])),
        Request("UnblockUser", "who is blocked", BlockedAsync, (ada, bob) => (bob, [("id", ada.UserId)])),
        Request("MuteUser", "for the first time", TwoAsync(isPrivate: false), (ada, bob) => (ada, [("id", bob.UserId)])),
        Request("UnmuteUser", "who is muted", MutedAsync, (ada, bob) => (ada, [("id", bob.UserId)])),
    ];

    private static CrashStory Request(
        string function, string what, Func<Stage, Task<(Caller, Caller)>> beginAsync, Func<Caller, Caller, (Caller By, (string, string)[] Route)> call) =>
        new(function, what, async stage =>
        {
            var (ada, bob) = await beginAsync(stage);
            var (by, route) = call(ada, bob);
            return stage.Request(function, by, null, route);
        })
        { IsRequest = true };

    private static Func<Stage, Task<(Caller, Caller)>> TwoAsync(bool isPrivate) => stage => TwoAsync(stage, isPrivate);

    private static async Task<(Caller Ada, Caller Bob)> TwoAsync(Stage stage, bool isPrivate = false) =>
        (await stage.PersonAsync("ada"), await stage.PersonAsync("bob", a => a with { Private = isPrivate }));

    private static Func<Stage, Task<(Caller, Caller)>> FollowingAsync(bool isPrivate) => async stage =>
    {
        var (ada, bob) = await TwoAsync(stage, isPrivate);
        await stage.Get<SocialGraph>().FollowAsync(ada.UserId, bob.UserId, default);
        await stage.World.DrainAsync();
        return (ada, bob);
    };

    private static async Task<(Caller, Caller)> BlockedAsync(Stage stage)
    {
        var (ada, bob) = await FollowingAsync(isPrivate: false)(stage);
        await stage.Get<SocialGraph>().BlockAsync(bob.UserId, ada.UserId, default);
        await stage.World.DrainAsync();
        return (ada, bob);
    }

    private static async Task<(Caller, Caller)> MutedAsync(Stage stage)
    {
        var (ada, bob) = await TwoAsync(stage);
        await stage.Get<SocialGraph>().MuteAsync(ada.UserId, bob.UserId, default);
        await stage.World.DrainAsync();
        return (ada, bob);
    }
}
