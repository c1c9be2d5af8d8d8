using Microsoft.Azure.Cosmos;
using Microsoft.Extensions.Logging.Abstractions;
using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;
using TikTok.Core.Events;
using TikTok.Functions.Analytics;
using TikTok.Functions.Analytics.Creators;
using TikTok.Functions.Analytics.History;
using TikTok.Functions.Analytics.Projections;
using TikTok.Functions.Analytics.Trending;
using TikTok.Tests.Shared;

namespace TikTok.LocalTests.Analytics;

/// <summary>History, trends and statistics over the real store, under what a log and its readers do: duplicates, redelivery, two readers at once, death half-way.</summary>
public sealed class ProjectionTests(ProductDatabase database) : IClassFixture<ProductDatabase>
{
    private static readonly Generations First = Generations.Shown(new ProjectionState());

    private readonly WatchStore _watches = new(database.Client, TimeProvider.System);
    private readonly CreatorStatsStore _stats = new(database.Client);
    private readonly TrendStore _trends = new(database.Client);
    private readonly VideoDirectory _directory = new(new VideoStore(database.Client), TimeProvider.System);

    private readonly AccountStore _accounts = new(database.Client);

    private IProjection History => new WatchHistory(_watches, _accounts);
    private IProjection Trends => new Trends(_trends, _directory, TimeProvider.System, NullLogger<Trends>.Instance);
    private IProjection Statistics => new CreatorStatistics(_stats, _directory, _accounts);

    [Fact]
    public async Task Each_event_counts_once_however_often_it_is_delivered_or_was_appended()
    {
        var scene = await SceneAsync();
        var log = scene.Log.Watch(scene.A).Watch(scene.B).Append(InteractionType.Like, scene.A).Repeat(0).Watch(scene.A).Repeat(2);

        foreach (var projection in All)
        {
            await projection.ApplyAsync([.. log.Events.Take(3)], First, CancellationToken.None);
            await projection.ApplyAsync(log.Events, First, CancellationToken.None);
            await projection.ApplyAsync([.. log.Events.Skip(1)], First, CancellationToken.None);
        }

        await AssertCountedAsync(scene, views: 3, viewsOfA: 2, likes: 1);
    }

    [Fact]
    public async Task Two_readers_of_one_partition_at_once_count_each_event_once()
    {
        var scene = await SceneAsync();
        for (var i = 0; i < 60; i++) scene.Log.Watch(i % 3 == 0 ? scene.B : scene.A);

        foreach (var projection in All)
            await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => projection.ApplyAsync(scene.Log.Events, First, CancellationToken.None)));

        await AssertCountedAsync(scene, views: 60, viewsOfA: 40, likes: 0);
    }

    [Fact]
    public async Task Readers_of_several_partitions_that_count_for_one_creator_lose_nothing_to_each_other()
    {
        var scene = await SceneAsync();
        var logs = Enumerable.Range(0, 6).Select(_ => NewLog()).ToList();
        foreach (var log in logs)
        {
            for (var i = 0; i < 20; i++) log.Watch(scene.A).Watch(scene.B);
        }

        await Task.WhenAll(logs.Select(async log =>
        {
            foreach (var part in log.Events.Chunk(10)) await Statistics.ApplyAsync(part, First, CancellationToken.None);
        }));

        var (first, last) = (DateOnly.FromDateTime(logs[0].Events[0].Interaction.At.UtcDateTime), DateOnly.FromDateTime(logs[^1].Events[^1].Interaction.At.UtcDateTime));
        var days = await _stats.ListAsync(scene.Creator, CreatorDay.All, first, last, CancellationToken.None);
        Assert.Equal(240, days.SelectMany(d => d.Hours.Values).Sum(h => h.Views));
    }

    [Theory]
    [InlineData("watches", "Replace", "before")]
    [InlineData("watches", "Replace", "after")]
    [InlineData("trends", "Batch", "before")]
    [InlineData("trends", "Batch", "after")]
    [InlineData("creatorStats", "Batch", "before")]
    [InlineData("creatorStats", "Batch", "after")]
    public async Task Events_whose_reader_died_at_the_write_are_counted_once_when_they_come_again(string container, string operation, string drop)
    {
        var scene = await SceneAsync();
        scene.Log.Watch(scene.A).Watch(scene.B);
        foreach (var projection in All) await projection.ApplyAsync(scene.Log.Events, First, CancellationToken.None);
        scene.Log.Watch(scene.A);
        var hit = container == "watches" ? History : container == "trends" ? Trends : Statistics;
        await database.Process.FailAsync($$"""{"match":{"container":"{{container}}","operation":"{{operation}}"},"drop":"{{drop}}","count":1}""");

        try
        {
            // The client itself tries some writes again, which is one more delivery.
            await hit.ApplyAsync(scene.Log.Events, First, CancellationToken.None);
        }
        catch (Exception e) when (e is CosmosException or HttpRequestException)
        {
            // As the trigger sees it.
        }
        await database.Process.HealAsync();
        foreach (var projection in All) await projection.ApplyAsync(scene.Log.Events, First, CancellationToken.None);

        await AssertCountedAsync(scene, views: 3, viewsOfA: 2, likes: 0);
    }

    [Fact]
    public async Task Events_of_more_videos_than_a_transaction_takes_are_counted_all()
    {
        var creator = (await database.AddAccountAsync()).UserId;
        var videos = await Task.WhenAll(Enumerable.Range(0, 150).Select(i =>
            database.AddVideoAsync(v => v with { UserId = creator, Hashtags = [$"t{i}{creator}", $"u{i}{creator}"] })));
        var log = NewLog();
        foreach (var video in videos) log.Watch(video.VideoId, "someone");

        await Statistics.ApplyAsync(log.Events, First, CancellationToken.None);
        await Trends.ApplyAsync(log.Events, First, CancellationToken.None);
        await Statistics.ApplyAsync(log.Events, First, CancellationToken.None);

        var day = DateOnly.FromDateTime(log.Events[0].Interaction.At.UtcDateTime);
        Assert.Equal(150, (await _stats.ListAsync(creator, CreatorDay.All, day, day, CancellationToken.None)).Single().Hours.Values.Sum(h => h.Views));
        var heaviest = await _trends.HeaviestAsync(new TrendBucket(0, day, log.Events[0].Partition), TrendKind.Hashtags, 1_000, CancellationToken.None);
        Assert.Equal(300, heaviest.Count(h => h.Item.EndsWith(creator, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_removed_video_leaves_the_trends_of_this_day_and_of_those_before()
    {
        var scene = await SceneAsync();
        var yesterday = NewLog(ago: TimeSpan.FromDays(1)).Watch(scene.A).Wait(TimeSpan.FromDays(1)).Watch(scene.A).Watch(scene.B)
            .Append(InteractionType.Removed, scene.A, scene.Creator);

        await Trends.ApplyAsync(yesterday.Events, First, CancellationToken.None);

        foreach (var logged in yesterday.Events)
        {
            var bucket = new TrendBucket(0, DateOnly.FromDateTime(logged.Interaction.At.UtcDateTime), logged.Partition);
            Assert.DoesNotContain(await _trends.HeaviestAsync(bucket, TrendKind.Videos, 1_000, CancellationToken.None), h => h.Item == scene.A);
        }
    }

    [Fact]
    public async Task Only_what_anyone_may_watch_trends_and_nobodys_video_counts_for_anyone()
    {
        var hidden = await database.AddVideoAsync(v => v with { Visibility = Visibility.Followers });
        var log = NewLog().Watch(hidden.VideoId).Watch("00000000000000000000000000");

        foreach (var projection in All) await projection.ApplyAsync(log.Events, First, CancellationToken.None);

        var bucket = new TrendBucket(0, DateOnly.FromDateTime(log.Events[0].Interaction.At.UtcDateTime), log.Events[0].Partition);
        Assert.Empty(await _trends.HeaviestAsync(bucket, TrendKind.Videos, 1_000, CancellationToken.None));
    }

    private IProjection[] All => [History, Trends, Statistics];

    private async Task AssertCountedAsync(Scene scene, int views, int viewsOfA, int likes)
    {
        var day = DateOnly.FromDateTime(scene.Log.Events[0].Interaction.At.UtcDateTime);
        var all = (await _stats.ListAsync(scene.Creator, CreatorDay.All, day, day, CancellationToken.None)).Single().Hours.Values.Aggregate((l, r) => l + r);
        Assert.Equal((views, likes), (all.Views, all.Likes));
        Assert.Equal(viewsOfA, (await _stats.ListAsync(scene.Creator, scene.A, day, day, CancellationToken.None)).Single().Hours.Values.Sum(h => h.Views));

        var watches = await _watches.ListAsync("viewer" + scene.Creator, null, 100, CancellationToken.None);
        Assert.Equal(views, watches.Sum(w => WatchLedger.Summarize(w, First).Times));
        Assert.Equal(viewsOfA, WatchLedger.Summarize(watches.Single(w => w.VideoId == scene.A), First).Times);

        var bucket = new TrendBucket(0, day, scene.Log.Events[0].Partition);
        var weights = (await _trends.HeaviestAsync(bucket, TrendKind.Videos, 1_000, CancellationToken.None)).ToDictionary(h => h.Item, h => h.Weight);
        var expected = viewsOfA + (likes * TrendDecay.WorthOf(InteractionType.Like));
        Assert.Equal(expected, weights[scene.A] / TrendDecay.Weigh(1, scene.Log.Events[0].Interaction.At), 6);
        Assert.Equal(views - viewsOfA, weights[scene.B] / TrendDecay.Weigh(1, scene.Log.Events[0].Interaction.At), 6);
    }

    private async Task<Scene> SceneAsync()
    {
        var creator = (await database.AddAccountAsync()).UserId;
        await database.AddAccountAsync("viewer" + creator);
        var a = await database.AddVideoAsync(v => v with { UserId = creator });
        var b = await database.AddVideoAsync(v => v with { UserId = creator });
        return new Scene(creator, a.VideoId, b.VideoId, NewLog("viewer" + creator));
    }

    /// <summary>A partition of the log that no other test has.</summary>
    private static WrittenLog NewLog(string viewer = "viewer", TimeSpan ago = default) =>
        new(Guid.NewGuid().ToString("n"), TimeProvider.System.GetUtcNow() - ago, viewer);

    private sealed record Scene(string Creator, string A, string B, WrittenLog Log);
}
