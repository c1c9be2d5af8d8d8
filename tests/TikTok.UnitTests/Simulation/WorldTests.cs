using System.Text.Json;
using TikTok.Core;
using TikTok.Core.Documents;
using TikTok.Core.Events;
using TikTok.Simulation;
using TikTok.Simulation.Feeds;
using TikTok.Simulation.Measures;

namespace TikTok.UnitTests.Simulation;

public class WorldTests
{
    private static readonly WorldOptions Small = new() { People = 150, Creators = 150, Videos = 1_500 };
    private static readonly Lazy<Task<History>> Lived = new(() => History.OfAsync(Small, days: 3));

    [Fact]
    public async Task Two_worlds_of_one_seed_write_the_same_log()
    {
        var options = Small with { People = 40, Creators = 40, Videos = 300 };

        Assert.Equal(
            (await History.OfAsync(options, days: 2)).Log.Select(e => JsonSerializer.Serialize(e, CoreJson.Options)),
            (await History.OfAsync(options, days: 2)).Log.Select(e => JsonSerializer.Serialize(e, CoreJson.Options)));
    }

    [Fact]
    public void Another_seed_is_another_world() =>
        Assert.NotEqual(new World(Small).Clips[0].Document.Hashtags, new World(Small with { Seed = 2 }).Clips[0].Document.Hashtags);

    [Fact]
    public async Task Of_popular_videos_forty_in_a_hundred_are_skipped_within_two_seconds_and_five_are_reacted_to()
    {
        var figures = await WatchAsync(_ => new PopularityFeed());

        Assert.InRange(figures.SkipRate.Mean, 0.34, 0.46);
        Assert.InRange((figures.Likes + figures.Comments + figures.Shares) / (double)figures.Swipes, 0.03, 0.075);
    }

    [Fact]
    public async Task What_suits_a_person_is_watched_longer_than_what_is_popular_and_that_longer_than_anything()
    {
        var (random, popular, best) = (await WatchAsync(_ => new RandomFeed(1)), await WatchAsync(_ => new PopularityFeed()), await WatchAsync(world => new BestFeed(world)));

        Assert.InRange(random.WatchRatio.Mean, 0.2, popular.WatchRatio.Mean - 0.05);
        Assert.InRange(popular.WatchRatio.Mean, 0.3, best.WatchRatio.Mean / 1.5);
        Assert.True(best.WatchPerSession.Mean > 1.5 * popular.WatchPerSession.Mean);
    }

    [Fact]
    public async Task The_log_is_in_order_within_each_partition_and_tells_of_videos_and_accounts_that_there_are()
    {
        var lived = await Lived.Value;
        var world = lived.NewWorld();
        var people = world.People.Select(p => p.Profile.UserId).ToHashSet(StringComparer.Ordinal);
        var creators = world.Creators.Select(c => c.UserId).ToHashSet(StringComparer.Ordinal);

        foreach (var partition in lived.Log.GroupBy(e => e.Partition, StringComparer.Ordinal))
        {
            Assert.Equal(Enumerable.Range(0, partition.Count()).Select(i => (long)i), partition.Select(e => e.SequenceNumber));
            Assert.True(partition.Zip(partition.Skip(1)).All(pair => pair.First.EnqueuedAt <= pair.Second.EnqueuedAt));
            Assert.Single(partition.GroupBy(e => e.Interaction.Subject, StringComparer.Ordinal).Select(s => s.Select(e => e.Partition).Distinct().Count()).Distinct());
        }
        Assert.All(lived.Log, logged =>
        {
            var interaction = logged.Interaction;
            Assert.True(Id.IsValid(interaction.Id) && Id.IsValid(interaction.UserId));
            if (interaction.VideoId is { } videoId) Assert.True(world.Find(videoId).Document.IsListed);
            if (interaction.TargetUserId is { } target) Assert.Contains(target, creators);
            if (interaction.Type != InteractionType.Published) Assert.Contains(interaction.UserId, people);
            Assert.Equal(interaction.Type == InteractionType.Watch, interaction.Watch is not null);
        });
    }

    [Fact]
    public async Task Ids_are_distinct()
    {
        var lived = await Lived.Value;
        Assert.Equal(lived.Log.Count, lived.Log.Select(e => e.Interaction.Id).Distinct(StringComparer.Ordinal).Count());
        var world = lived.NewWorld();
        var ids = world.Clips.Select(c => c.Document.VideoId).Concat(world.People.Select(p => p.Profile.UserId)).Concat(world.Creators.Select(c => c.UserId)).ToList();
        Assert.Equal(ids.Count, ids.Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void A_hashtag_is_a_hint_of_the_topic_and_no_more()
    {
        var world = new World(Small);
        var told = world.Clips.Count(c => c.Document.Hashtags.Any(h => h.StartsWith(Topics.NameOf(c.Topic), StringComparison.Ordinal)));

        Assert.InRange(told / (double)world.Clips.Count, 0.5, 0.9);
    }

    [Fact]
    public void A_changed_taste_turns_what_was_liked_best_into_what_is_not_and_finds_as_much_elsewhere()
    {
        var world = new World(Small);
        var before = world.People.Select(person => Best(world, person)).ToList();

        foreach (var person in world.People) world.ChangeTaste(person);

        var then = before.SelectMany(clips => clips).Average(c => c.Pleasure);
        Assert.True(world.People.Zip(before).SelectMany(p => p.Second, (p, c) => world.Pleasure(p.First, c.Clip).Pleasure).Average() < then - 1.5);
        Assert.Equal(then, world.People.SelectMany(person => Best(world, person)).Average(c => c.Pleasure), 0.3);
    }

    [Fact]
    public void A_person_reacts_to_a_video_in_the_same_way_whatever_feed_showed_it()
    {
        var (first, second) = (new World(Small), new World(Small));
        var clip = first.Clips[7];

        var alone = new SwipeSession(first, first.People[3], first.Today).Watch(clip);
        var later = new SwipeSession(second, second.People[3], second.Today.AddHours(3)).Watch(second.Find(clip.Document.VideoId));

        Assert.Equal(alone, later);
    }

    [Fact]
    public async Task No_feed_shows_a_person_a_video_twice()
    {
        foreach (var make in (Func<World, IFeed>[])[_ => new RandomFeed(1), _ => new PopularityFeed(), _ => new EmbeddingAverageFeed(), w => new BestFeed(w)])
        {
            var shown = new List<(int, int)>();
            await WatchAsync(make, impression => shown.Add((impression.Person.Number, impression.Clip.Number)));
            Assert.Equal(shown.Count, shown.Distinct().Count());
        }
    }

    private static List<(Clip Clip, float Pleasure)> Best(World world, Person person) =>
        [.. world.Clips.Select(clip => (Clip: clip, world.Pleasure(person, clip).Pleasure)).OrderByDescending(c => c.Pleasure).Take(20)];

    private static async Task<FeedFigures> WatchAsync(Func<World, IFeed> make, Action<Impression>? each = null)
    {
        var lived = await Lived.Value;
        var world = lived.NewWorld();
        var feed = make(world);
        var clock = new SimulatedClock(lived.Options.Start);
        lived.TellTo(feed, world, clock);
        var figures = new FeedFigures(_ => false);
        var crowd = new Crowd(world, feed, clock, lived.NewLog(), pageSize: 5);
        crowd.NextDay();
        await crowd.TodayAsync(world.People, impression =>
        {
            figures.Add(impression);
            each?.Invoke(impression);
        });
        return figures;
    }
}
