using System.Security.Cryptography;
using System.Text;

namespace TikTok.Local.Cosmos.Protocol;

/// <summary>
/// Checks the <c>authorization</c> header of the REST API: <c>type=master&amp;ver=1.0&amp;sig=…</c>, an HMAC-SHA256 over verb, resource type,
/// resource link and date. Documented under "Access control in the Azure Cosmos DB SQL API".
/// </summary>
internal sealed class MasterKeyAuthorization(string accountKey)
{
    /// <summary>The account key of every Cosmos DB emulator, as its documentation publishes it. It guards nothing.</summary>
    public const string EmulatorKey = "C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEHLM+4QDU5DE2nQ9nDuVTqobD4b8mGGyPMbIZnqyMsEcaGQy67XIw/Jw==";

    private const int SignatureLength = 32;
    private const string Prefix = "type=master&ver=1.0&sig=";
    private const string EncodedPrefix = "type%3dmaster%26ver%3d1.0%26sig%3d";

    private readonly byte[] _key = Convert.FromBase64String(accountKey);

    /// <param name="date">The <c>x-ms-date</c> header, or <c>Date</c> when that is absent.</param>
    public bool IsAuthorized(string? header, string method, in ResourcePath path, string date)
    {
        Span<byte> signature = stackalloc byte[SignatureLength];
        if (!TryReadSignature(header, signature))
            return false;
        if (Matches(signature, method, path.SignedType, path.SignedLink, date))
            return true;

        // A resource addressed by its _rid is signed by that _rid alone, in lower case.
        var lastId = path.SignedLink[(path.SignedLink.LastIndexOf('/') + 1)..];
        return Matches(signature, method, path.SignedType, lastId.ToLowerInvariant(), date);
    }

    private static bool TryReadSignature(string? header, Span<byte> signature)
    {
        if (header is null)
            return false;

        string encoded;
        if (header.StartsWith(EncodedPrefix, StringComparison.OrdinalIgnoreCase))
            encoded = Uri.UnescapeDataString(header[EncodedPrefix.Length..]);
        else if (header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
            encoded = header[Prefix.Length..];
        else
            return false;
        return Convert.TryFromBase64String(encoded, signature, out var written) && written == SignatureLength;
    }

    private bool Matches(ReadOnlySpan<byte> signature, string method, string type, string link, string date)
    {
        var text = $"{method.ToLowerInvariant()}\n{type.ToLowerInvariant()}\n{link}\n{date.ToLowerInvariant()}\n\n";
        Span<byte> expected = stackalloc byte[SignatureLength];
        var length = Encoding.UTF8.GetByteCount(text);
        Span<byte> payload = length <= 1024 ? stackalloc byte[length] : new byte[length];
        Encoding.UTF8.GetBytes(text, payload);
        HMACSHA256.HashData(_key, payload, expected);
        return CryptographicOperations.FixedTimeEquals(signature, expected);
    }
}
