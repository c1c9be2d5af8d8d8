using TikTok.Core.Documents;
using TikTok.Core.Events;

namespace TikTok.Simulation.Feeds;

/// <summary>Any video is as likely as any other.</summary>
public sealed class RandomFeed(ulong seed) : IFeed
{
    private readonly KnownVideos _videos = new();
    private Noise _noise = Noise.Of(seed, NoiseOf.Feed);

    public string Name => "random";

    public void Publish(Video video) => _videos.Add(video.VideoId);

    public void Join(Profile profile)
    {
        // Nobody is different.
    }

    public ValueTask<IReadOnlyList<string>> NextAsync(string userId, int count, IReadOnlyList<string> session, DateTimeOffset now)
    {
        var seen = _videos.SeenBy(userId);
        var page = new List<string>(count);
        while (page.Count < count && seen.Count + page.Count < _videos.Count)
        {
            var number = _noise.Below(_videos.Count);
            var id = _videos.IdOf(number);
            if (!seen.Contains(number) && !page.Contains(id)) page.Add(id);
        }
        return new(page);
    }

    public void Observe(LoggedInteraction logged) => _videos.Watched(logged.Interaction);
}
