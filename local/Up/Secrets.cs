using System.Security.Cryptography;
using System.Text.Json;

namespace TikTok.Local.Up;

/// <summary>The keys of one local service: generated once, kept in a file that only its owner reads, never the same on two machines.</summary>
/// <param name="JwtSigningKey">ES256 private key, PKCS #8 in base64.</param>
/// <param name="PlatformSecret">32 random bytes in base64.</param>
public sealed record Secrets(string JwtSigningKey, string PlatformSecret)
{
    public static Secrets LoadOrCreate(string path)
    {
        if (File.Exists(path) && JsonSerializer.Deserialize<Secrets>(File.ReadAllText(path)) is { JwtSigningKey: not null, PlatformSecret: not null } kept) return kept;

        using var signing = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var secrets = new Secrets(
            Convert.ToBase64String(signing.ExportPkcs8PrivateKey()),
            Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));
        using var file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        JsonSerializer.Serialize(file, secrets);
        return secrets;
    }
}
