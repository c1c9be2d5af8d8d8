namespace TikTok.Ranker.Ranking;

/// <summary>What the model is told of a person, in the order of its inputs. All in 0 to 1, but for the hour's two in −1 to 1.</summary>
/// <remarks><c>log(x; max)</c> is ln(1 + x) ÷ ln(1 + max), at most 1. Shares are of the history, smoothed as <see cref="Smoothed"/> says.</remarks>
public enum UserFeature
{
    /// <summary>log(swipes ever; 10,000).</summary>
    Swipes,

    /// <summary>log(swipes since the last pause; 500).</summary>
    SessionSwipes,

    /// <summary>Mean of watched ÷ length, as a share of <see cref="Videos.Swipe.MaxRatio"/>.</summary>
    WatchRatio,
    Finished,
    Skipped,
    Liked,

    /// <summary>Of the last eight swipes alone: how patient the person is now.</summary>
    JustSkipped,

    /// <summary>log(seconds since the last swipe; a week), 1 when there was none.</summary>
    Away,

    /// <summary>Of the hour of the day in UTC as an angle.</summary>
    HourSine,
    HourCosine,

    /// <summary>log(creators followed; 1,000).</summary>
    Followed,

    /// <summary>Share of <see cref="People.PersonView.InterestCapacity"/> hashtags that were chosen.</summary>
    Interests,
}

/// <summary>What the model is told of a video, in the order of its inputs. All in 0 to 1.</summary>
/// <remarks>Rates are per impression and smoothed, see <see cref="Smoothed"/>; those that are rare are given as their square root.</remarks>
public enum VideoFeature
{
    /// <summary>log(impressions; 10,000,000).</summary>
    Impressions,

    /// <summary>1 ÷ √(1 + impressions): how little the rates mean yet.</summary>
    Uncertainty,

    /// <summary>As a share of <see cref="Videos.Swipe.MaxRatio"/>.</summary>
    WatchRatio,
    Finishes,
    Skips,

    /// <summary>Square root.</summary>
    Likes,

    /// <summary>Square root.</summary>
    Shares,

    /// <summary>Square root.</summary>
    Comments,

    /// <summary>Square root.</summary>
    Follows,

    /// <summary>log(seconds since it was published; a year).</summary>
    Age,

    /// <summary>Halves with each day.</summary>
    Freshness,

    /// <summary>log(seconds; ten minutes).</summary>
    Duration,

    /// <summary>log(decayed engagement; 1,000,000).</summary>
    Trend,

    /// <summary>log(impressions per hour since it was published; 100,000).</summary>
    Velocity,

    /// <summary>Share of <see cref="Videos.VideoHashtags.Capacity"/>.</summary>
    Hashtags,

    /// <summary>1 or 0.</summary>
    Sound,
}

/// <summary>What the model is told of a person and a video together, in the order of its inputs. All in −1 to 1.</summary>
public enum CrossFeature
{
    /// <summary>s ÷ (1 + |s|) of the towers' inner product s.</summary>
    Similarity,

    /// <summary>What the person makes of the creator.</summary>
    Creator,

    /// <summary>What the person makes of the sound.</summary>
    Sound,

    /// <summary>Of the hashtag that the person likes best.</summary>
    BestHashtag,

    /// <summary>Mean over the hashtags.</summary>
    Hashtags,

    /// <summary>Whether the person follows the creator: 1 or 0.</summary>
    Following,

    /// <summary>Whether the creator is of the person's country: 1 or 0.</summary>
    Country,

    /// <summary>Share of the video's hashtags that the person chose when joining.</summary>
    Interests,

    /// <summary>0.9 to the power of the swipes since the same creator's last video; 0 when the history has none.</summary>
    CreatorSeen,

    /// <summary>Hashtags shared with the last <see cref="PersonContext.RecentTopics"/> videos, of which one may be counted for each of them.</summary>
    TopicSeen,

    /// <summary>What the person made of videos like this one, above what others made of those (<see cref="Retrieval.INearestVideos.Affinities"/>).</summary>
    Affinity,

    /// <summary>exp(−|ln of the video's length ÷ the mean length of what the person watched well|); 0 when nothing was.</summary>
    Length,
}

/// <summary>A rate as if there had been some more impressions that went as they do on average, so that one like of one viewer is not a rate of 1.</summary>
public static class Smoothed
{
    /// <summary>The added impressions of a video.</summary>
    public const float VideoStrength = 20;

    /// <summary>The added swipes of a person.</summary>
    public const float PersonStrength = 4;

    public const float WatchRatio = 0.5f;
    public const float Finish = 0.35f;
    public const float Skip = 0.4f;
    public const float Like = 0.04f;
    public const float Share = 0.01f;
    public const float Comment = 0.01f;
    public const float Follow = 0.005f;

    /// <returns>0 to <paramref name="most"/>, whatever the numbers are.</returns>
    public static float Rate(float sum, float count, float average, float strength, float most = 1) =>
        Math.Min(most, (Bounded.Positive(sum) + (average * strength)) / (Bounded.Positive(count) + strength));
}

/// <summary>Numbers that a network can take: finite and small, also where what they come from is broken.</summary>
internal static class Bounded
{
    private const float Most = 1e12f;

    /// <returns>0 for what is negative or not a number.</returns>
    public static float Positive(float value) => value > 0 ? Math.Min(value, Most) : 0;

    /// <returns>−1 to 1; 0 for what is not a number.</returns>
    public static float Signed(float value) => float.IsNaN(value) ? 0 : Math.Clamp(value, -1, 1);

    /// <param name="scale">1 ÷ ln(1 + the value that becomes 1), see <see cref="LogScale"/>.</param>
    public static float Log(float value, float scale) => Math.Min(1, MathF.Log(1 + Positive(value)) * scale);

    public static float LogScale(float most) => 1 / MathF.Log(1 + most);
}
