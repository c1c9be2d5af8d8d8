using System.Text.Json.Serialization;

namespace TikTok.Core.Documents;

/// <summary>
/// What an account has to do with a video or another account. Container <c>edges</c>, partition <c>/userId</c>: what goes out. Follows and requests are mirrored in
/// <c>edgesIn</c>, partition <c>/targetId</c>, by the change feed. Likes are themselves mirrors, of the <see cref="Like"/>s in <c>videos</c>.
/// </summary>
public sealed record Edge
{
    public const string DocumentType = "edge";

    /// <summary>In <c>edges</c> <c>{kind}:{targetId}</c>, in <c>edgesIn</c> <c>{kind}:{userId}</c>.</summary>
    public required string Id { get; init; }
    public string Type { get; init; } = DocumentType;
    public required string UserId { get; init; }

    /// <summary>A video for <see cref="EdgeKind.Like"/>, else an account.</summary>
    public required string TargetId { get; init; }
    public required EdgeKind Kind { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    [JsonPropertyName("_etag")]
    public string? ETag { get; init; }

    /// <summary>The id that an edge goes out under.</summary>
    public static string IdFor(EdgeKind kind, string targetId) => kind switch
    {
        EdgeKind.Like => $"like:{targetId}",
        EdgeKind.Follow => $"follow:{targetId}",
        EdgeKind.FollowRequest => $"request:{targetId}",
        EdgeKind.Block => $"block:{targetId}",
        EdgeKind.Mute => $"mute:{targetId}",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Not a kind of edge."),
    };
}

/// <summary><c>FollowRequest</c>: a private account has not yet said yes.</summary>
public enum EdgeKind { Like, Follow, FollowRequest, Block, Mute }
