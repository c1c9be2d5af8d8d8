using System.Globalization;
using System.Text.Json.Serialization;

namespace TikTok.Core.Documents;

/// <summary>
/// What one account is to another, seen from the first: whether it follows, blocks, mutes. Container <c>edges</c>, partition <c>/userId</c>,
/// <c>id = account:{targetId}</c>. Its follow is mirrored in <c>edgesIn</c>, partition <c>/targetId</c>, <c>id = account:{userId}</c>, without blocks and mutes.
/// </summary>
/// <remarks>
/// What lies where. <c>edges/{userId}</c>: the account's edges, a <see cref="FollowCount"/> of whom it follows, and an <see cref="Edge"/> for each like.
/// <c>edgesIn/{targetId}</c>: mirrors of the follows and requests that point at the account, and a <see cref="FollowCount"/> of its followers.
/// Every document in both has <c>userId</c> and <c>targetId</c>. One document for the pair, so that a block ends a follow in one write, and so that two reads
/// tell all that two accounts are to each other.
/// </remarks>
public sealed record AccountEdge
{
    public const string DocumentType = "accountEdge";

    /// <summary>Longer than any change feed lags or request hangs that might still tell of an older state.</summary>
    private const int IdleTtlSeconds = 30 * 24 * 60 * 60;

    public required string Id { get; init; }
    public string Type { get; init; } = DocumentType;
    public required string UserId { get; init; }
    public required string TargetId { get; init; }
    public FollowState Follow { get; init; }

    /// <summary>
    /// When <see cref="Follow"/> changed last, in Unix milliseconds, and always more than the time before: the order of a pair's follows, whatever clocks and
    /// deliveries do. 0: it never did.
    /// </summary>
    public long FollowVersion { get; init; }

    /// <summary>Whether the last change of <see cref="Follow"/> ended a follow, and not merely a request.</summary>
    public bool EndedFollow { get; init; }

    public bool Blocking { get; init; }
    public bool Muting { get; init; }

    /// <summary>Ordinal order is the order in which follows began, and no two of a partition are equal: what lists are ordered and continued by.</summary>
    public string SortKey => string.Create(CultureInfo.InvariantCulture, $"{FollowVersion:D15}:{Id}");

    /// <summary>Seconds to live: absent while there is something between the two. The end of it stays for a while, so that the change feed tells of it.</summary>
    public int? Ttl => Follow == FollowState.None && !Blocking && !Muting ? IdleTtlSeconds : null;

    [JsonPropertyName("_etag")]
    public string? ETag { get; init; }

    public static string IdFor(string otherId) => $"account:{otherId}";

    /// <summary>What two accounts are to each other before either does anything.</summary>
    public static AccountEdge Between(string userId, string targetId) => new() { Id = IdFor(targetId), UserId = userId, TargetId = targetId };
}

/// <summary><c>Requested</c>: a private account has not yet said yes.</summary>
public enum FollowState { None, Requested, Following }

/// <summary>
/// How many follows a partition holds: in <c>edges</c> whom the account follows, in <c>edgesIn</c> who follows it. <c>id = follows</c>. It changes in the batch
/// that changes the edge, and is as exact.
/// </summary>
public sealed record FollowCount
{
    public const string DocumentType = "followCount";
    public const string DocumentId = "follows";

    public string Id { get; init; } = DocumentId;
    public string Type { get; init; } = DocumentType;

    /// <summary>The account that is counted for; <see cref="TargetId"/> is the same, so that either container can be keyed by it.</summary>
    public required string UserId { get; init; }
    public required string TargetId { get; init; }
    public long Count { get; init; }
}
