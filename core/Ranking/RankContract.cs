namespace TikTok.Core.Ranking;

/// <summary><c>POST /rank</c> of the ranker container: the next videos for one person.</summary>
public sealed record RankRequest
{
    /// <summary>Ids of <see cref="Exclude"/> at most.</summary>
    public const int MaxExclude = 5_000;

    public required string UserId { get; init; }

    /// <summary>How many videos are wanted, 1 to 100; fewer are answered when there are no more.</summary>
    public required int Count { get; init; }

    /// <summary>Videos that must not be answered: those of this session so far, in the order they were shown.</summary>
    public IReadOnlyList<string> Exclude { get; init; } = [];

    /// <summary>Milliseconds after which the caller no longer listens; 1 to 1000.</summary>
    public required int DeadlineMs { get; init; }
}

/// <param name="Items">Best first, distinct.</param>
/// <param name="Ranker">Which ranking answered, for logs and experiments: <c>model</c>, <c>heuristic</c> or <see cref="Static"/>.</param>
public sealed record RankResponse(IReadOnlyList<RankedVideo> Items, string Ranker)
{
    /// <summary>None: nothing personal was ready in time, and the answer is what trends.</summary>
    public const string Static = "static";

    /// <summary>What the answer had to do without, first to last; empty when nothing. See <c>docs/runbook.md</c>.</summary>
    public IReadOnlyList<string> Degradations { get; init; } = [];

    /// <summary>The arm of each experiment that the person was in for this answer.</summary>
    public IReadOnlyDictionary<string, string> Arms { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The trainer's publication that ranked; 0 when none did.</summary>
    public long ModelVersion { get; init; }
}

/// <param name="VideoId">A video that was ready and for everyone (<see cref="Documents.Video.IsListed"/>) when the ranker last heard of it.</param>
/// <param name="Pool">The retrieval pools it came from, joined by <c>+</c>.</param>
/// <param name="Score">Comparable within one answer only.</param>
public sealed record RankedVideo(string VideoId, string Pool, double Score);

/// <summary><c>POST /similar</c>: the videos that lie nearest to one.</summary>
/// <param name="Count">1 to 100.</param>
public sealed record SimilarRequest(string VideoId, int Count);

/// <param name="VideoIds">Nearest first, itself left out.</param>
public sealed record SimilarResponse(IReadOnlyList<string> VideoIds);
