using Microsoft.Azure.Cosmos;
using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;
using TikTok.Functions.Platform;

namespace TikTok.LocalTests.Social;

public sealed class SocialGraphTests(ProductDatabase database) : IClassFixture<ProductDatabase>
{
    private readonly GraphScene _scene = new(database);

    [Fact]
    public async Task A_follow_counts_once_on_both_sides_however_often_it_is_asked_for()
    {
        var (ada, bob) = (await _scene.AddAsync(), await _scene.AddAsync());

        var first = await _scene.Graph.FollowAsync(ada, bob, default);
        var again = await _scene.Graph.FollowAsync(ada, bob, default);

        Assert.Equal(first, again);
        Assert.Equal((true, null, 1L), (first.Following, first.Requested, first.FollowersCount));
        Assert.Equal(1, await _scene.Edges.CountFollowingAsync(ada, default));
        var ended = await _scene.Graph.UnfollowAsync(ada, bob, default);
        Assert.Equal((false, 0L), (ended.Following, ended.FollowersCount));
        await _scene.AssertConsistentAsync([ada, bob]);
    }

    [Fact]
    public async Task Concurrent_follows_and_unfollows_of_many_people_end_in_exact_counts()
    {
        var star = await _scene.AddAsync();
        var people = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => _scene.AddAsync()));

        // Everyone follows, leaves and follows again at once, twice each; the even ones leave in the end.
        await Task.WhenAll(people.SelectMany(p => new[] { true, true, false, false, true, true }.Select(follows => SetAsync(p, star, follows))));
        await Task.WhenAll(people.Select((p, i) => SetAsync(p, star, i % 2 == 1)));

        Assert.Equal(10, await _scene.Followers.CountFollowersAsync(star, default));
        await _scene.AssertConsistentAsync([star, .. people]);
    }

    [Fact]
    public async Task One_person_following_many_at_once_is_counted_exactly()
    {
        var fan = await _scene.AddAsync();
        var stars = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => _scene.AddAsync()));

        await Task.WhenAll(stars.SelectMany(s => new[] { SetAsync(fan, s, true), SetAsync(fan, s, true) }));

        Assert.Equal(30, await _scene.Edges.CountFollowingAsync(fan, default));
        await _scene.AssertConsistentAsync([fan, .. stars]);
    }

    [Fact]
    public async Task Mirrors_told_in_any_order_and_repeatedly_end_in_the_last_state()
    {
        var (ada, bob) = (await _scene.AddAsync(), await _scene.AddAsync());
        var history = new List<AccountEdge>();
        foreach (var state in new[] { FollowState.Following, FollowState.None, FollowState.Requested, FollowState.None, FollowState.Following, FollowState.None })
            history.Add((await _scene.Edges.ChangeAsync(ada, bob, e => e with { Follow = state }, default))!);

        foreach (var seed in Enumerable.Range(0, 10))
        {
            // Another follower each time, so that each order begins without a mirror.
            var follower = Id.New(TimeProvider.System);
            AccountEdge[] told = [.. history, .. history];
            new Random(seed).Shuffle(told);
            await Task.WhenAll(told.Take(6).Select(e => _scene.Followers.MirrorAsync(e with { UserId = follower }, default)));
            foreach (var edge in told) await _scene.Followers.MirrorAsync(edge with { UserId = follower }, default);
        }

        Assert.Equal(0, await _scene.Followers.CountFollowersAsync(bob, default));
        Assert.Empty(await _scene.FollowersOfAsync(bob));
        Assert.Empty(await _scene.FollowersOfAsync(bob, FollowState.Requested));
    }

    [Theory]
    [InlineData("edges", "before")]
    [InlineData("edges", "after")]
    [InlineData("edgesIn", "before")]
    [InlineData("edgesIn", "after")]
    public async Task A_follow_that_dies_at_a_write_is_finished_by_the_change_feed_or_its_repetition(string container, string drop)
    {
        var (ada, bob) = (await _scene.AddAsync(), await _scene.AddAsync());
        await database.Process.FailAsync($$"""{"match":{"container":"{{container}}","operation":"Batch"},"drop":"{{drop}}","count":20}""");
        await Assert.ThrowsAnyAsync<Exception>(() => _scene.Graph.FollowAsync(ada, bob, default));
        await database.Process.HealAsync();

        await _scene.SettleAsync([ada, bob], new Random(1));

        await _scene.AssertConsistentAsync([ada, bob]);
        Assert.Equal(1, (await _scene.Graph.FollowAsync(ada, bob, default)).FollowersCount);
        await _scene.AssertConsistentAsync([ada, bob]);
    }

    [Fact]
    public async Task A_block_that_dies_half_way_hides_at_once_and_is_finished_by_the_change_feed()
    {
        var (ada, bob) = (await _scene.AddAsync(), await _scene.AddAsync());
        await _scene.Graph.FollowAsync(bob, ada, default);
        await database.Process.FailAsync("""{"match":{"container":"edges","operation":"Batch"},"drop":"after","count":1}""");
        await Assert.ThrowsAnyAsync<Exception>(() => _scene.Graph.BlockAsync(ada, bob, default));
        await database.Process.HealAsync();

        var halfWay = await _scene.RelationAsync(bob, ada);
        await _scene.SettleAsync([ada, bob], new Random(1));

        Assert.Equal((true, false), (halfWay.BlockedBy, halfWay.Following));
        Assert.Equal(0, await _scene.Followers.CountFollowersAsync(ada, default));
        await _scene.AssertConsistentAsync([ada, bob]);
    }

    [Fact]
    public async Task A_block_that_died_half_way_brings_no_follow_back_when_it_ends()
    {
        var (ada, bob) = (await _scene.AddAsync(), await _scene.AddAsync());
        await _scene.Graph.FollowAsync(bob, ada, default);
        await _scene.Edges.ChangeAsync(ada, bob, e => e with { Blocking = true }, default);

        await _scene.Graph.UnblockAsync(ada, bob, default);

        Assert.Equal(Relation.None, await _scene.RelationAsync(bob, ada));
        await _scene.AssertConsistentAsync([ada, bob]);
    }

    [Fact]
    public async Task Follows_and_blocks_that_cross_leave_no_follow_over_a_block()
    {
        var people = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => _scene.AddAsync()));
        var star = await _scene.AddAsync();

        await Task.WhenAll(people.SelectMany(p => new[] { SetAsync(p, star, true), _scene.Graph.BlockAsync(star, p, default), SetAsync(p, star, true) }));
        await _scene.SettleAsync([star, .. people], new Random(2));

        await _scene.AssertConsistentAsync([star, .. people]);
        Assert.Equal(0, await _scene.Followers.CountFollowersAsync(star, default));
    }

    [Fact]
    public async Task A_request_that_crosses_its_account_becoming_public_is_accepted_by_the_change_feed()
    {
        var (ada, bob) = (await _scene.AddAsync(), await _scene.AddAsync(isPrivate: true));
        await _scene.Graph.FollowAsync(ada, bob, default);
        await _scene.Accounts.ChangeAsync(bob, a => a with { Private = false }, default);

        await _scene.SettleAsync([ada, bob], new Random(3));

        Assert.True((await _scene.RelationAsync(ada, bob)).Following);
        await _scene.AssertConsistentAsync([ada, bob]);
    }

    [Fact]
    public async Task All_requests_of_an_account_are_accepted_however_many()
    {
        var star = await _scene.AddAsync(isPrivate: true);
        var fans = await Task.WhenAll(Enumerable.Range(0, 105).Select(_ => _scene.AddAsync()));
        await Task.WhenAll(fans.Select(fan => _scene.Graph.FollowAsync(fan, star, default)));

        await _scene.Graph.AcceptAllAsync(star, default);

        Assert.Equal(105, await _scene.Followers.CountFollowersAsync(star, default));
        Assert.Empty(await _scene.FollowersOfAsync(star, FollowState.Requested));
    }

    [Fact]
    public async Task An_erased_account_is_taken_out_of_the_counts_of_all_others_however_it_is_repeated()
    {
        var (gone, star) = (await _scene.AddAsync(), await _scene.AddAsync());
        var fans = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => _scene.AddAsync()));
        await Task.WhenAll(fans.SelectMany(fan => new[] { SetAsync(fan, gone, true), SetAsync(gone, fan, true), SetAsync(fan, star, true) }));
        await _scene.Graph.BlockAsync(star, gone, default);

        // Two workers at once, each again until it finds nothing.
        await Task.WhenAll(Enumerable.Range(0, 2).Select(async _ =>
        {
            while (await _scene.Edges.RemoveToAsync(gone, 2, default) + await _scene.Followers.RemoveFromAsync(gone, 2, default) > 0) { }
        }));

        Assert.Equal(5, await _scene.Followers.CountFollowersAsync(star, default));
        Assert.All(await _scene.ChangesAsync([star, .. fans]), edge => Assert.NotEqual(gone, edge.TargetId));
        await _scene.AssertConsistentAsync([star, .. fans]);
    }

    [Fact]
    public async Task Nobody_follows_more_than_the_limit()
    {
        var (ada, bob) = (await _scene.AddAsync(), await _scene.AddAsync());
        var count = new FollowCount { UserId = ada, TargetId = ada, Count = AccountEdgeStore.MaxFollowing };
        await database.Client.GetContainer(Containers.Database, Containers.Edges).CreateItemAsync(count, new PartitionKey(ada));

        var refusal = await Assert.ThrowsAsync<ProblemException>(() => _scene.Graph.FollowAsync(ada, bob, default));

        Assert.Equal("/problems/following-limit", refusal.Problem.Type);
        Assert.Equal(0, await _scene.Followers.CountFollowersAsync(bob, default));
        Assert.Equal(Relation.None, await _scene.RelationAsync(ada, bob));
    }

    [Fact]
    public async Task Lists_are_newest_first_and_continue_where_they_left_off()
    {
        var star = await _scene.AddAsync();
        var fans = new List<string>();
        for (var i = 0; i < 7; i++)
        {
            fans.Add(await _scene.AddAsync());
            await _scene.Edges.ChangeAsync(fans[i], star, e => e with { Follow = FollowState.Following }, default);
            await _scene.Followers.MirrorAsync((await _scene.Edges.FindAsync(fans[i], star, default)) with { FollowVersion = 1_000 + (i / 2) }, default);
        }

        var listed = new List<AccountEdge>();
        while (await _scene.Followers.ListAsync(star, FollowState.Following, listed.LastOrDefault()?.SortKey, 2, default) is { Count: > 0 } page) listed.AddRange(page);

        Assert.Equal(fans.Order(StringComparer.Ordinal), listed.Select(e => e.UserId).Order(StringComparer.Ordinal));
        Assert.Equal(listed.OrderByDescending(e => e.FollowVersion).Select(e => e.FollowVersion), listed.Select(e => e.FollowVersion));
    }

    private async Task SetAsync(string userId, string targetId, bool follows)
    {
        try
        {
            await (follows ? _scene.Graph.FollowAsync(userId, targetId, default) : _scene.Graph.UnfollowAsync(userId, targetId, default));
        }
        catch (ProblemException e) when (e.Problem.Status == 404)
        {
            // A block was first.
        }
    }
}
