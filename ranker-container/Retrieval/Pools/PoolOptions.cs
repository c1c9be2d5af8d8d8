namespace TikTok.Ranker.Retrieval.Pools;

/// <summary>How deep the pools are that all requests draw from, and when a video leaves the fresh one.</summary>
public sealed record PoolOptions
{
    /// <value>Videos that trend, kept in order. Default 4,000: with the fresh ones all that a small system has.</value>
    public int TrendingDepth { get; init; } = 4_000;

    /// <value>The same for each country. Default 1,000.</value>
    public int TrendingPerCountry { get; init; } = 1_000;

    /// <value>A creator's newest videos that are kept. Default 50.</value>
    public int PerCreator { get; init; } = 50;

    /// <value>The best videos that are kept of a hashtag. Default 200.</value>
    public int PerHashtag { get; init; } = 200;

    /// <value>The same of a sound. Default 200.</value>
    public int PerSound { get; init; } = 200;

    /// <value>Newest videos below <see cref="GuaranteedImpressions"/> that wait for theirs, and as many of those not yet certain. Default 50,000.</value>
    public int FreshDepth { get; init; } = 50_000;

    /// <value>Impressions that every video gets, however it does. Default 100.</value>
    public int GuaranteedImpressions { get; init; } = 100;

    /// <value>Impressions after which a video is known well enough. Default 1,000.</value>
    public int CertainImpressions { get; init; } = 1_000;

    /// <value>A video that does worse than the average one by this many standard deviations of its estimate is no longer tried. Default 2.</value>
    public float GiveUpDeviations { get; init; } = 2;

    /// <value>Impressions that an average video's success counts as much as, before a video has any of its own. Default 10.</value>
    public float PriorImpressions { get; init; } = 10;

    /// <value>The score that hashtags' and sounds' videos are ordered by halves in this time. Default 14 days.</value>
    public TimeSpan ScoreHalfLife { get; init; } = TimeSpan.FromDays(14);

    /// <value>The share of one core that renewing the pools may take: the more videos, the less often. Default 0.02.</value>
    public double RenewalShare { get; init; } = 0.02;
}
