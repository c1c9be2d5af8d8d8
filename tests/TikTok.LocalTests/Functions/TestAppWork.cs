using TikTok.TestApp;

namespace TikTok.LocalTests.Functions;

/// <summary>
/// What <c>TikTok.TestApp</c> needs: a ledger and a gate, and what processes of it are started with. The ledger outlives them.
/// </summary>
internal sealed class TestAppWork : IDisposable
{
    /// <summary>Killed work comes again when its message does, after half a minute.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tiktok-testapp-");

    public static string Assembly => typeof(Ledger).Assembly.Location;

    /// <summary>A name for queue, container, hub and host, new for each test.</summary>
    public string Name { get; } = $"w{Guid.NewGuid():N}"[..20];

    public string Folder => _folder.FullName;

    public Dictionary<string, string> Settings(StorageProcess storage) => new(StringComparer.Ordinal)
    {
        ["AzureWebJobsStorage"] = storage.ConnectionString,
        ["Storage"] = storage.ConnectionString,
        [Ledger.PathVariable] = LedgerPath,
        [Ledger.GateVariable] = GatePath,
    };

    /// <summary>Lets all held work go on.</summary>
    public void Open() => File.WriteAllText(GatePath, "");

    /// <summary>The ledger so far, in order.</summary>
    public IReadOnlyList<string> Lines()
    {
        if (!File.Exists(LedgerPath))
        {
            return [];
        }

        using var reader = new StreamReader(new FileStream(LedgerPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    public int Count(string line) => Lines().Count(written => written == line);

    /// <summary>Waits until the ledger has each of the lines.</summary>
    public async Task UntilAsync(IEnumerable<string> lines)
    {
        var missing = lines.ToHashSet(StringComparer.Ordinal);
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            missing.ExceptWith(Lines());
            if (missing.Count == 0)
            {
                return;
            }

            Assert.True(TimeProvider.System.GetElapsedTime(started) < Patience, $"The ledger never had {string.Join(", ", missing)}.");
            await Task.Delay(50);
        }
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private string LedgerPath => Path.Combine(Folder, "ledger");

    private string GatePath => Path.Combine(Folder, "gate");
}
