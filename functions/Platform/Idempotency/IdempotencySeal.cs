using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using TikTok.Core;

namespace TikTok.Functions.Platform;

/// <summary>An answer as it will be given again.</summary>
internal sealed record RecordedAnswer(int Status, string? ContentType, string? Location, byte[] Body);

/// <summary>
/// Hashes and encrypts what is kept of a request and its answer. Bodies carry passwords and answers carry tokens: plain hashes could be
/// guessed at, and a copy of the container must not be worth anything.
/// </summary>
internal sealed class IdempotencySeal(PlatformSecret secret)
{
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private readonly byte[] _hashKey = secret.KeyFor("idempotency.hash");
    private readonly byte[] _sealKey = secret.KeyFor("idempotency.seal");

    public string Hash(ReadOnlySpan<byte> data) => Base64Url.EncodeToString(HMACSHA256.HashData(_hashKey, data));

    public string Hash(params string[] parts) => Hash(Encoding.UTF8.GetBytes(string.Join('\n', parts)));

    /// <param name="key">The request that the answer belongs to; it opens with the same one only.</param>
    public byte[] Seal(RecordedAnswer answer, string key)
    {
        var plain = JsonSerializer.SerializeToUtf8Bytes(answer, CoreJson.Options);
        var box = new byte[NonceBytes + plain.Length + TagBytes];
        var nonce = box.AsSpan(0, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(_sealKey, TagBytes);
        aes.Encrypt(nonce, plain, box.AsSpan(NonceBytes, plain.Length), box.AsSpan(NonceBytes + plain.Length), Encoding.UTF8.GetBytes(key));
        return box;
    }

    /// <exception cref="CryptographicException">Not sealed by this service for this key.</exception>
    public RecordedAnswer Open(byte[] seal, string key)
    {
        var plain = new byte[seal.Length - NonceBytes - TagBytes];
        using var aes = new AesGcm(_sealKey, TagBytes);
        aes.Decrypt(
            seal.AsSpan(0, NonceBytes), seal.AsSpan(NonceBytes, plain.Length), seal.AsSpan(NonceBytes + plain.Length), plain, Encoding.UTF8.GetBytes(key));
        return JsonSerializer.Deserialize<RecordedAnswer>(plain, CoreJson.Options)!;
    }
}
