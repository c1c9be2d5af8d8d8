using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.ObjectPool;

namespace TikTok.Functions.Platform;

/// <summary>A P-256 key that access tokens are signed with or verified by. Its id is its RFC 7638 thumbprint, so that no setting has to name it.</summary>
public sealed class TokenKey
{
    // ECDsa instances are not thread-safe, and importing one costs as much as a signature.
    private readonly ObjectPool<ECDsa> _pool;

    private TokenKey(ECParameters parameters)
    {
        KeyId = Thumbprint(parameters.Q);
        _pool = new DefaultObjectPool<ECDsa>(new Policy(parameters));
    }

    public string KeyId { get; }

    /// <param name="key">PKCS #8 in PEM or in bare base64.</param>
    /// <param name="setting">The setting it comes from, for the error.</param>
    /// <exception cref="InvalidOperationException">No P-256 private key.</exception>
    public static TokenKey Private(string key, string setting) => Import(key, setting, "a private key in PKCS #8", isPrivate: true);

    /// <param name="key">SubjectPublicKeyInfo in PEM or in bare base64.</param>
    /// <param name="setting">The setting it comes from, for the error.</param>
    /// <exception cref="InvalidOperationException">No P-256 public key.</exception>
    public static TokenKey Public(string key, string setting) => Import(key, setting, "a public key (SubjectPublicKeyInfo)", isPrivate: false);

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

    private static TokenKey Import(string text, string setting, string form, bool isPrivate)
    {
        using var key = ECDsa.Create();
        ECParameters parameters;
        try
        {
            // Of a PEM the label is taken off by hand: the framework's own reader would take a private key where a public one is asked for.
            var der = Convert.FromBase64String(PemEncoding.TryFind(text, out var pem) ? text[pem.Base64Data] : text);
            if (isPrivate)
                key.ImportPkcs8PrivateKey(der, out _);
            else
                key.ImportSubjectPublicKeyInfo(der, out _);
            parameters = key.ExportParameters(isPrivate);
        }
        catch (Exception e) when (e is CryptographicException or FormatException)
        {
            // The cause is left out: its message may quote the key.
            throw new InvalidOperationException($"Setting '{setting}' is not {form}, in PEM or base64.");
        }

        return string.Equals(parameters.Curve.Oid.Value, ECCurve.NamedCurves.nistP256.Oid.Value, StringComparison.Ordinal)
            ? new TokenKey(parameters)
            : throw new InvalidOperationException($"Setting '{setting}' is a key on another curve than P-256.");
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
