using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using TikTok.Ranker.People;
using TikTok.Ranker.Videos;

namespace TikTok.Ranker.Ranking;

/// <summary>What a person's history comes to where videos are compared with it: found once, then asked for every candidate.</summary>
public struct PersonContext
{
    /// <summary>How many of the last videos' hashtags are remembered.</summary>
    public const int RecentTopics = 8;

    /// <summary>Any of these says as much as watching well.</summary>
    private const SwipeSignals Positive = SwipeSignals.Finished | SwipeSignals.Liked | SwipeSignals.Shared | SwipeSignals.Commented | SwipeSignals.Followed;

    private CreatorIds _creators;
    private TopicIds _topics;

    /// <summary>ln of the mean length in seconds (geometric) of what was watched well; not a number when nothing was.</summary>
    public float LogDuration { get; private set; }

    /// <summary>By place in the history; 0 where the video is not known.</summary>
    [UnscopedRef]
    public readonly ReadOnlySpan<long> Creators => _creators;

    [UnscopedRef]
    public readonly ReadOnlySpan<long> Topics => _topics;

    public static bool IsWellWatched(in HistoryEntry entry) => entry.Ratio >= Swipe.WellRatio || (entry.Signals & Positive) != 0;

    public void Read(PersonView person, VideoTable videos)
    {
        this = default;
        var (logDurations, watched) = (0f, 0);
        var history = person.History;
        for (var i = 0; i < history.Length; i++)
        {
            var row = videos.Find(history[i].Video);
            if (row < 0) continue;
            ref readonly var video = ref videos[row];
            _creators[i] = video.Creator;
            if (i < RecentTopics) ((ReadOnlySpan<long>)video.Hashtags).CopyTo(((Span<long>)_topics)[(i * VideoHashtags.Capacity)..]);
            if (!IsWellWatched(history[i])) continue;
            logDurations += LogSeconds(video.DurationMs);
            watched++;
        }
        LogDuration = watched > 0 ? logDurations / watched : float.NaN;
    }

    /// <summary>ln of a length in seconds, a second at least.</summary>
    public static float LogSeconds(uint durationMs) => MathF.Log(Math.Max(1, durationMs / 1000f));

    [InlineArray(PersonView.HistoryCapacity)]
    private struct CreatorIds
    {
        private long _first;
    }

    [InlineArray(RecentTopics * VideoHashtags.Capacity)]
    private struct TopicIds
    {
        private long _first;
    }
}
