using TikTok.Ranker.People;

namespace TikTok.Ranker.Reranking;

/// <summary>
/// How a feed becomes somebody's own. Before the first swipe it is popular videos and exploration, seven to three; with each swipe some of the popular makes room
/// for what the person is thought to like; from the eighth on half of it is theirs, from the fiftieth more than two thirds.
/// </summary>
public static class ColdStart
{
    private const int PersonalFrom = 8;
    private const int KnownFrom = 50;
    private const float Personal = 0.5f;

    /// <summary>Interests that were chosen when joining tell as much as this many swipes.</summary>
    private const int InterestsAreWorth = 2;

    /// <summary>How sure one may be of what a person likes: 0 for nothing known, a half from the eighth swipe, 1 from the fiftieth.</summary>
    public static float Confidence(PersonView person)
    {
        var swipes = person.Swipes + (person.Interests.IsEmpty ? 0 : InterestsAreWorth);
        return swipes < PersonalFrom
            ? Personal * swipes / PersonalFrom
            : Math.Min(1, Personal + ((1 - Personal) * (swipes - PersonalFrom) / (KnownFrom - PersonalFrom)));
    }

    /// <summary>What the feed is made of. What is not the person's own falls from all of it by a half to three tenths, by the defaults.</summary>
    public static FeedShares Shares(float confidence, RerankingOptions options)
    {
        var begun = Math.Clamp(confidence / Personal, 0, 1);
        var known = Math.Clamp((confidence - Personal) / (1 - Personal), 0, 1);
        return new FeedShares(
            Popular: begun < 1
                ? float.Lerp(options.PopularShareNew, options.PopularShareBegun, begun)
                : float.Lerp(options.PopularShareBegun, options.PopularShareKnown, known),
            Exploration: float.Lerp(options.ExplorationShareNew, options.ExplorationShareKnown, known));
    }
}

/// <param name="Popular">The share that is from what trends.</param>
/// <param name="Exploration">The share that is new, or beyond the person's usual. The rest is what they are thought to like best.</param>
public readonly record struct FeedShares(float Popular, float Exploration);
