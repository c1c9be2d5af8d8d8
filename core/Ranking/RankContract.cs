namespace TikTok.Core.Ranking;

/// <summary><c>POST /rank</c> of the ranker container: the next videos for one person.</summary>
public sealed record RankRequest
{
    public required string UserId { get; init; }

    /// <summary>How many videos are wanted, 1 to 100; fewer are answered when there are no more.</summary>
    public required int Count { get; init; }

    /// <summary>Videos that must not be answered: those of this session so far.</summary>
    public IReadOnlyList<string> Exclude { get; init; } = [];

    /// <summary>Milliseconds after which the caller no longer listens; 1 to 1000.</summary>
    public required int DeadlineMs { get; init; }
}

/// <param name="Items">Best first, distinct.</param>
/// <param name="Ranker">Which ranking answered, for logs and experiments.</param>
public sealed record RankResponse(IReadOnlyList<RankedVideo> Items, string Ranker);

/// <param name="VideoId">A video that was ready and for everyone (<see cref="Documents.Video.IsListed"/>) when the ranker last heard of it.</param>
/// <param name="Pool">The retrieval pool it came from.</param>
/// <param name="Score">Comparable within one answer only.</param>
public sealed record RankedVideo(string VideoId, string Pool, double Score);
