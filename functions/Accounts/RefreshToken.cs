using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using TikTok.Core;

namespace TikTok.Functions.Accounts;

/// <summary>
/// What a signed-in device gets new access tokens with: <c>{userId}.{sessionId}.{secret}</c>. The ids say where to look; the secret is 256 random bits in
/// base64url, of which only the hash is stored.
/// </summary>
internal sealed record RefreshToken(string UserId, string SessionId, string Secret)
{
    private const int SecretBytes = 32;
    private const int SecretLength = 43;

    public static RefreshToken New(string userId, string sessionId) =>
        new(userId, sessionId, Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes)));

    /// <summary>The token that the text has the form of, or null.</summary>
    public static RefreshToken? Parse(string text) =>
        text.Length == (2 * Id.Length) + SecretLength + 2
        && text.Split('.') is [var userId, var sessionId, { Length: SecretLength } secret]
        && Id.IsValid(userId) && Id.IsValid(sessionId)
            ? new RefreshToken(userId, sessionId, secret)
            : null;

    /// <summary>SHA-256 of the secret, base64url. The secret has the entropy of a key: a slow hash would add nothing.</summary>
    public string Hash() => Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(Secret)));

    public bool HasHash(string hash) =>
        CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Hash()), Encoding.ASCII.GetBytes(hash));

    public string Text() => $"{UserId}.{SessionId}.{Secret}";

    /// <summary>Nothing that a log could keep.</summary>
    public override string ToString() => $"{UserId}.{SessionId}.…";
}
