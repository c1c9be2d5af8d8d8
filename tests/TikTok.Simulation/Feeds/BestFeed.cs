using TikTok.Core.Documents;
using TikTok.Core.Events;

namespace TikTok.Simulation.Feeds;

/// <summary>Not a feed that could be: it reads the world's hidden tastes. What it comes to is the most that there is to be had.</summary>
/// <remarks>It knows no whims, spreads nothing and explores nothing; a page of its own is the best videos left, one of a topic first.</remarks>
public sealed class BestFeed(World world) : IFeed
{
    private const int Candidates = 60;

    private readonly KnownVideos _videos = new();
    private readonly Dictionary<string, Person> _people = new(StringComparer.Ordinal);

    public string Name => "the best there could be";

    public void Publish(Video video) => _videos.Add(video.VideoId);

    public void Join(Profile profile)
    {
        // The world is asked.
    }

    public ValueTask<IReadOnlyList<string>> NextAsync(string userId, int count, IReadOnlyList<string> session, DateTimeOffset now)
    {
        if (!_people.TryGetValue(userId, out var person)) person = _people[userId] = world.People.First(p => p.Profile.UserId == userId);
        var seen = _videos.SeenBy(userId);
        var best = new BestOf(Candidates);
        for (var number = 0; number < _videos.Count; number++)
        {
            if (!seen.Contains(number)) best.Add(number, world.Pleasure(person, world.Clips[number]).Pleasure);
        }

        // The n-th of a topic comes after the first ones of others, as far as satiation would cost.
        return new(
        [
            .. best.Descending().GroupBy(c => world.Clips[c.Number].Topic)
                .SelectMany(topic => topic.Select((c, nth) => (c.Number, Pleasure: c.Value - (Behaviour.Satiation * 2 * Math.Max(0, nth - 1)))))
                .OrderByDescending(c => c.Pleasure).Take(count).Select(c => _videos.IdOf(c.Number)),
        ]);
    }

    public void Observe(LoggedInteraction logged) => _videos.Watched(logged.Interaction);
}
