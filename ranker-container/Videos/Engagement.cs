namespace TikTok.Ranker.Videos;

/// <summary>What an act is worth where all that people do with a video becomes one number. A video watched once through is 1.</summary>
public static class Engagement
{
    public const float Like = 4;
    public const float Comment = 5;
    public const float Share = 8;
    public const float Follow = 8;

    /// <summary>How an average video is watched, of which nothing more is known: the product's requirements say that 40 of 100 are skipped.</summary>
    public const float AverageRatio = 0.5f;
    public const float AverageFinishes = 0.3f;
    public const float AverageSkips = 0.4f;

    /// <summary>All of it, undecayed.</summary>
    public static float Of(in VideoStatistics statistics) =>
        statistics.WatchRatio + (Like * statistics.Likes) + (Comment * statistics.Comments) + (Share * statistics.Shares) + (Follow * statistics.Follows);
}
