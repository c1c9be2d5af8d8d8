using Microsoft.Extensions.Logging.Abstractions;
using TikTok.Core;
using TikTok.Functions.Platform;

namespace TikTok.LocalTests.Platform;

/// <summary>Limiters of several instances over one shared store, all at once, on a clock that stands still.</summary>
public sealed class RateLimiterStressTests(ProductDatabase database) : IClassFixture<ProductDatabase>
{
    private const int Instances = 8;

    private readonly StillTime _time = new();
    private readonly PlatformSecret _secret = new(Convert.ToBase64String(new byte[32]));

    [Theory]
    [InlineData(50, 100)]
    [InlineData(1_000, 400)]
    public async Task Instances_that_are_hammered_at_once_keep_the_limit_together(int capacity, int requestsEach)
    {
        var limit = new RateLimit(RouteClass.Likes, capacity, TimeSpan.FromDays(1));
        var user = Id.New(TimeProvider.System);
        var instances = Enumerable.Range(0, Instances).Select(_ => NewInstance()).ToList();

        var decisions = await Task.WhenAll(instances.SelectMany(instance =>
            Enumerable.Range(0, requestsEach).Select(_ => Task.Run(() => instance.TakeAsync(limit, user).AsTask()))));
        var allowed = decisions.Count(d => d.IsAllowed);

        Assert.InRange(allowed, capacity / 2, capacity + (Instances * limit.Batch));

        // What was refused because all wrote at once is still there: nothing is lost, and nothing is given twice.
        foreach (var instance in instances) await instance.FlushAsync(CancellationToken.None);
        var one = NewInstance();
        while ((await one.TakeAsync(limit, user)).IsAllowed) allowed++;
        Assert.InRange(allowed, capacity, capacity + (Instances * limit.Batch));
    }

    [Fact]
    public async Task Document_goes_when_everything_has_flowed_back()
    {
        var limit = new RateLimit(RouteClass.Follows, 2, TimeSpan.FromSeconds(2));
        var user = Id.New(TimeProvider.System);

        await NewInstance(TimeProvider.System).TakeAsync(limit, user);

        var store = NewStore();
        Assert.NotNull(await store.FindAsync(RateBucket.KeyOf(RouteClass.Follows, user), CancellationToken.None));
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (await store.FindAsync(RateBucket.KeyOf(RouteClass.Follows, user), patience.Token) is not null) await Task.Delay(100, patience.Token);
    }

    [Fact]
    public async Task Store_refuses_all_writers_of_a_version_but_the_first()
    {
        var store = NewStore();
        var key = RateBucket.KeyOf(RouteClass.Likes, Id.New(TimeProvider.System));
        var fresh = new RateBucket { Id = key, Key = key, Used = 1, At = 0, Ttl = 60 };

        var created = await store.TryWriteAsync(fresh, CancellationToken.None);
        var createdAgain = await store.TryWriteAsync(fresh, CancellationToken.None);
        var replaced = await store.TryWriteAsync(created! with { Used = 2 }, CancellationToken.None);
        var replacedAgain = await store.TryWriteAsync(created with { Used = 3 }, CancellationToken.None);
        var found = await store.FindAsync(key, CancellationToken.None);

        Assert.Null(createdAgain);
        Assert.Null(replacedAgain);
        Assert.Equal((2, replaced!.ETag), (found!.Used, found.ETag));
    }

    [Fact]
    public async Task Store_names_nobody_and_forgets_whom_it_is_told_to()
    {
        var store = NewStore();
        var user = Id.New(TimeProvider.System);
        var (likes, uploads) = (RateBucket.KeyOf(RouteClass.Likes, user), RateBucket.KeyOf(RouteClass.Uploads, user));
        foreach (var key in new[] { likes, uploads }) await store.TryWriteAsync(new RateBucket { Id = key, Key = key, Used = 1, At = 0, Ttl = 60 }, CancellationToken.None);

        foreach (var _ in new[] { "once", "again" }) await store.DeleteAsync(likes, CancellationToken.None);

        Assert.Null(await store.FindAsync(likes, CancellationToken.None));
        Assert.Equal(uploads, (await store.FindAsync(uploads, CancellationToken.None))!.Key);
        using var pages = database.Client.GetContainer(Containers.Database, Containers.Limits).GetItemQueryIterator<RateBucket>("SELECT * FROM c");
        while (pages.HasMoreResults) Assert.DoesNotContain(await pages.ReadNextAsync(), bucket => $"{bucket.Id}{bucket.Key}".Contains(user, StringComparison.Ordinal));
    }

    private LimitStore NewStore() => new(database.Client, _secret);

    private RateLimiter NewInstance(TimeProvider? time = null) => new(NewStore(), time ?? _time, NullLogger<RateLimiter>.Instance);

    /// <summary>Does not move, but its timers do: a store that hangs is still noticed.</summary>
    private sealed class StillTime : TimeProvider
    {
        private readonly DateTimeOffset _now = System.GetUtcNow();

        public override DateTimeOffset GetUtcNow() => _now;
    }
}
