using System.Security.Cryptography;
using System.Text;

namespace TikTok.Functions.Platform;

/// <summary>
/// The secret that all instances share, from setting <c>Platform__Secret</c>: at least 32 bytes in base64; in Azure a Key Vault reference.
/// Each use has its own key derived from it (HKDF, RFC 5869).
/// </summary>
public sealed class PlatformSecret
{
    private const int KeyBytes = 32;
    private readonly byte[] _secret;

    /// <exception cref="InvalidOperationException">The setting is missing, too short or not base64.</exception>
    public PlatformSecret(string? setting)
    {
        var bytes = new byte[setting?.Length ?? 0];
        if (!Convert.TryFromBase64String(setting ?? "", bytes, out var length) || length < KeyBytes)
            throw new InvalidOperationException($"Setting 'Platform__Secret' must hold at least {KeyBytes} random bytes in base64.");
        _secret = bytes[..length];
    }

    /// <summary>32 bytes for one purpose.</summary>
    public byte[] KeyFor(string purpose) => HKDF.DeriveKey(HashAlgorithmName.SHA256, _secret, KeyBytes, info: Encoding.UTF8.GetBytes(purpose));
}
