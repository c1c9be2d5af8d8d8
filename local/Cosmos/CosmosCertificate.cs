using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace TikTok.Local.Cosmos;

/// <summary>
/// The emulator's own certificate, made at its first start and kept beside its data. No authority vouches for it: clients connect
/// with <c>DisableServerCertificateValidation=True</c> in the connection string.
/// </summary>
internal static class CosmosCertificate
{
    private const string FileName = "cert.pfx";
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(3650);

    public static X509Certificate2 LoadOrCreate(string folder, TimeProvider time)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            using var created = Create(time.GetUtcNow());
            var unfinished = path + ".new";
            File.WriteAllBytes(unfinished, created.Export(X509ContentType.Pkcs12));
            File.Move(unfinished, path);
        }

        return X509CertificateLoader.LoadPkcs12FromFile(path, password: null);
    }

    private static X509Certificate2 Create(DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], critical: false));
        return request.CreateSelfSigned(now.AddDays(-1), now + Lifetime);
    }
}
