using System.Text;

namespace TikTok.TestApp;

/// <summary>
/// Writes down, in a file that outlives the process, what was begun and what was done. Work whose name begins with <c>held</c> goes on only once the
/// gate, another file, is there.
/// </summary>
public sealed class Ledger(string path, string gate, TimeProvider time)
{
    public const string PathVariable = "TestLedger";
    public const string GateVariable = "TestGate";

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);
    private readonly Lock _writing = new();

    public static Ledger FromEnvironment() => new(Setting(PathVariable), Setting(GateVariable), TimeProvider.System);

    public async Task WorkAsync(string work, CancellationToken cancellationToken)
    {
        Write($"begun {work}");
        while (work.StartsWith("held", StringComparison.Ordinal) && !File.Exists(gate))
        {
            await Task.Delay(Look, time, cancellationToken);
        }

        Write($"done {work}");
    }

    public void Write(string line)
    {
        lock (_writing)
        {
            using var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
            file.Write(Encoding.UTF8.GetBytes(line + "\n"));
        }
    }

    private static string Setting(string name) =>
        Environment.GetEnvironmentVariable(name) ?? throw new InvalidOperationException($"The setting '{name}' is missing.");
}
