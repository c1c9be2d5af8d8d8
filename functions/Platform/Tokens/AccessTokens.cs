using System.Text.Json;
using System.Text.Json.Serialization;
using TikTok.Core;
using TikTok.Core.Documents;

namespace TikTok.Functions.Platform;

/// <summary>Issues and reads the ES256 JSON Web Tokens (RFC 7519, profile of RFC 9068) that callers authenticate with.</summary>
public sealed class AccessTokens(TokenKeys keys, TimeProvider time)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(15);

    internal const string Issuer = "tiktok";
    internal const string Audience = "tiktok-api";
    internal const string Type = "at+jwt";

    /// <summary>How far the clock of the instance that issued a token may run ahead of this one's.</summary>
    private const int SkewSeconds = 30;

    private static readonly JsonSerializerOptions Json = new(CoreJson.Options)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        AllowDuplicateProperties = false,
        PropertyNameCaseInsensitive = false,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
        MaxDepth = 2,
    };

    /// <param name="caller">Whom the token will speak for.</param>
    public string Issue(Caller caller)
    {
        var key = keys.Signing;
        var now = time.GetUtcNow();
        var header = JsonSerializer.SerializeToUtf8Bytes(new Header("ES256", key.KeyId, Type), Json);
        var claims = JsonSerializer.SerializeToUtf8Bytes(
            new Claims(
                Issuer, Audience, caller.UserId, now.ToUnixTimeSeconds(), (now + Lifetime).ToUnixTimeSeconds(), Id.New(time), caller.SessionId,
                caller.Username, caller.Role, caller.AccountType),
            Json);
        return key.Use(ecdsa => JwsCompact.Sign(ecdsa, header, claims));
    }

    /// <summary>Whom the token speaks for; null when it is forged, expired, from elsewhere, for elsewhere or not a token at all.</summary>
    public Caller? Read(string token)
    {
        if (Verify(token) is not { } payload || ParseClaims(payload) is not { } claims) return null;

        var now = time.GetUtcNow().ToUnixTimeSeconds();
        return string.Equals(claims.Iss, Issuer, StringComparison.Ordinal)
            && string.Equals(claims.Aud, Audience, StringComparison.Ordinal)
            && now < claims.Exp
            && claims.Iat <= now + SkewSeconds
            ? new Caller(claims.Sub, claims.Username, claims.Role, claims.AccountType) { SessionId = claims.Sid }
            : null;
    }

    /// <summary>The payload if one of the keys signed it. A key whose id is not the token's is passed over before any arithmetic.</summary>
    private byte[]? Verify(string token)
    {
        foreach (var key in keys.Verifying)
        {
            var payload = key.Use(ecdsa => JwsCompact.TryVerify(token, ecdsa, key.KeyId, Type, out var bytes) ? bytes : null);
            if (payload is not null) return payload;
        }

        return null;
    }

    private static Claims? ParseClaims(byte[] payload)
    {
        try
        {
            return JsonSerializer.Deserialize<Claims>(payload, Json);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private sealed record Header(string Alg, string Kid, string Typ);

    private sealed record Claims(
        string Iss, string Aud, string Sub, long Iat, long Exp, string Jti, string Sid, string Username, Role Role, AccountType AccountType);
}
