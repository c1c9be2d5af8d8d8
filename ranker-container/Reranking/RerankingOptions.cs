namespace TikTok.Ranker.Reranking;

/// <summary>How a page is put together from ranked candidates.</summary>
public sealed record RerankingOptions
{
    /// <value>Videos of one creator in any <see cref="CreatorWindow"/> in a row, 1 to 10. Default 2.</value>
    public int PerCreator { get; init; } = 2;

    /// <value>1 to 10. Default 10.</value>
    public int CreatorWindow { get; init; } = 10;

    /// <value>Popular share of the feed of a person of whom nothing is known; the rest of theirs is exploration. 0 to 1. Default 0.7.</value>
    public float PopularShareNew { get; init; } = 0.7f;

    /// <value>The same when the feed becomes personal, at a confidence of a half. Default 0.2.</value>
    public float PopularShareBegun { get; init; } = 0.2f;

    /// <value>The same for a person who is well known. Default 0.15.</value>
    public float PopularShareKnown { get; init; } = 0.15f;

    /// <value>Share of the feed that is new or beyond the person's usual, until the feed is personal. 0 to 1. Default 0.3.</value>
    public float ExplorationShareNew { get; init; } = 0.3f;

    /// <value>The same for a person who is well known. Default 0.15: with the popular a third is left to chance, and before half was.</value>
    public float ExplorationShareKnown { get; init; } = 0.15f;

    /// <value>
    /// λ of maximal marginal relevance (Carbonell and Goldstein, 1998): how much a video's value counts against its likeness to those before it. 0 to 1, where 1 is
    /// the order of values. Default 0.6.
    /// </value>
    public float Relevance { get; init; } = 0.6f;

    /// <value>What is left of a likeness with each further video in between, 0 to 1. Default 0.8: after ten, a tenth.</value>
    public float LikenessDecay { get; init; } = 0.8f;

    /// <value>
    /// How far chance may go against value in exploration, as a share of the range of values: the scale of Gumbel noise, so that videos are drawn as by a softmax.
    /// 0 to 10. Default 0.1. Without it, exploration would show again and again what the model believes already; with much more, it shows what nobody wants.
    /// </value>
    public float ExplorationNoise { get; init; } = 0.1f;

    /// <value>
    /// What it counts for in exploration to be of this moment and seen by nobody, on the same scale; half of it a day later, or after a hundred impressions. Default 0.5.
    /// </value>
    public float FreshBonus { get; init; } = 0.5f;

    /// <value>What a chosen interest counts for among the popular, to somebody of whom no more is known; on the same scale. Default 1.</value>
    public float InterestBonus { get; init; } = 1;

    /// <value>What a creator of the person's own country counts for in the same way. Default 0.25.</value>
    public float CountryBonus { get; init; } = 0.25f;

    /// <value>Impressions after which a video may be judged by how many skip it. Default 200.</value>
    public float JudgedFrom { get; init; } = 200;

    /// <value>Share of skips from which on a video is shown to nobody who can be shown another. Default 0.9.</value>
    public float WorstSkipRate { get; init; } = 0.9f;

    /// <exception cref="ArgumentOutOfRangeException">A value is not in its range.</exception>
    public RerankingOptions Validated()
    {
        Require(PerCreator is >= 1 and <= 10, nameof(PerCreator));
        Require(CreatorWindow is >= 1 and <= 10, nameof(CreatorWindow));
        Share(PopularShareNew, nameof(PopularShareNew));
        Share(PopularShareBegun, nameof(PopularShareBegun));
        Share(PopularShareKnown, nameof(PopularShareKnown));
        Share(ExplorationShareNew, nameof(ExplorationShareNew));
        Share(ExplorationShareKnown, nameof(ExplorationShareKnown));
        Share(Relevance, nameof(Relevance));
        Share(LikenessDecay, nameof(LikenessDecay));
        Share(WorstSkipRate, nameof(WorstSkipRate));
        Require(ExplorationNoise is >= 0 and <= 10, nameof(ExplorationNoise));
        Require(FreshBonus is >= 0 and <= 10, nameof(FreshBonus));
        Require(InterestBonus is >= 0 and <= 10, nameof(InterestBonus));
        Require(CountryBonus is >= 0 and <= 10, nameof(CountryBonus));
        Require(JudgedFrom >= 1, nameof(JudgedFrom));
        return this;

        static void Share(float value, string name) => Require(value is >= 0 and <= 1, name);

        static void Require(bool holds, string name)
        {
            if (!holds) throw new ArgumentOutOfRangeException(name);
        }
    }
}
