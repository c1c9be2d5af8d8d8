using System.Text.Json.Serialization;

namespace TikTok.Core.Documents;

/// <summary>
/// The first page of the For You feed that a person was given last: who comes back within a minute is given it again, unless they have shown meanwhile that they
/// want another. Container <c>feedSessions</c>, partition <c>/userId</c>, <c>id = "latest"</c>.
/// </summary>
public sealed record LatestPage
{
    public const string TheId = "latest";

    /// <summary>For how long it is given again.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(1);

    public string Id { get; init; } = TheId;
    public required string UserId { get; init; }

    /// <summary>The session that the page is the first of.</summary>
    public required string SessionId { get; init; }

    /// <summary>How many videos were asked for.</summary>
    public required int Count { get; init; }
    public required FeedPage Page { get; init; }
    public required DateTimeOffset GivenAt { get; init; }

    /// <summary>When something was last watched that was not skipped; when the page was given, if nothing was since.</summary>
    public required DateTimeOffset WatchedAt { get; init; }

    /// <summary>What was skipped since <see cref="WatchedAt"/>, each video once.</summary>
    public IReadOnlyList<SkippedVideo> Skipped { get; init; } = [];

    /// <summary>Seconds to live after the last write; what counts is <see cref="GivenAt"/>.</summary>
    public required int Ttl { get; init; }

    [JsonPropertyName("_etag")]
    public string? ETag { get; init; }

    public bool IsAlive(DateTimeOffset now) => now < GivenAt + Lifetime;
}

public sealed record SkippedVideo(string VideoId, DateTimeOffset At);
