using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace TikTok.Functions.Platform;

/// <summary>
/// Lets a player, which sends no access token, fetch the playlists of one video for a while: <c>{expiry in Unix seconds}.{HMAC-SHA256, base64url}</c>.
/// Whoever holds it may watch, so it goes only into answers to someone who may see the video.
/// </summary>
public sealed class PlaylistPass(PlatformSecret secret, TimeProvider time)
{
    public const string Parameter = "pass";

    private readonly byte[] _key = secret.KeyFor("playlist-pass");

    public string Issue(string videoId)
    {
        var expiry = (time.GetUtcNow() + MediaUrls.Lifetime).ToUnixTimeSeconds();
        return $"{expiry.ToString(CultureInfo.InvariantCulture)}.{Base64Url.EncodeToString(Tag(videoId, expiry))}";
    }

    public bool IsValid(string? pass, string videoId)
    {
        if (pass?.Split('.') is not [var expiryText, var tagText]) return false;
        if (!long.TryParse(expiryText, NumberStyles.None, CultureInfo.InvariantCulture, out var expiry) || expiry <= time.GetUtcNow().ToUnixTimeSeconds()) return false;
        return Base64Url.IsValid(tagText) && CryptographicOperations.FixedTimeEquals(Base64Url.DecodeFromChars(tagText), Tag(videoId, expiry));
    }

    private byte[] Tag(string videoId, long expiry) =>
        HMACSHA256.HashData(_key, Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{videoId}.{expiry}")));
}
