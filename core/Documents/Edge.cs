using System.Text.Json.Serialization;

namespace TikTok.Core.Documents;

/// <summary>
/// What an account likes: a mirror, kept by the change feed, of the <see cref="Like"/>s in <c>videos</c>. Container <c>edges</c>, partition <c>/userId</c>, beside
/// the <see cref="AccountEdge"/>s.
/// </summary>
public sealed record Edge
{
    public const string DocumentType = "edge";

    /// <summary><c>{kind}:{targetId}</c>.</summary>
    public required string Id { get; init; }
    public string Type { get; init; } = DocumentType;
    public required string UserId { get; init; }

    /// <summary>A video for <see cref="EdgeKind.Like"/>.</summary>
    public required string TargetId { get; init; }
    public required EdgeKind Kind { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    [JsonPropertyName("_etag")]
    public string? ETag { get; init; }

    public static string IdFor(EdgeKind kind, string targetId) => kind switch
    {
        EdgeKind.Like => $"like:{targetId}",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Not a kind of edge."),
    };
}

public enum EdgeKind { Like }
