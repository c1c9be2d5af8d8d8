namespace TikTok.Ranker.Ranking;

/// <summary>
/// What each predicted outcome is worth, in units of one whole watch. The form, a sum of probability × worth over outcomes, is the one that TikTok is reported to
/// rank by (B. Smith, "How TikTok Reads Your Mind", The New York Times, 5 December 2021) and the one that Twitter published in 2023
/// (twitter/the-algorithm-ml, projects/home/recap).
/// </summary>
/// <remarks>
/// The figures are a product's choice, not a measurement. They are set so that time watched leads, and so that an action is worth more the rarer it is: at usual
/// rates (likes 4 %, comments 0.5 %, shares 0.5 %, follows 0.3 % of views) all four together count for about a tenth of what watching does, yet decide between
/// videos that are watched alike. A skip costs what a whole watch brings, as the seed wants it heard at once. Experiments change them.
/// </remarks>
public sealed record ValueWeights
{
    /// <value>Default 0.5: an end that was reached says more than the seconds alone.</value>
    public float Finish { get; init; } = 0.5f;

    /// <value>Per video's length watched. Default 1, the unit.</value>
    public float WatchRatio { get; init; } = 1;

    /// <value>Default 1.</value>
    public float Like { get; init; } = 1;

    /// <value>Default 3.</value>
    public float Share { get; init; } = 3;

    /// <value>Default 2.</value>
    public float Comment { get; init; } = 2;

    /// <value>Default 4.</value>
    public float Follow { get; init; } = 4;

    /// <value>Taken off. Default 1.</value>
    public float Skip { get; init; } = 1;

    /// <exception cref="ArgumentOutOfRangeException">A weight is below 0, or no number.</exception>
    public ValueWeights Validated()
    {
        Require(Finish, nameof(Finish));
        Require(WatchRatio, nameof(WatchRatio));
        Require(Like, nameof(Like));
        Require(Share, nameof(Share));
        Require(Comment, nameof(Comment));
        Require(Follow, nameof(Follow));
        Require(Skip, nameof(Skip));
        return this;

        static void Require(float weight, string name)
        {
            if (!float.IsFinite(weight) || weight < 0) throw new ArgumentOutOfRangeException(name);
        }
    }
}
