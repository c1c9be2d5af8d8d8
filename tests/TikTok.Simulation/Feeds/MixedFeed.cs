using TikTok.Core.Documents;
using TikTok.Core.Events;

namespace TikTok.Simulation.Feeds;

/// <summary>What a service shows before it has anything better, and what history is made of: pages of random and of popular videos in turn.</summary>
public sealed class MixedFeed(ulong seed) : IFeed
{
    private readonly IFeed[] _feeds = [new RandomFeed(seed), new PopularityFeed()];
    private int _turn;

    public string Name => "random and popular";

    public void Publish(Video video)
    {
        foreach (var feed in _feeds) feed.Publish(video);
    }

    public void Join(Profile profile)
    {
        foreach (var feed in _feeds) feed.Join(profile);
    }

    public ValueTask<IReadOnlyList<string>> NextAsync(string userId, int count, IReadOnlyList<string> session, DateTimeOffset now) =>
        _feeds[_turn++ % _feeds.Length].NextAsync(userId, count, session, now);

    public void Observe(LoggedInteraction logged)
    {
        foreach (var feed in _feeds) feed.Observe(logged);
    }
}
