using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace TikTok.Local.Functions.Http;

/// <summary>
/// The host's keys, made at the first start and kept in <c>functions/keys.json</c> of the data folder, readable by its owner only. A request brings one
/// as header <c>x-functions-key</c> or query parameter <c>code</c>.
/// </summary>
internal sealed class FunctionKeys
{
    private readonly byte[] _master;
    private readonly byte[] _default;

    private FunctionKeys(KeyFile file)
    {
        _master = Encoding.UTF8.GetBytes(file.Master);
        _default = Encoding.UTF8.GetBytes(file.Default);
    }

    public static FunctionKeys Open(string folder)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, "keys.json");
        if (!File.Exists(path))
        {
            var fresh = path + ".new";
            var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            using (var stream = new FileStream(fresh, options))
            {
                JsonSerializer.Serialize(stream, new KeyFile(NewKey(), NewKey()), JsonSerializerOptions.Web);
            }

            File.Move(fresh, path, overwrite: true);
        }

        return new FunctionKeys(JsonSerializer.Deserialize<KeyFile>(File.ReadAllBytes(path), JsonSerializerOptions.Web)
            ?? throw new InvalidDataException($"{path} holds no keys."));
    }

    /// <summary>Whether the request brings a key that is good for this level.</summary>
    public bool Allows(AuthorizationLevel level, HttpRequest request)
    {
        if (level is AuthorizationLevel.Anonymous)
        {
            return true;
        }

        var given = request.Headers["x-functions-key"] is [{ Length: > 0 } header, ..] ? header : request.Query["code"].ToString();
        var bytes = Encoding.UTF8.GetBytes(given);
        return Same(bytes, _master) || (level is AuthorizationLevel.Function or AuthorizationLevel.User && Same(bytes, _default));
    }

    private static bool Same(byte[] given, byte[] key) => CryptographicOperations.FixedTimeEquals(SHA256.HashData(given), SHA256.HashData(key));

    private static string NewKey() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(40)).Replace('+', '-').Replace('/', '_').TrimEnd('=');

    /// <param name="Master">Good for everything.</param>
    /// <param name="Default">Good for functions of level Function.</param>
    private sealed record KeyFile(string Master, string Default);
}
