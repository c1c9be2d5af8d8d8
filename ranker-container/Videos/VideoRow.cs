using System.Runtime.CompilerServices;
using TikTok.Ranker.Features;

namespace TikTok.Ranker.Videos;

/// <summary>A video as every stage of a request reads it: two lines of memory. Written in place by one writer (<see cref="VideoTable"/>).</summary>
/// <remarks>
/// Each number is read whole; two of them may be of two moments. What the video is (<see cref="Video"/>, <see cref="Creator"/>) never changes.
/// Ids are <see cref="FeatureId"/>s, 0 for none.
/// </remarks>
public struct VideoRow
{
    public long Video;
    public long Creator;
    public long Sound;

    /// <summary>The first ones that the creator wrote; none left is 0.</summary>
    public VideoHashtags Hashtags;

    /// <summary>Unix seconds.</summary>
    public uint PublishedAt;
    public uint DurationMs;
    public VideoFlags Flags;

    /// <summary>The creator's, by <see cref="People.CountryCode"/>; 0 when unknown.</summary>
    public ushort Country;

    public VideoStatistics Statistics;

    /// <summary>Whether anyone may be shown it at all.</summary>
    public readonly bool IsListed => (Flags & (VideoFlags.Listed | VideoFlags.ShadowBanned)) == VideoFlags.Listed;
}

[InlineArray(Capacity)]
public struct VideoHashtags
{
    public const int Capacity = 4;
    private long _first;
}

[Flags]
public enum VideoFlags : ushort
{
    /// <summary>Ready and for everyone.</summary>
    Listed = 1,

    /// <summary>Not to be shown to anyone under 18.</summary>
    NotForTeens = 2,

    /// <summary>Its creator's videos are shown to nobody who did not ask for them.</summary>
    ShadowBanned = 4,
}

/// <summary>What people did with a video, since it was published. Floats: sums may be decayed or corrected.</summary>
public struct VideoStatistics
{
    /// <summary>Times it was on somebody's screen. Each is a watch event, however short.</summary>
    public float Impressions;

    /// <summary>Sum of watched ÷ length, each at most <see cref="Swipe.MaxRatio"/>.</summary>
    public float WatchRatio;
    public float Finishes;

    /// <summary>Left within two seconds, before its end.</summary>
    public float Skips;
    public float Likes;
    public float Shares;
    public float Comments;

    /// <summary>Follows of the creator that came of it.</summary>
    public float Follows;

    /// <summary>Engagement that halves in <see cref="VideoTable.TrendHalfLife"/>, as of <see cref="TrendAt"/>.</summary>
    public float Trend;

    /// <summary>Unix seconds.</summary>
    public uint TrendAt;
}

/// <summary>What one look at a video came to, in the terms that all of the ranker counts by.</summary>
public static class Swipe
{
    /// <summary>Watching on and on counts as twice at most.</summary>
    public const float MaxRatio = 2;

    /// <summary>Watched to here is finished: players seldom report the last frames.</summary>
    public const float FinishRatio = 0.95f;

    /// <summary>Watched to here is watched well: a sign that it was to the person's taste.</summary>
    public const float WellRatio = 0.5f;

    private const long SkipMs = 2_000;

    public static float Ratio(long watchedMs, long lengthMs) => lengthMs <= 0 ? 0 : Math.Clamp(watchedMs / (float)lengthMs, 0, MaxRatio);

    public static bool IsSkip(long watchedMs, float ratio) => watchedMs < SkipMs && ratio < FinishRatio;
}
