using System.Text.Json.Serialization;

namespace TikTok.Core.Documents;

/// <summary>
/// A creator's statistics of one day, over all videos or of one. Container <c>creatorStats</c>, partition <c>/userId</c> (the creator),
/// <c>id = {generation}:{scope}:{yyyy-MM-dd}</c>.
/// </summary>
public sealed record CreatorDay : ICountedDocument
{
    public const string DocumentType = "stats";

    /// <summary>The <see cref="Scope"/> of all of a creator's videos together, and of their followers.</summary>
    public const string All = "all";

    public required string Id { get; init; }
    public required string UserId { get; init; }
    public string Type { get; init; } = DocumentType;
    public required int Generation { get; init; }

    /// <summary><see cref="All"/>, or a video's id.</summary>
    public required string Scope { get; init; }

    /// <summary>UTC.</summary>
    public required DateOnly Day { get; init; }

    /// <summary>By hour of the day; hours in which nothing happened are absent.</summary>
    public IReadOnlyDictionary<int, Tally> Hours { get; init; } = new Dictionary<int, Tally>();

    [JsonPropertyName("_etag")]
    public string? ETag { get; init; }
}

/// <summary>What happened in a stretch of time. Likes and followers are net of unlikes and unfollows, and may be negative.</summary>
public sealed record Tally
{
    public const int Deciles = 10;

    public static readonly Tally Zero = new();

    public long Views { get; init; }
    public long WatchTimeMs { get; init; }

    /// <summary>The completion curve: at index i the views that reached (i + 1) tenths of the video. Empty while there are no views.</summary>
    public IReadOnlyList<long> Reached { get; init; } = [];
    public long Likes { get; init; }
    public long Comments { get; init; }
    public long Shares { get; init; }
    public long Followers { get; init; }

    public static Tally operator +(Tally left, Tally right) => new()
    {
        Views = left.Views + right.Views,
        WatchTimeMs = left.WatchTimeMs + right.WatchTimeMs,
        Reached = left.Reached.Count == 0 ? right.Reached : right.Reached.Count == 0 ? left.Reached : [.. left.Reached.Zip(right.Reached, (l, r) => l + r)],
        Likes = left.Likes + right.Likes,
        Comments = left.Comments + right.Comments,
        Shares = left.Shares + right.Shares,
        Followers = left.Followers + right.Followers,
    };
}
