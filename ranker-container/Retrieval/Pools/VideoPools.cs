namespace TikTok.Ranker.Retrieval.Pools;

/// <summary>What the pools held at one moment. Does not change: a request draws from one such state. Whether a video may be shown is asked when it is drawn.</summary>
internal sealed record VideoPools
{
    public static readonly VideoPools Empty = new();

    /// <summary>By decayed engagement; behind those that have any, the best of the others.</summary>
    public int[] Trending { get; init; } = [];

    /// <summary>By <see cref="People.CountryCode"/>.</summary>
    public VideoLists TrendingIn { get; init; } = VideoLists.Empty;

    /// <summary>Newest first, those of shadow-banned creators among them.</summary>
    public VideoLists ByCreator { get; init; } = VideoLists.Empty;

    /// <summary>Best first.</summary>
    public VideoLists ByHashtag { get; init; } = VideoLists.Empty;

    /// <summary>Best first.</summary>
    public VideoLists BySound { get; init; } = VideoLists.Empty;

    /// <summary>Videos that have not had the impressions that each gets, newest first.</summary>
    public int[] Unproven { get; init; } = [];

    /// <summary>Videos shown enough to be estimated, too little to be known, newest first.</summary>
    public Estimate[] Uncertain { get; init; } = [];

    /// <summary>What anybody may be shown: trending, not one creator's, without what is not for teens.</summary>
    public int[] ForAnybody { get; init; } = [];
}

/// <summary>A video's success per impression as a Beta distribution.</summary>
internal readonly record struct Estimate(int Row, float Alpha, float Beta);
