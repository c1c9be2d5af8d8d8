using Microsoft.Azure.Functions.Worker;
using TikTok.Core;
using TikTok.Core.Documents;
using TikTok.Core.Events;
using TikTok.Functions.Analytics;
using TikTok.Functions.Analytics.Rebuilding;
using TikTok.Functions.Feed;

namespace TikTok.LocalTests.Crashes;

/// <summary>Watch events, from the request to every reader of the log.</summary>
internal static class WatchStories
{
    public static IReadOnlyList<CrashStory> All { get; } =
    [
        // A player that sends an event again has watched again, unless it sends an Idempotency-Key.
        new("RecordWatch", "one event", async stage =>
        {
            var fan = await stage.PersonAsync("fan");
            var id = await stage.VideoAsync(await stage.PersonAsync("ada"), with: Stage.Ready);
            return stage.Request("RecordWatch", fan, new WatchRequest(id, 900, 1_000, WatchSource.Fyp));
        })
        { IsRequest = true, MayRepeat = false },
        Read("CountViews", Hubs.ConsumerGroups.Counters),
        Read("RecordHistory", Hubs.ConsumerGroups.History),
        Read("CountTrends", Hubs.ConsumerGroups.Trending),
        Read("CountCreatorStatistics", Hubs.ConsumerGroups.CreatorStats),
        Forget("a video watched to its end", 20_000),
        Forget("a skip", 500),
        new("StartRebuild", "of what is counted", async stage =>
        {
            await WatchedAsync(stage);
            await stage.World.DrainAsync();
            return stage.Request("StartRebuild", await stage.PersonAsync("admin", a => a with { Role = Role.Admin }));
        })
        { IsRequest = true },
        new("ContinueRebuild", "to its end", async stage =>
        {
            await WatchedAsync(stage);
            await stage.World.DrainAsync();
            await stage.Get<Rebuild>().StartAsync(default);
            return Stage.Delivery("ContinueRebuild", new TimerInfo());
        }),
    ];

    /// <summary>Two views of one video, and so in one partition of the log, to one reader.</summary>
    private static CrashStory Read(string function, string group) => new(function, "two views of a video", async stage =>
    {
        await WatchedAsync(stage);
        return Stage.Delivery(function, await stage.World.EventsForAsync(group));
    });

    /// <summary>A watch of somebody who was just given a page, to the reader that may forget it.</summary>
    private static CrashStory Forget(string what, long watchedMs) => new("ForgetFeedPages", what, async stage =>
    {
        var fan = await stage.PersonAsync("fan");
        var now = TimeProvider.System.GetUtcNow();
        var id = await stage.VideoAsync(await stage.PersonAsync("ada"), with: Stage.Ready);
        var page = new FeedPage([id]);
        await stage.Get<FeedSessionStore>().TrySaveAsync(
            new FeedSession { Id = stage.NewId("session"), UserId = fan.UserId, Pages = [page] },
            new LatestPage { UserId = fan.UserId, SessionId = "s", Count = 20, Page = page, GivenAt = now, WatchedAt = now, Ttl = 600 },
            default);
        await stage.Get<InteractionLog>().AppendAsync(
            [
                new Interaction
                {
                    Id = Id.New(TimeProvider.System),
                    Type = InteractionType.Watch,
                    VideoId = id,
                    UserId = fan.UserId,
                    At = now.AddSeconds(1),
                    Watch = new WatchFacts(watchedMs, 20_000, WatchSource.Fyp),
                },
            ],
            default);
        return Stage.Delivery("ForgetFeedPages", await stage.World.EventsForAsync(Hubs.ConsumerGroups.Feed));
    });

    private static async Task WatchedAsync(Stage stage)
    {
        var fan = await stage.PersonAsync("fan");
        var id = await stage.VideoAsync(await stage.PersonAsync("ada"), with: Stage.Ready);
        for (var view = 0; view < 2; view++)
        {
            await stage.Get<InteractionLog>().AppendAsync(
                [
                    new Interaction
                    {
                        Id = Id.New(TimeProvider.System),
                        Type = InteractionType.Watch,
                        VideoId = id,
                        UserId = fan.UserId,
                        At = Stage.Begun,
                        Watch = new WatchFacts(900, 1_000, WatchSource.Fyp),
                    },
                ],
                default);
        }
    }
}
