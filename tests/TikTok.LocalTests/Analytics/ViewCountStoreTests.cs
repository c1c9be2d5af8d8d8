using TikTok.Core.Cosmos;
using TikTok.Core.Documents;
using TikTok.Functions.Analytics;
using TikTok.Tests.Shared;

namespace TikTok.LocalTests.Analytics;

public sealed class ViewCountStoreTests(ProductDatabase database) : IClassFixture<ProductDatabase>
{
    private readonly ViewCountStore _store = new(database.Client);
    private readonly VideoStore _videos = new(database.Client);

    [Fact]
    public async Task Events_delivered_again_are_not_counted_again()
    {
        var video = await database.AddVideoAsync();

        await Count(video, "0", 1, 2, 3);
        await Count(video, "0", 1, 2, 3);
        await Count(video, "0", 2, 3, 4, 7);

        Assert.Equal(5, await ViewsOf(video));
    }

    [Fact]
    public async Task Each_partition_of_the_log_is_counted_for_itself()
    {
        var video = await database.AddVideoAsync();

        await Count(video, "0", 10);
        await Count(video, "1", 5);

        Assert.Equal(2, await ViewsOf(video));
    }

    [Fact]
    public async Task Two_readers_of_one_partition_at_once_count_each_event_once()
    {
        var video = await database.AddVideoAsync();

        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Count(video, "0", [.. Enumerable.Range(0, 100).Select(i => (long)i)])));

        Assert.Equal(100, await ViewsOf(video));
    }

    [Fact]
    public async Task A_batch_whose_answer_was_lost_is_counted_once_when_it_comes_again()
    {
        var video = await database.AddVideoAsync();
        await database.Process.FailAsync("""{"match":{"container":"videos","operation":"Batch"},"drop":"after","count":1}""");

        await Assert.ThrowsAnyAsync<Exception>(() => Count(video, "0", 1, 2));
        await database.Process.HealAsync();
        await Count(video, "0", 1, 2, 3);

        Assert.Equal(3, await ViewsOf(video));
    }

    [Fact]
    public async Task Views_do_not_disturb_a_transition_and_a_transition_loses_no_view()
    {
        var video = await database.AddVideoAsync();

        await Task.WhenAll(
            Task.WhenAll(Enumerable.Range(1, 20).Select(i => Count(video, $"{i}", i))),
            Task.WhenAll(Enumerable.Range(1, 20).Select(i =>
                _videos.ChangeAsync(video.VideoId, v => v with { ThumbnailCount = v.ThumbnailCount + 1 }, CancellationToken.None))));

        var after = (await _videos.FindAsync(video.VideoId, CancellationToken.None))!;
        Assert.Equal((20, 20), (after.Counters.Views, after.ThumbnailCount));
    }

    [Fact]
    public async Task Views_of_a_deleted_or_unknown_video_count_for_nothing_and_leave_nothing()
    {
        var deleted = await database.AddVideoAsync(v => v with { Status = VideoStatus.Deleted });

        await Count(deleted, "0", 1);
        await _store.CountAsync("00000000000000000000000000", new WrittenLog().Watch("00000000000000000000000000").Events, CancellationToken.None);

        Assert.Equal(0, await ViewsOf(deleted));
    }

    [Fact]
    public async Task An_event_that_its_producer_appended_twice_is_counted_once()
    {
        var video = await database.AddVideoAsync();
        var log = new WrittenLog().Watch(video.VideoId).Watch(video.VideoId).Repeat(0).Watch(video.VideoId).Repeat(2);

        await _store.CountAsync(video.VideoId, [.. log.Events.Take(2)], CancellationToken.None);
        await _store.CountAsync(video.VideoId, [.. log.Events.Skip(2)], CancellationToken.None);

        Assert.Equal(3, await ViewsOf(video));
    }

    private Task Count(Video video, string partition, params long[] sequenceNumbers)
    {
        var log = new WrittenLog(partition);
        for (var i = 0; i <= sequenceNumbers[^1]; i++) log.Watch(video.VideoId);
        return _store.CountAsync(video.VideoId, [.. sequenceNumbers.Select(s => log.Events[(int)s])], CancellationToken.None);
    }

    private async Task<long> ViewsOf(Video video) => (await _videos.FindAsync(video.VideoId, CancellationToken.None))!.Counters.Views;
}
