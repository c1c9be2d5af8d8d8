namespace TikTok.Ranker.Reranking;

/// <summary>A place of a page, and how its video came to it.</summary>
/// <param name="Candidate">The index among the candidates.</param>
/// <param name="Reason">What the place was for.</param>
/// <param name="Value">What the candidate was worth.</param>
/// <param name="Place">Its place by value alone among all that may be shown, from 1.</param>
/// <param name="Likeness">How like it is to the videos before it, 0 to 1; near ones count for more.</param>
/// <param name="Relaxed">The rules that could not be kept for want of videos.</param>
public readonly record struct Pick(int Candidate, PickReason Reason, float Value, int Place, float Likeness, RelaxedRules Relaxed);

/// <summary>What a place of a page is for.</summary>
public enum PickReason : byte
{
    /// <summary>What the person is thought to like best, wherever it comes from.</summary>
    Personal,

    /// <summary>What trends.</summary>
    Popular,

    /// <summary>What is new, or beyond the person's usual.</summary>
    Exploration,
}

/// <summary>Rules that give way, in this order, rather than leave a page short.</summary>
[Flags]
public enum RelaxedRules : byte
{
    None = 0,

    /// <summary>There was nothing of the kind that the place was for.</summary>
    Kind = 1,

    /// <summary>Every other creator had their share of the last places, or none had a video left.</summary>
    Creator = 2,

    /// <summary>Nothing was left but what nearly everybody skips.</summary>
    Quality = 4,

    /// <summary>Nothing was left but what the person has watched, though not in this session.</summary>
    Watched = 8,
}

/// <summary>Why a video is not shown. All but <see cref="Skipped"/> and <see cref="Watched"/> hold whatever else there is to show.</summary>
public enum Exclusion : byte
{
    None,
    NotListed,
    ShadowBanned,
    NotForTeens,

    /// <summary>Its creator is blocked, muted, or blocks the person.</summary>
    Avoided,

    /// <summary>The person made it.</summary>
    Own,

    /// <summary>It was in this session already.</summary>
    InSession,

    /// <summary>The person has seen it before.</summary>
    Watched,

    /// <summary>Nearly everybody skips it.</summary>
    Skipped,
}
