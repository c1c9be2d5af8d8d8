using TikTok.Ranker.Features;
using TikTok.Ranker.Videos;

namespace TikTok.Benchmarks.Restart;

/// <summary>What was counted before anybody swiped. With the ledger of the swipes it says what must be counted in the end.</summary>
internal sealed class ExpectedCounts
{
    private readonly Dictionary<long, (float Impressions, float Likes)> _videos;
    private readonly int[] _swipes;

    public ExpectedCounts(RestartState state, IReadOnlyList<string> people)
    {
        _videos = Enumerable.Range(0, state.Videos.Count).ToDictionary(row => state.Videos[row].Video, row => (state.Videos[row].Statistics.Impressions, state.Videos[row].Statistics.Likes));
        _swipes = [.. people.Select(person => state.View(person).Swipes)];
    }

    public int Swipes(SwipeLoad load, int person) => _swipes[person] + load.Swipes[person];

    public long Impressions(SwipeLoad load, int video) => (long)Before(IdOf(load, video)).Impressions + load.Impressions[video];

    /// <summary>Of all videos that are there or should be.</summary>
    public int Differing(SwipeLoad load, VideoTable videos)
    {
        var swiped = load.Videos.Index().ToDictionary(video => IdOf(load, video.Index), video => (load.Impressions[video.Index], load.Likes[video.Index]));
        var missing = _videos.Keys.Union(swiped.Keys).Count(video => videos.Find(video) < 0);
        return missing + Enumerable.Range(0, videos.Count).Count(row =>
        {
            var ((impressions, likes), (watched, liked)) = (Before(videos[row].Video), swiped.GetValueOrDefault(videos[row].Video));
            return videos[row].Statistics.Impressions != impressions + watched || videos[row].Statistics.Likes != likes + liked;
        });
    }

    private static long IdOf(SwipeLoad load, int video) => FeatureId.Of(Field.Video, load.Videos[video]);

    private (float Impressions, float Likes) Before(long video) => _videos.GetValueOrDefault(video);
}
