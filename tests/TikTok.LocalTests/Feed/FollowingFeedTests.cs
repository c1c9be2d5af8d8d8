using TikTok.Core.Cosmos;
using TikTok.Core.Documents;
using TikTok.Functions.Feed;

namespace TikTok.LocalTests.Feed;

/// <summary>The following feed over the real store.</summary>
public sealed class FollowingFeedTests(ProductDatabase database) : IClassFixture<ProductDatabase>
{
    private readonly string _me = $"me-{Guid.NewGuid():n}";
    private readonly AccountEdgeStore _edges = new(database.Client, TimeProvider.System);
    private readonly UserVideoStore _userVideos = new(database.Client);
    private readonly FollowingFeed _feed = new(
        new AccountEdgeStore(database.Client, TimeProvider.System), new UserVideoStore(database.Client), new VideoStore(database.Client),
        new RelationStore(database.Client));

    [Fact]
    public async Task Videos_of_all_who_are_followed_come_newest_first_and_of_nobody_else()
    {
        var creators = await FollowManyAsync(5);
        var stranger = Name();
        var videos = new List<string>();
        for (var i = 0; i < 20; i++)
        {
            videos.Add(await PublishAsync(creators[i % 5], minute: i));
            await PublishAsync(stranger, minute: i);
        }

        Assert.Equal(videos.AsEnumerable().Reverse(), await WalkAsync(pageSize: 7));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(100)]
    public async Task What_is_published_meanwhile_moves_no_page(int pageSize)
    {
        var creators = await FollowManyAsync(3);
        var videos = new List<string>();
        for (var i = 0; i < 9; i++) videos.Add(await PublishAsync(creators[i % 3], minute: i));

        var first = await _feed.NextAsync(_me, null, pageSize, default);
        var late = await PublishAsync(creators[0], minute: 100);
        var seen = first.Videos.Select(v => v.VideoId).Concat(first.Next is null ? [] : await WalkAsync(pageSize, first.Next)).ToList();

        Assert.Equal(videos.AsEnumerable().Reverse(), seen);
        Assert.Equal(late, (await _feed.NextAsync(_me, null, 1, default)).Videos[0].VideoId);
    }

    [Fact]
    public async Task Followers_see_what_is_for_followers_and_nothing_that_is_private_or_does_not_play()
    {
        var creator = (await FollowManyAsync(1))[0];
        await PublishAsync(creator, 1, v => v with { Visibility = Visibility.Private });
        await PublishAsync(creator, 2, v => v with { Status = VideoStatus.Processing });
        var forFollowers = await PublishAsync(creator, 3, v => v with { Visibility = Visibility.Followers });
        var ofPrivate = await PublishAsync(creator, 4, v => v with { OwnerPrivate = true });

        Assert.Equal([ofPrivate, forFollowers], await WalkAsync(10));
    }

    [Fact]
    public async Task Muted_creators_requests_and_ended_follows_are_left_out()
    {
        var creators = await FollowManyAsync(4);
        foreach (var creator in creators) await PublishAsync(creator, 1);
        await _edges.ChangeAsync(_me, creators[0], e => e with { Muting = true }, default);
        await _edges.ChangeAsync(_me, creators[1], e => e with { Follow = FollowState.None }, default);
        await _edges.ChangeAsync(_me, creators[2], e => e with { Follow = FollowState.Requested }, default);

        var page = await _feed.NextAsync(_me, null, 10, default);

        Assert.Equal([creators[3]], page.Videos.Select(v => v.UserId));
    }

    [Fact]
    public async Task A_block_that_has_not_ended_the_follow_yet_hides_already()
    {
        var creator = (await FollowManyAsync(1))[0];
        await PublishAsync(creator, 1);
        await _edges.ChangeAsync(creator, _me, e => e with { Blocking = true }, default);

        Assert.Empty((await _feed.NextAsync(_me, null, 10, default)).Videos);
    }

    [Fact]
    public async Task A_video_hidden_since_the_list_heard_of_it_is_left_out_and_the_rest_goes_on()
    {
        var creator = (await FollowManyAsync(1))[0];
        var (old, hidden, newest) = (await PublishAsync(creator, 1), await PublishAsync(creator, 2), await PublishAsync(creator, 3));
        await new VideoStore(database.Client).ChangeAsync(hidden, v => v with { Visibility = Visibility.Private }, default);

        Assert.Equal([newest, old], await WalkAsync(1));
    }

    [Fact]
    public async Task Who_follows_more_than_the_bound_is_shown_those_followed_last()
    {
        var creators = await FollowManyAsync(FollowingFeed.MaxCreators + 3);
        var shown = await PublishAsync(creators[^1], 1);
        await PublishAsync(creators[0], 2);

        Assert.Equal([shown], await WalkAsync(10));
    }

    [Fact]
    public async Task Who_follows_nobody_is_shown_nothing()
    {
        var page = await _feed.NextAsync(_me, null, 10, default);

        Assert.Equal((0, null), (page.Videos.Count, page.Next));
    }

    private async Task<IReadOnlyList<string>> WalkAsync(int pageSize, FollowingCursor? cursor = null)
    {
        var seen = new List<string>();
        do
        {
            var page = await _feed.NextAsync(_me, cursor, pageSize, default);
            seen.AddRange(page.Videos.Select(v => v.VideoId));
            cursor = page.Next;
        }
        while (cursor is not null);
        return seen;
    }

    private async Task<IReadOnlyList<string>> FollowManyAsync(int count)
    {
        var creators = Enumerable.Range(0, count).Select(_ => Name()).ToList();
        foreach (var creator in creators) await _edges.ChangeAsync(_me, creator, e => e with { Follow = FollowState.Following }, default);
        return creators;
    }

    private async Task<string> PublishAsync(string creator, int minute, Func<Video, Video>? with = null)
    {
        var at = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero) + TimeSpan.FromMinutes(minute);
        var video = await database.AddVideoAsync(v => (with?.Invoke(v) ?? v) with { UserId = creator, CreatedAt = at, PublishedAt = at });
        await _userVideos.ReflectAsync(video, default);
        return video.VideoId;
    }

    private static string Name() => $"creator-{Guid.NewGuid():n}";
}
