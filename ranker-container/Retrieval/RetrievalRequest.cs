using TikTok.Ranker.People;
using TikTok.Ranker.Serving;

namespace TikTok.Ranker.Retrieval;

/// <summary>For whom candidates are looked for, and within what time.</summary>
public readonly ref struct RetrievalRequest
{
    public required PersonView Person { get; init; }

    /// <summary>Where the person lies among the videos; empty when nothing is known to go by: then the nearest are not asked for.</summary>
    public ReadOnlySpan<float> Vector { get; init; }

    /// <summary>Videos that must not come, the session's above all; at most <see cref="MaxExcluded"/> <see cref="Features.FeatureId"/>s.</summary>
    public ReadOnlySpan<long> Excluded { get; init; }

    /// <summary>Of all that is drawn by chance: the same seed draws the same from the same state.</summary>
    public required long Seed { get; init; }

    public required RequestDeadline Deadline { get; init; }

    public const int MaxExcluded = 5_000;
}

/// <param name="Skipped">Pools that there was no time for, or that did not answer. What they would have brought was filled up from the others.</param>
/// <param name="IsLastResort">
/// Nothing is left that the person has not seen. The candidates are what trends, seen before, but none that was excluded: better an old video than an empty page,
/// and never one twice in a session.
/// </param>
public readonly record struct RetrievalOutcome(CandidatePools Skipped, bool IsLastResort);
