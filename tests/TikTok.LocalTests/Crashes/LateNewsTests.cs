using Azure.Messaging.EventHubs;
using Microsoft.Azure.Functions.Worker;
using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;
using TikTok.Core.Events;
using TikTok.Core.Messages;
using TikTok.Functions.Social;

namespace TikTok.LocalTests.Crashes;

/// <summary>Change feeds and the log may tell of an account long after it was erased: a reader was down, began anew, or the log is replayed.</summary>
[Collection(nameof(CrashWorld))]
public sealed class LateNewsTests(CrashWorld world)
{
    [Fact]
    public async Task What_is_told_again_of_an_account_that_was_erased_brings_nothing_back_and_changes_no_count()
    {
        await world.ClearAsync();
        var stage = new Stage(world);
        var (ada, bob) = (await stage.PersonAsync("ada"), await stage.PersonAsync("bob"));
        await stage.VideoAsync(ada, "adas", Stage.Ready);
        var bobs = await stage.VideoAsync(bob, "bobs", Stage.Ready);
        await stage.Get<LikeStore>().SetAsync(ada.UserId, bobs, liked: true, default);
        await stage.Get<ShareStore>().AddAsync(ada.UserId, bobs, null, default);
        await stage.Get<CommentStore>().PostAsync(new CommentDraft(bobs, null, ada.UserId, ada.Username, false, "Nice", null), default);
        await stage.Get<SocialGraph>().FollowAsync(ada.UserId, bob.UserId, default);
        await stage.Get<SocialGraph>().FollowAsync(bob.UserId, ada.UserId, default);
        await WatchAsync(stage, ada.UserId, bobs);
        await world.DrainAsync();
        var news = await NewsAsync();
        Assert.Contains(await world.ScanAsync(ada.UserId), found => found.StartsWith("watches:", StringComparison.Ordinal));

        await EraseAsync(stage, ada.UserId, ada.Username);
        var left = await world.ScanAsync(ada.UserId);
        var before = await world.SnapshotAsync(new StateText(stage.Names, []));
        foreach (var (function, value) in news) await Stage.Delivery(function, value)(world.Survivor);
        await world.DrainAsync();

        Assert.All(left, found => Assert.StartsWith("privacyRequests:", found, StringComparison.Ordinal));
        Assert.Equal(left, await world.ScanAsync(ada.UserId));
        Assert.Equal(before, await world.SnapshotAsync(new StateText(stage.Names, [])));
    }

    /// <summary>All that every reader was told, to be told again.</summary>
    private async Task<IReadOnlyList<(string Function, object Value)>> NewsAsync()
    {
        var events = await world.EventsAsync();
        var news = new List<(string, object)>();
        foreach (var (function, trigger) in CrashWorld.Triggers)
        {
            if (trigger is CosmosDBTriggerAttribute feed) news.Add((function, await world.ChangesOfAsync(feed.ContainerName)));
            if (trigger is EventHubTriggerAttribute) news.AddRange(events.Select(partition => (function, (object)partition)));
        }

        Assert.Contains(news, told => told.Item2 is EventData[]);
        return news;
    }

    private static async Task WatchAsync(Stage stage, string userId, string videoId)
    {
        var watch = new Interaction
        {
            Id = Id.New(TimeProvider.System),
            Type = InteractionType.Watch,
            VideoId = videoId,
            UserId = userId,
            At = Stage.Begun,
            Watch = new WatchFacts(900, 1_000, WatchSource.Fyp),
        };
        await stage.Get<InteractionLog>().AppendAsync([watch], default);
    }

    private async Task EraseAsync(Stage stage, string userId, string username)
    {
        var request = new PrivacyRequest
        {
            Id = PrivacyRequest.IdFor(PrivacyRequestKind.Erasure),
            UserId = userId,
            RequestId = Id.New(TimeProvider.System),
            Kind = PrivacyRequestKind.Erasure,
            Username = username,
            RequestedAt = Stage.Begun,
        };
        await stage.Get<PrivacyRequestStore>().TrySaveAsync(request, default);
        await stage.Get<AccountStore>().DeleteAsync(userId, default);
        await stage.Get<PrivacyQueue>().SendAsync(new PrivacyWork(userId, request.Kind, request.RequestId), default);
        await world.DrainAsync();
        while ((await stage.Get<PrivacyRequestStore>().FindAsync(userId, request.Kind, default))!.Status != PrivacyRequestStatus.Completed)
            Assert.True(await world.LaterAsync(TimeSpan.FromMinutes(12)), "The erasure does not end.");
    }
}
