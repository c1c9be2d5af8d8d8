namespace TikTok.Ranker.Retrieval;

/// <summary>
/// How many candidates each pool may bring at first, those counted that another pool brought as well. What a pool leaves unused is filled up from the others, the
/// personal ones first. Together at most <see cref="Candidates.Capacity"/>.
/// </summary>
public sealed record RetrievalOptions
{
    /// <value>Default 2,000.</value>
    public int Nearest { get; init; } = 2_000;

    /// <value>Default 500.</value>
    public int Followed { get; init; } = 500;

    /// <value>Default 300.</value>
    public int Creators { get; init; } = 300;

    /// <value>Default 400.</value>
    public int Collaborative { get; init; } = 400;

    /// <value>Default 500.</value>
    public int Hashtags { get; init; } = 500;

    /// <value>Default 200.</value>
    public int Sounds { get; init; } = 200;

    /// <value>Default 600: enough that a tenth to a fifth of the feed can come from it.</value>
    public int Trending { get; init; } = 600;

    /// <value>Default 500.</value>
    public int Fresh { get; init; } = 500;

    /// <exception cref="ArgumentOutOfRangeException">One is negative, or together they are more candidates than there may be.</exception>
    internal RetrievalOptions Validated()
    {
        ReadOnlySpan<int> quotas = [Nearest, Followed, Creators, Collaborative, Hashtags, Sounds, Trending, Fresh];
        var total = 0L;
        foreach (var quota in quotas)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(quota);
            total += quota;
        }
        ArgumentOutOfRangeException.ThrowIfGreaterThan(total, Candidates.Capacity);
        return this;
    }
}
