using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Logging.Abstractions;
using TikTok.Functions.Platform;

namespace TikTok.UnitTests.Platform.Limits;

public sealed class RateLimiterTests
{
    private static readonly RateLimit PerMinute = new(RouteClass.Requests, 1_000, TimeSpan.FromMinutes(1));
    private static readonly RateLimit Uploads = new(RouteClass.Uploads, 3, TimeSpan.FromDays(1));

    private readonly FakeTime _time = new();
    private readonly MemoryLimitStore _store = new();

    [Fact]
    public async Task Capacity_can_be_used_at_once_and_then_no_more()
    {
        var limiter = NewInstance();

        var allowed = await TakeAsync(limiter, PerMinute, 1_500);

        Assert.Equal(1_000, allowed);
    }

    [Fact]
    public async Task Empty_bucket_says_when_there_is_a_token_and_has_one_then()
    {
        var limiter = NewInstance();
        await TakeAsync(limiter, Uploads, 3);

        var refused = await limiter.TakeAsync(Uploads, "ann");
        _time.Advance(refused.RetryAfter - TimeSpan.FromMilliseconds(2));
        var early = await limiter.TakeAsync(Uploads, "ann");
        _time.Advance(TimeSpan.FromMilliseconds(3));
        var later = await limiter.TakeAsync(Uploads, "ann");
        var next = await limiter.TakeAsync(Uploads, "ann");

        Assert.Equal((false, TimeSpan.FromHours(8)), (refused.IsAllowed, refused.RetryAfter));
        Assert.Equal((false, true, false), (early.IsAllowed, later.IsAllowed, next.IsAllowed));
    }

    [Fact]
    public async Task Another_person_and_another_class_have_buckets_of_their_own()
    {
        var limiter = NewInstance();
        await TakeAsync(limiter, Uploads, 3);

        Assert.True((await limiter.TakeAsync(Uploads, "ben")).IsAllowed);
        Assert.True((await limiter.TakeAsync(PerMinute, "ann")).IsAllowed);
        Assert.False((await limiter.TakeAsync(Uploads, "ann")).IsAllowed);
    }

    [Fact]
    public async Task Larger_role_has_its_capacity_as_soon_as_it_is_known()
    {
        var limiter = NewInstance();
        await TakeAsync(limiter, Uploads, 4);

        var creator = new RateLimit(RouteClass.Uploads, 50, Uploads.Window);

        Assert.Equal(47, await TakeAsync(limiter, creator, 60));
    }

    [Fact]
    public async Task Far_from_the_limit_an_instance_asks_for_a_batch_of_requests_at_a_time()
    {
        var limiter = NewInstance();

        for (var i = 0; i < 400; i++) Assert.True((await limiter.TakeAsync(PerMinute, "ann")).IsAllowed);
        await limiter.FlushAsync(CancellationToken.None);

        Assert.InRange(_store.Reads + _store.Writes, 1, 400 / (PerMinute.Batch / 2) * 2);
    }

    [Fact]
    public async Task Refusals_of_a_bucket_that_is_known_to_be_empty_cost_the_store_nothing()
    {
        var limiter = NewInstance();
        await TakeAsync(limiter, Uploads, 4);
        var before = _store.Reads + _store.Writes;

        await TakeAsync(limiter, Uploads, 1_000);

        Assert.Equal(before, _store.Reads + _store.Writes);
    }

    [Fact]
    public async Task Many_who_wait_are_served_by_few_writes()
    {
        var limiter = NewInstance();
        var likes = new RateLimit(RouteClass.Likes, 40, TimeSpan.FromDays(1));

        var hold = new TaskCompletionSource();
        _store.Held = hold.Task;

        var asked = Enumerable.Range(0, 200).Select(_ => limiter.TakeAsync(likes, "ann").AsTask()).ToList();
        hold.SetResult();
        var decisions = await Task.WhenAll(asked);

        Assert.Equal(40, decisions.Count(d => d.IsAllowed));
        Assert.Equal(2, _store.Writes);
    }

    [Fact]
    public async Task Small_limits_are_exact_however_many_instances_there_are()
    {
        var instances = Enumerable.Range(0, 40).Select(_ => NewInstance()).ToList();

        var decisions = await Task.WhenAll(instances.SelectMany(i => Enumerable.Range(0, 5).Select(_ => Task.Run(() => i.TakeAsync(Uploads, "ann").AsTask()))));

        Assert.InRange(decisions.Count(d => d.IsAllowed), 1, 3);
    }

    [Fact]
    public async Task Token_that_was_given_back_can_be_taken_again_everywhere()
    {
        var (here, there) = (NewInstance(), NewInstance());
        await TakeAsync(here, Uploads, 3);
        Assert.False((await there.TakeAsync(Uploads, "ann")).IsAllowed);

        here.Return(Uploads, "ann");
        await here.FlushAsync(CancellationToken.None);
        await UntilAsync(() => _store[RateBucket.KeyOf(RouteClass.Uploads, "ann")]!.Used <= 2);
        _time.Advance(RateLimiter.EmptyMemory);

        Assert.True((await there.TakeAsync(Uploads, "ann")).IsAllowed);
        Assert.False((await there.TakeAsync(Uploads, "ann")).IsAllowed);
    }

    [Fact]
    public async Task Store_that_is_away_leaves_each_instance_with_the_limit_it_knows()
    {
        var limiter = NewInstance();
        _store.Fails = true;

        Assert.Equal(3, await TakeAsync(limiter, Uploads, 10));
        Assert.Equal(1_000, await TakeAsync(limiter, PerMinute, 1_200));

        _store.Fails = false;
        _time.Advance(RateLimiter.StorePause);
        await limiter.FlushAsync(CancellationToken.None);
        Assert.Equal(3, Math.Ceiling(_store[RateBucket.KeyOf(RouteClass.Uploads, "ann")]!.Used));
        Assert.False((await NewInstance().TakeAsync(Uploads, "ann")).IsAllowed);
    }

    [Fact]
    public async Task Store_that_does_not_answer_is_waited_for_once_and_then_left_alone()
    {
        var limiter = NewInstance();
        _store.Hangs = true;

        var first = limiter.TakeAsync(Uploads, "ann").AsTask();
        await _store.IsHanging;
        Assert.False(first.IsCompleted);
        _time.Advance(RateLimiter.StoreTimeout);
        Assert.True((await first).IsAllowed);

        Assert.True((await limiter.TakeAsync(Uploads, "ben")).IsAllowed);
    }

    [Fact]
    public async Task Bucket_that_everyone_writes_to_lets_nobody_past_its_limit()
    {
        var limiter = NewInstance();
        _store.Conflicts = 100;

        var decision = await limiter.TakeAsync(Uploads, "ann");

        Assert.False(decision.IsAllowed);
        _store.Conflicts = 3;
        Assert.True((await limiter.TakeAsync(Uploads, "ann")).IsAllowed);
    }

    [Fact]
    public async Task Document_that_has_expired_is_a_full_bucket()
    {
        var limiter = NewInstance();
        await TakeAsync(limiter, Uploads, 3);
        _time.Advance(TimeSpan.FromDays(1));
        _store.Expire(RateBucket.KeyOf(RouteClass.Uploads, "ann"));

        Assert.Equal(3, await TakeAsync(limiter, Uploads, 5));
    }

    [Fact]
    public async Task Document_lives_until_everything_has_flowed_back()
    {
        await TakeAsync(NewInstance(), Uploads, 2);

        Assert.Equal(2 * 8 * 60 * 60, _store[RateBucket.KeyOf(RouteClass.Uploads, "ann")]!.Ttl);
    }

    /// <summary>The bound of docs/decisions/037, over any order of requests, reports and time on any number of instances.</summary>
    [Fact]
    public void Instances_together_never_exceed_the_capacity_by_more_than_the_bound()
    {
        var step = Gen.Choose(0, 59).SelectMany(instance => Gen.Choose(1, 60), (instance, count) => (instance, count))
            .SelectMany(_ => Gen.Choose(0, 400), (s, wait) => (s.instance, s.count, wait));
        var run = Gen.Elements(1, 2, 10, 25, 30, 60).SelectMany(_ => Gen.Elements(50, 100, 250, 1_000), (instances, capacity) => (instances, capacity))
            .SelectMany(_ => step.ArrayOf(50), (setup, steps) => (setup.instances, setup.capacity, steps));

        Prop.ForAll(run.ToArbitrary(), r => Overshoot(r.instances, r.capacity, r.steps) <= 0).Check(Config.QuickThrowOnFailure.WithMaxTest(12));
    }

    [Fact]
    public void Instances_that_have_not_told_yet_are_what_the_bound_is_for()
    {
        // Each of 60 spends what it may without telling, then one takes the rest: the worst there is.
        var steps = Enumerable.Range(0, 60).Select(i => (i, 2, 1)).Append((0, 600, 1)).ToArray();

        var overshoot = Overshoot(60, 500, steps, out var admitted);

        Assert.InRange(admitted, 550, 500 + (60 * 5));
        Assert.True(overshoot <= 0, $"{overshoot} above the bound");
    }

    private static double Overshoot(int instances, int capacity, (int Instance, int Count, int Wait)[] steps) => Overshoot(instances, capacity, steps, out _);

    private static double Overshoot(int instances, int capacity, (int Instance, int Count, int Wait)[] steps, out int admitted)
    {
        var (time, store) = (new FakeTime(), new MemoryLimitStore());
        var limit = new RateLimit(RouteClass.Likes, capacity, TimeSpan.FromMinutes(1));
        var limiters = Enumerable.Range(0, instances).Select(_ => new RateLimiter(store, time, NullLogger<RateLimiter>.Instance)).ToList();
        var start = time.GetUtcNow();
        admitted = 0;
        foreach (var (instance, count, wait) in steps)
        {
            var limiter = limiters[instance % instances];
            admitted += TakeAsync(limiter, limit, count).GetAwaiter().GetResult();
            if (wait % 10 == 0) limiter.FlushAsync(CancellationToken.None).GetAwaiter().GetResult();
            time.Advance(TimeSpan.FromMilliseconds(wait));
        }

        var flowedIn = (time.GetUtcNow() - start).TotalMilliseconds * limit.Rate;
        var bound = limit.Batch * instances;
        return admitted - (capacity + flowedIn + bound + 0.001);
    }

    private static async Task<int> TakeAsync(RateLimiter limiter, RateLimit limit, int count)
    {
        var allowed = 0;
        for (var i = 0; i < count; i++)
        {
            if ((await limiter.TakeAsync(limit, "ann")).IsAllowed) allowed++;
        }

        return allowed;
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (!condition())
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private RateLimiter NewInstance() => new(_store, _time, NullLogger<RateLimiter>.Instance);
}
