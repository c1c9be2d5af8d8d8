using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.ObjectPool;

namespace TikTok.Functions.Platform;

/// <summary>
/// The P-256 key that signs access tokens, from setting <c>Jwt__SigningKey</c>: PKCS #8 in PEM or in bare base64; in Azure a Key Vault reference. Its id is the
/// key's RFC 7638 thumbprint, so that replacing the key needs no second setting: tokens of the old one are refused, and clients refresh.
/// </summary>
public sealed class SigningKey
{
    // ECDsa instances are not thread-safe, and importing one costs as much as a signature.
    private readonly ObjectPool<ECDsa> _pool;

    /// <exception cref="InvalidOperationException">The setting is missing, or is not a P-256 private key.</exception>
    public SigningKey(string? setting)
    {
        var parameters = Import(setting);
        KeyId = Thumbprint(parameters.Q);
        _pool = new DefaultObjectPool<ECDsa>(new Policy(parameters));
    }

    public string KeyId { get; }

    internal T Use<T>(Func<ECDsa, T> use)
    {
        var key = _pool.Get();
        try
        {
            return use(key);
        }
        finally
        {
            _pool.Return(key);
        }
    }

    private static ECParameters Import(string? setting)
    {
        const string Name = "Setting 'Jwt__SigningKey'";
        if (string.IsNullOrWhiteSpace(setting)) throw new InvalidOperationException($"{Name} is missing: it must hold a P-256 private key.");
        using var key = ECDsa.Create();
        try
        {
            if (setting.Contains("-----BEGIN", StringComparison.Ordinal))
                key.ImportFromPem(setting);
            else
                key.ImportPkcs8PrivateKey(Convert.FromBase64String(setting), out _);
            var parameters = key.ExportParameters(includePrivateParameters: true);
            return string.Equals(parameters.Curve.Oid.Value, ECCurve.NamedCurves.nistP256.Oid.Value, StringComparison.Ordinal)
                ? parameters
                : throw new InvalidOperationException($"{Name} is a key on another curve than P-256.");
        }
        catch (Exception e) when (e is CryptographicException or FormatException or ArgumentException)
        {
            // The cause is left out: its message may quote the key.
            throw new InvalidOperationException($"{Name} is not a private key in PKCS #8 (PEM or base64).");
        }
    }

    private static string Thumbprint(ECPoint point)
    {
        var json = $$"""{"crv":"P-256","kty":"EC","x":"{{Base64Url.EncodeToString(point.X)}}","y":"{{Base64Url.EncodeToString(point.Y)}}"}""";
        return Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(json)));
    }

    private sealed class Policy(ECParameters parameters) : PooledObjectPolicy<ECDsa>
    {
        public override ECDsa Create() => ECDsa.Create(parameters);

        public override bool Return(ECDsa obj) => true;
    }
}
