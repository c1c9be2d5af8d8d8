using System.Diagnostics;

namespace TikTok.Local.Up.Supervision;

/// <summary>
/// Ends every child's process group when the supervisor is gone, however it went: a small shell in a session of its own reads from a pipe which groups
/// live, and the kernel closes that pipe even after SIGKILL. (A parent-death signal would miss the children's own children, and in .NET
/// it would fire as soon as the pool thread that forked is retired.)
/// </summary>
public sealed class ProcessGuardian : IDisposable
{
    private const string Script =
        """
        trap '' INT TERM HUP QUIT
        declare -A groups
        while read -r verb group; do
            case $verb in
                add) groups[$group]=1 ;;
                drop) unset "groups[$group]" ;;
            esac
        done
        for group in "${!groups[@]}"; do kill -KILL -- "-$group" 2>/dev/null; done
        """;

    private readonly Lock _gate = new();
    private readonly Process _shell;

    public ProcessGuardian()
    {
        var start = new ProcessStartInfo("setsid") { RedirectStandardInput = true, UseShellExecute = false };
        foreach (var argument in (string[])["bash", "-c", Script, "tiktok-guardian"]) start.ArgumentList.Add(argument);
        _shell = Process.Start(start) ?? throw new InvalidOperationException("The guardian did not start.");
        _shell.StandardInput.AutoFlush = true;
    }

    public void Add(int groupId) => Write($"add {groupId}");

    public void Drop(int groupId) => Write($"drop {groupId}");

    public void Dispose()
    {
        lock (_gate) _shell.StandardInput.Dispose();
        _shell.Dispose();
    }

    private void Write(string line)
    {
        try
        {
            lock (_gate) _shell.StandardInput.WriteLine(line);
        }
        catch (IOException)
        {
            // Somebody killed the guardian. Children are still stopped by the supervisor itself; only its sudden death would orphan them.
        }
    }
}
