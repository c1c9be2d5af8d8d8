using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace TikTok.Local.EventHubs;

/// <summary>
/// Shared access signature tokens of Event Hubs: <c>SharedAccessSignature sr=…&amp;sig=…&amp;se=…&amp;skn=…</c>, where the
/// signature is the base64 HMAC-SHA256, keyed by the UTF-8 bytes of the key, of the URL-encoded resource, a line feed and the
/// expiry in Unix seconds.
/// </summary>
internal static class SharedAccessSignature
{
    private const string Scheme = "SharedAccessSignature ";

    /// <summary>Signs a token for a resource (a URI whose path is the hub, or the namespace's root).</summary>
    public static string Create(string resource, string keyName, string key, DateTimeOffset expiresOn)
    {
        var encoded = Uri.EscapeDataString(resource);
        var expiry = expiresOn.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return $"{Scheme}sr={encoded}&sig={Uri.EscapeDataString(Sign(encoded, expiry, key))}&se={expiry}&skn={Uri.EscapeDataString(keyName)}";
    }

    /// <summary>Why a token does not open a path on a host; null when it does.</summary>
    public static string? Refuse(string? authorization, string host, string path, string keyName, string key, DateTimeOffset now)
    {
        if (authorization is null || !authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return "MissingToken: a SharedAccessSignature is needed; the emulator takes no other kind of token.";
        }

        var fields = authorization[Scheme.Length..].Split('&')
            .Select(field => field.Split('=', 2))
            .Where(pair => pair.Length == 2)
            .GroupBy(pair => pair[0], StringComparer.Ordinal)
            .ToDictionary(pairs => pairs.Key, pairs => pairs.First()[1], StringComparer.Ordinal);
        if (!fields.TryGetValue("sr", out var resource) || !fields.TryGetValue("sig", out var signature)
            || !fields.TryGetValue("se", out var expiry) || !fields.TryGetValue("skn", out var name)
            || !long.TryParse(expiry, NumberStyles.None, CultureInfo.InvariantCulture, out var expiresOn))
        {
            return "MalformedToken: sr, sig, se and skn are needed.";
        }

        if (!string.Equals(Uri.UnescapeDataString(name), keyName, StringComparison.Ordinal)
            || !CryptographicOperations.FixedTimeEquals(
                Encoding.UTF8.GetBytes(Uri.UnescapeDataString(signature)), Encoding.UTF8.GetBytes(Sign(resource, expiry, key))))
        {
            return "InvalidSignature: The token has an invalid signature.";
        }

        if (expiresOn <= now.ToUnixTimeSeconds())
        {
            return "ExpiredToken: the token's expiry has passed.";
        }

        return Covers(Uri.UnescapeDataString(resource), host, path) ? null : "InvalidAudience: the token is for another resource.";
    }

    private static string Sign(string encodedResource, string expiry, string key) =>
        Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes($"{encodedResource}\n{expiry}")));

    // The scheme (sb, amqps, http, https) and the port say nothing about what the token is for.
    private static bool Covers(string resource, string host, string path)
    {
        var absolute = resource.Contains("://", StringComparison.Ordinal) ? resource : "sb://" + resource;
        if (!Uri.TryCreate(absolute, UriKind.Absolute, out var uri) || !string.Equals(uri.Host, host, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        var prefix = uri.AbsolutePath.Trim('/');
        var target = path.Trim('/');
        return prefix.Length == 0
            || (target.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)
                && (target.Length == prefix.Length || target[prefix.Length] == '/'));
    }
}
