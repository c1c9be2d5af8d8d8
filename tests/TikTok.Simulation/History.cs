using TikTok.Core.Events;
using TikTok.Simulation.Feeds;

namespace TikTok.Simulation;

/// <summary>Some days of a service that shows random and popular videos: what every feed that is compared has learned from before.</summary>
/// <param name="Log">All of it, in order.</param>
public sealed record History(WorldOptions Options, int Days, IReadOnlyList<LoggedInteraction> Log)
{
    private const int PageSize = 10;

    public static async Task<History> OfAsync(WorldOptions options, int days)
    {
        var (world, log, events) = (new World(options), new SimulatedLog(options.Seed, []), new List<LoggedInteraction>());
        var crowd = new Crowd(world, new MixedFeed(options.Seed), new SimulatedClock(options.Start), log, PageSize) { Logged = events.Add };
        foreach (var clip in world.Clips) crowd.Publish(clip);
        for (var day = 0; day < days; day++)
        {
            crowd.NextDay();
            await crowd.TodayAsync(world.People, _ => { });
        }
        return new History(options, days, events);
    }

    /// <summary>The world as it was left, in which nobody has been shown anything since.</summary>
    public World NewWorld()
    {
        var world = new World(Options);
        for (var day = 0; day < Days; day++) world.NextDay();
        return world;
    }

    /// <summary>The log, to be continued.</summary>
    public SimulatedLog NewLog() => new(Options.Seed, Log);

    /// <summary>Tells a feed all of it.</summary>
    /// <param name="clock">The feed's: it passes through the days.</param>
    public void TellTo(IFeed feed, World world, SimulatedClock clock)
    {
        foreach (var person in world.People) feed.Join(person.Profile);
        foreach (var logged in Log)
        {
            clock.MoveTo(logged.EnqueuedAt);
            if (logged.Interaction is { Type: InteractionType.Published, VideoId: { } videoId }) feed.Publish(world.Find(videoId).Document);
            feed.Observe(logged);
        }
    }
}
