using System.Text.Json.Serialization;

namespace TikTok.Core.Documents;

/// <summary>
/// How far the erasure of an account, or the archive of its data, has come. Container <c>privacyRequests</c>, partition <c>/userId</c>, <c>id</c> the kind: an
/// account has at most one of each. What is left of an erasure is the receipt of a person who is gone, for as long as <see cref="Ttl"/> says.
/// </summary>
public sealed record PrivacyRequest
{
    public required string Id { get; init; }
    public required string UserId { get; init; }

    /// <summary>Told to nobody but whoever asked: it opens the receipt.</summary>
    public required string RequestId { get; init; }
    public required PrivacyRequestKind Kind { get; init; }
    public PrivacyRequestStatus Status { get; init; } = PrivacyRequestStatus.Working;

    /// <summary>What the account was called, to free the name when the account is gone; absent once all is done.</summary>
    public string? Username { get; init; }
    public required DateTimeOffset RequestedAt { get; init; }
    public DateTimeOffset? CompletedAt { get; init; }

    /// <summary>The shares of the data that are dealt with.</summary>
    public IReadOnlyList<string> Done { get; init; } = [];

    /// <summary>Before this there is nothing to do; absent: now.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>How often the search for what is left found something, so that all was gone through again.</summary>
    public int Relapses { get; init; }

    /// <summary>For an erasure: what the search found last, by share of the data.</summary>
    public IReadOnlyDictionary<string, long>? Found { get; init; }

    /// <summary>For an archive that is ready: its size.</summary>
    public long? Bytes { get; init; }

    /// <summary>Seconds to live; absent until all is done.</summary>
    public int? Ttl { get; init; }

    [JsonPropertyName("_etag")]
    public string? ETag { get; init; }

    /// <summary>What the request is known by outside: it says where to look, and only its holder knows it.</summary>
    [JsonIgnore]
    public string PublicId => $"{UserId}.{RequestId}";

    public static string IdFor(PrivacyRequestKind kind) => kind switch
    {
        PrivacyRequestKind.Erasure => "erasure",
        PrivacyRequestKind.Export => "export",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Not a kind of request."),
    };
}

public enum PrivacyRequestKind { Erasure, Export }

/// <summary><c>Verifying</c>: everything found was erased, and nothing that was under way then can still be writing when it is searched for again.</summary>
public enum PrivacyRequestStatus { Working, Verifying, Completed }
