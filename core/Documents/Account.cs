using System.Text.Json.Serialization;

namespace TikTok.Core.Documents;

/// <summary>A person. Container <c>accounts</c>, partition <c>/userId</c>, <c>id = userId</c>, <c>type = "account"</c>.</summary>
public sealed record Account
{
    public const string DocumentType = "account";

    /// <summary>Stands where a document outlives the account that it was of. No account has it.</summary>
    public const string Erased = "erased";

    public required string Id { get; init; }
    public required string UserId { get; init; }
    public string Type { get; init; } = DocumentType;
    public required string Username { get; init; }
    public required string DisplayName { get; init; }
    public string Bio { get; init; } = "";
    public required string PasswordHash { get; init; }
    public required DateOnly BirthDate { get; init; }

    /// <summary>ISO 3166-1 alpha-2, upper case.</summary>
    public string? Country { get; init; }

    public Role Role { get; init; } = Role.User;
    public bool Private { get; init; }
    public IReadOnlyList<string> Interests { get; init; } = [];

    /// <summary>Raised when all sessions but one are ended: a session of an earlier generation is over, whether or not its document is still there.</summary>
    public int SessionGeneration { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Rises with every change of what videos copy of their creator: name, verification, privacy.</summary>
    public long CopyVersion { get; init; }

    /// <summary>The <see cref="CopyVersion"/> that has reached all of the account's videos; below it, a walk over them is due or under way.</summary>
    public long CopiedVersion { get; init; }

    [JsonPropertyName("_etag")]
    public string? ETag { get; init; }

    [JsonIgnore]
    public bool IsVerified => Role >= Role.Verified;

    /// <summary>Not stored: people grow up.</summary>
    public AccountType TypeOn(DateOnly today) => Age.AccountTypeOn(today, BirthDate);
}

/// <summary>Teen: 13 to 17 years old, private by default. What it may: <see cref="AccountRules"/>.</summary>
public enum AccountType { Standard, Teen }

/// <summary>What an account may do, least first.</summary>
public enum Role { User, Creator, Verified, Moderator, Admin }

/// <summary>The reservation of a name. Container <c>usernames</c>, partition <c>/username</c>, <c>id = username</c>: creating it is what makes a name unique.</summary>
/// <remarks>It is also the only way from a name to an account: an account that no reservation names cannot be signed in to.</remarks>
public sealed record UsernameReservation
{
    public required string Id { get; init; }
    public required string Username { get; init; }
    public required string UserId { get; init; }
    public required DateTimeOffset ReservedAt { get; init; }

    /// <summary>Whether the account is there. A reservation that stays without is what a registration that died left behind, and may be taken over.</summary>
    public bool Confirmed { get; init; }

    /// <summary>Seconds to live: absent unless the name is only kept from others for a while after its account was erased.</summary>
    public int? Ttl { get; init; }

    [JsonPropertyName("_etag")]
    public string? ETag { get; init; }
}

/// <summary>A signed-in device: one family of refresh tokens. Container <c>accounts</c>, in the account's partition, <c>id = session:{sessionId}</c>.</summary>
public sealed record Session
{
    public const string DocumentType = "session";
    private const string IdPrefix = DocumentType + ":";

    public required string Id { get; init; }
    public required string UserId { get; init; }
    public string Type { get; init; } = DocumentType;

    /// <summary>What the device calls itself, for its owner to recognise; see <c>DeviceName</c>.</summary>
    public string Device { get; init; } = "";

    /// <summary>The account's <see cref="Account.SessionGeneration"/> when the session was opened, or when it was the one to outlive the others.</summary>
    public int Generation { get; init; }

    /// <summary>SHA-256 of the refresh token that is valid now, base64url. The token itself is never stored.</summary>
    public required string TokenHash { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset RefreshedAt { get; init; }

    /// <summary>Seconds to live after the last write; the session ends unless refreshed within it.</summary>
    public int Ttl { get; init; }

    [JsonPropertyName("_etag")]
    public string? ETag { get; init; }

    [JsonIgnore]
    public string SessionId => Id[IdPrefix.Length..];

    public static string IdFor(string sessionId) => IdPrefix + sessionId;
}
