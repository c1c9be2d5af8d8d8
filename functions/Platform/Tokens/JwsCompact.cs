using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace TikTok.Functions.Platform;

/// <summary>
/// JSON Web Signature in compact serialization (RFC 7515 §3.1) with ES256 (RFC 7518 §3.4) and nothing else: no other algorithm, no <c>crit</c>, no key
/// taken from the token itself.
/// </summary>
internal static class JwsCompact
{
    /// <summary>Longer input is refused unread.</summary>
    public const int MaxLength = 4096;

    private const int SignatureBytes = 64;
    private const string Base64UrlAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    public static string Sign(ECDsa key, ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload)
    {
        var signingInput = $"{Base64Url.EncodeToString(header)}.{Base64Url.EncodeToString(payload)}";
        var signature = key.SignData(Encoding.ASCII.GetBytes(signingInput), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        return $"{signingInput}.{Base64Url.EncodeToString(signature)}";
    }

    /// <summary>The payload, if the token is well-formed in every part and signed by <paramref name="key"/>.</summary>
    /// <param name="keyId">What <c>kid</c> must be; null: the token must have none.</param>
    /// <param name="type">What <c>typ</c> must be, in any case; null: the token must have none.</param>
    /// <param name="payload">The signed bytes; empty when refused.</param>
    public static bool TryVerify(string token, ECDsa key, string? keyId, string? type, out byte[] payload)
    {
        payload = [];
        if (token.Length > MaxLength) return false;

        var parts = token.Split('.');
        if (parts.Length != 3
            || !TryDecode(parts[0], out var header)
            || !TryDecode(parts[1], out var body)
            || !TryDecode(parts[2], out var signature)
            || signature.Length != SignatureBytes
            || !IsExpectedHeader(header, keyId, type))
        {
            return false;
        }

        var signingInput = Encoding.ASCII.GetBytes(token, 0, parts[0].Length + 1 + parts[1].Length);
        if (!key.VerifyData(signingInput, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation)) return false;
        payload = body;
        return true;
    }

    private static bool IsExpectedHeader(byte[] json, string? keyId, string? type)
    {
        try
        {
            using var header = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = 2 });
            if (header.RootElement.ValueKind != JsonValueKind.Object) return false;
            string? algorithm = null, kid = null, typ = null;
            foreach (var member in header.RootElement.EnumerateObject())
            {
                if (member.Value.ValueKind != JsonValueKind.String) return false;
                var value = member.Value.GetString();
                switch (member.Name)
                {
                    case "alg": algorithm = value; break;
                    case "kid": kid = value; break;
                    case "typ": typ = value; break;
                    default: return false;
                }
            }

            return string.Equals(algorithm, "ES256", StringComparison.Ordinal)
                && string.Equals(kid, keyId, StringComparison.Ordinal)
                && string.Equals(typ, type, StringComparison.OrdinalIgnoreCase);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    // The framework's decoder lets padding, white space and stray bits pass; of those a second spelling of the same token could be made.
    private static bool TryDecode(string text, out byte[] bytes)
    {
        bytes = [];
        if (text.Length == 0 || text.Length % 4 == 1 || text.AsSpan().ContainsAnyExcept(Base64UrlAlphabet)) return false;
        try
        {
            bytes = Base64Url.DecodeFromChars(text);
        }
        catch (FormatException)
        {
            return false;
        }

        return string.Equals(Base64Url.EncodeToString(bytes), text, StringComparison.Ordinal);
    }
}
