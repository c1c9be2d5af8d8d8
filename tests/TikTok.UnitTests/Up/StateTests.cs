using System.Runtime.Versioning;
using System.Security.Cryptography;
using TikTok.Local.Up;

namespace TikTok.UnitTests.Up;

public abstract class TemporaryDirectory : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("tiktok-up-");

    protected string At(string name) => Path.Combine(_directory.FullName, name);

    public void Dispose() => _directory.Delete(recursive: true);
}

public sealed class PortBookTests : TemporaryDirectory
{
    [Fact]
    public void A_port_is_kept_over_restarts_while_it_is_free()
    {
        var first = new PortBook(At("ports.json"), _ => true)["cosmos"];

        Assert.Equal(first, new PortBook(At("ports.json"), _ => true)["cosmos"]);
    }

    [Fact]
    public void A_port_that_somebody_took_is_chosen_anew()
    {
        var first = new PortBook(At("ports.json"), _ => true)["cosmos"];

        Assert.NotEqual(first, new PortBook(At("ports.json"), port => port != first)["cosmos"]);
    }

    [Fact]
    public void Ports_differ_and_lie_below_the_ephemeral_range()
    {
        var book = new PortBook(At("ports.json"), _ => true);

        var ports = Enumerable.Range(0, 50).Select(i => book[$"service{i}"]).ToList();

        Assert.Equal(50, ports.Distinct().Count());
        Assert.All(ports, port => Assert.InRange(port, 1024, 32767));
    }
}

[SupportedOSPlatform("linux")]
public sealed class SecretsTests : TemporaryDirectory
{
    [Fact]
    public void LoadOrCreate_makes_keys_once()
    {
        var first = Secrets.LoadOrCreate(At("secrets.json"));

        Assert.Equal(first, Secrets.LoadOrCreate(At("secrets.json")));
    }

    [Fact]
    public void LoadOrCreate_writes_for_the_owner_alone()
    {
        Secrets.LoadOrCreate(At("secrets.json"));

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(At("secrets.json")));
    }

    [Fact]
    public void LoadOrCreate_makes_a_P256_key_and_32_bytes()
    {
        var secrets = Secrets.LoadOrCreate(At("secrets.json"));

        using var key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(Convert.FromBase64String(secrets.JwtSigningKey), out _);
        Assert.Equal(256, key.KeySize);
        Assert.Equal(32, Convert.FromBase64String(secrets.PlatformSecret).Length);
    }
}

public sealed class DataDirectoryTests : TemporaryDirectory
{
    [Fact]
    public void Open_refuses_a_directory_that_another_holds()
    {
        using var first = DataDirectory.Open(At("data"));

        var refused = Assert.Throws<IOException>(() => DataDirectory.Open(At("data")));

        Assert.Contains("in use", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_takes_a_directory_that_was_let_go()
    {
        DataDirectory.Open(At("data")).Dispose();

        using var again = DataDirectory.Open(At("data"));
        Assert.Equal(At("data"), again.Path);
    }

    [Fact]
    public void Reset_removes_the_state_and_nothing_that_is_not_ours()
    {
        using var data = DataDirectory.Open(At("data"));
        File.WriteAllText(Path.Combine(data.Of("cosmos"), "journal"), "x");
        File.WriteAllText(data.Secrets, "{}");
        File.WriteAllText(At("data/holiday.mp4"), "mine");

        data.Reset();

        Assert.False(Directory.Exists(At("data/cosmos")));
        Assert.False(File.Exists(data.Secrets));
        Assert.Equal("mine", File.ReadAllText(At("data/holiday.mp4")));
    }
}
