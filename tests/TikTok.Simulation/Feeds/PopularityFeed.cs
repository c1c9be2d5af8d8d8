using TikTok.Core.Documents;
using TikTok.Core.Events;
using TikTok.Ranker.Videos;

namespace TikTok.Simulation.Feeds;

/// <summary>The same list for everyone, less what they have seen: by views of two seconds and more, which lose half their weight in a day.</summary>
public sealed class PopularityFeed : IFeed
{
    private static readonly TimeSpan HalfLife = TimeSpan.FromDays(1);
    private static readonly TimeSpan SortedFor = TimeSpan.FromMinutes(10);

    private readonly KnownVideos _videos = new();
    private readonly List<double> _logViews = [];
    private int[] _order = [];
    private DateTimeOffset _sortedAt;

    public string Name => "popularity";

    public void Publish(Video video)
    {
        _videos.Add(video.VideoId);
        _logViews.Add(double.NegativeInfinity);
    }

    public void Join(Profile profile)
    {
        // Nobody is different.
    }

    public ValueTask<IReadOnlyList<string>> NextAsync(string userId, int count, IReadOnlyList<string> session, DateTimeOffset now)
    {
        if (_order.Length == 0 || now - _sortedAt >= SortedFor)
        {
            // Newest first among those of no views.
            _order = [.. Enumerable.Range(0, _videos.Count).OrderByDescending(i => _logViews[i]).ThenByDescending(i => i)];
            _sortedAt = now;
        }
        var seen = _videos.SeenBy(userId);
        return new([.. _order.Where(number => !seen.Contains(number)).Take(count).Select(_videos.IdOf)]);
    }

    public void Observe(LoggedInteraction logged)
    {
        if (_videos.Watched(logged.Interaction) is not { } number || logged.Interaction.Watch is not { } watch) return;
        if (Swipe.IsSkip(watch.WatchDurationMs, Swipe.Ratio(watch.WatchDurationMs, watch.TotalDurationMs))) return;

        // log₂ of Σ 2^(at ÷ half-life): all fade alike, so that the order stands until somebody watches.
        var weight = logged.Interaction.At.UtcTicks / (double)HalfLife.Ticks;
        var views = _logViews[number];
        _logViews[number] = double.IsNegativeInfinity(views) ? weight : weight + Math.Log2(1 + double.Exp2(views - weight));
    }
}
