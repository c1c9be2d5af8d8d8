using TikTok.Core.Documents;

namespace TikTok.Ranker.Retrieval;

/// <summary>
/// Every video that may be shown, in memory, with how much it is trending. One writer (<see cref="CatalogueFeed"/>), any number of readers: a read takes
/// the immutable <see cref="Pools"/> that the last write left, so that a request never waits and sees one consistent state.
/// </summary>
public sealed class Catalogue(TimeProvider time)
{
    /// <summary>Engagement loses half its weight in this time, so that what trends now beats what trended yesterday.</summary>
    public static readonly TimeSpan HalfLife = TimeSpan.FromHours(6);

    /// <summary>How deep each pool goes: the candidates of one request, per pool.</summary>
    public const int PoolSize = 2_500;

    /// <summary>A like says more than a view.</summary>
    private const double LikeWeight = 4;

    private readonly Dictionary<string, Entry> _entries = [];

    public CataloguePools Pools { get; private set; } = new([], []);

    public int Count => _entries.Count;

    /// <summary>Takes the current state of some videos, in any order and any number of times, and renews the pools.</summary>
    public void Apply(IEnumerable<Video> videos)
    {
        foreach (var video in videos)
        {
            if (video is { IsListed: true, PublishedAt: { } publishedAt })
                _entries[video.VideoId] = Changed(_entries.GetValueOrDefault(video.VideoId), video, publishedAt);
            else
                _entries.Remove(video.VideoId);
        }
        Renew();
    }

    /// <summary>Sorts the pools again: trending fades with time even when nothing happens.</summary>
    public void Renew()
    {
        var now = time.GetUtcNow();
        var candidates = _entries.Values
            .Select(e => new Candidate(e.VideoId, e.CreatorId, e.PublishedAt, e.Engagement * Decay(now - e.MeasuredAt)))
            .ToList();
        Pools = new CataloguePools(
            Trending: [.. candidates.Where(c => c.Trend > 0).OrderByDescending(c => c.Trend).ThenByDescending(c => c.VideoId, StringComparer.Ordinal).Take(PoolSize)],
            Recent: [.. candidates.OrderByDescending(c => c.PublishedAt).ThenByDescending(c => c.VideoId, StringComparer.Ordinal).Take(PoolSize)]);
    }

    private Entry Changed(Entry? before, Video video, DateTimeOffset publishedAt)
    {
        var now = time.GetUtcNow();
        var total = video.Counters.Views + (LikeWeight * video.Counters.Likes);

        // First heard of, as after a restart: when its engagement came is unknown, so it counts as if it had come when the video was published.
        return before is null
            ? new Entry(video.VideoId, video.UserId, publishedAt, total, publishedAt, total)
            : before with { Engagement = (before.Engagement * Decay(now - before.MeasuredAt)) + Math.Max(0, total - before.Total), MeasuredAt = now, Total = total };
    }

    private static double Decay(TimeSpan age) => Math.Pow(2, -Math.Max(0, age / HalfLife));

    /// <param name="Engagement">Decayed engagement as of <paramref name="MeasuredAt"/>.</param>
    /// <param name="Total">Undecayed engagement that is already in it.</param>
    private sealed record Entry(string VideoId, string CreatorId, DateTimeOffset PublishedAt, double Engagement, DateTimeOffset MeasuredAt, double Total);
}

/// <param name="Trending">By decayed engagement, highest first; without those that nobody has engaged with.</param>
/// <param name="Recent">By time of publication, newest first.</param>
public sealed record CataloguePools(IReadOnlyList<Candidate> Trending, IReadOnlyList<Candidate> Recent);

/// <param name="Trend">Decayed engagement, at least 0.</param>
public sealed record Candidate(string VideoId, string CreatorId, DateTimeOffset PublishedAt, double Trend);
