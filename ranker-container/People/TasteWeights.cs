namespace TikTok.Ranker.People;

/// <summary>
/// How much a person's taste for a video's creator, sound and hashtags learns from what they do. A taste is the running mean of signals: it goes a
/// <see cref="Rate"/> of the way towards each, so that it stays within about −1 to 1 and turns within a few swipes when the person does.
/// </summary>
/// <remarks>
/// The seed's simple recommender has +1 for more than half watched, −0.5 for less, and moves by a tenth. Here the signal rises with the share that was watched,
/// which loses less of what is known, and it moves by a quarter: a hashtag is met once in several swipes, and a change of taste is to be followed within twenty.
/// </remarks>
public static class TasteWeights
{
    public const float Rate = 0.25f;

    /// <summary>Every swipe takes this factor off all tastes, so that what is not met any more is half forgotten after 256.</summary>
    public const float DecayPerSwipe = 0.997296f;

    private const float Skip = -0.5f;
    private const float Unwatched = -0.25f;
    private const float Replay = 0.25f;

    private const float Like = 0.5f;
    private const float Comment = 0.5f;
    private const float Share = 0.75f;
    private const float Follow = 1;

    /// <summary>−0.5 for a skip; else from −0.25 for a glance by 0.75 for the whole to 1 for twice the whole.</summary>
    public static float OfWatch(float ratio, bool skipped) =>
        skipped ? Skip : Unwatched + Math.Min(ratio, 1) + (Replay * Math.Clamp(ratio - 1, 0, 1));

    /// <summary>The mean of <see cref="OfWatch"/> over many, of whom the share <paramref name="skips"/> skipped, and who watched <paramref name="ratio"/> on the mean; what is watched again counts whole.</summary>
    public static float OfWatches(float ratio, float skips) => (skips * Skip) + ((1 - skips) * Unwatched) + ratio;

    /// <summary>What actions add to the signal of the swipe; taken back, they are subtracted.</summary>
    public static float OfActions(SwipeSignals signals) =>
        ((signals & SwipeSignals.Liked) != 0 ? Like : 0)
        + ((signals & SwipeSignals.Commented) != 0 ? Comment : 0)
        + ((signals & SwipeSignals.Shared) != 0 ? Share : 0);

    /// <summary>What following adds to the taste for the creator alone.</summary>
    public static float OfFollow => Follow;
}
