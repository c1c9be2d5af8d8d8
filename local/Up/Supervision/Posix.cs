using System.Runtime.InteropServices;

namespace TikTok.Local.Up.Supervision;

/// <summary>Signals, which <see cref="System.Diagnostics.Process"/> cannot send.</summary>
internal static partial class Posix
{
    private const int SigKill = 9;
    private const int SigTerm = 15;

    /// <summary>Asks one process to end. A process that is gone already is fine.</summary>
    public static void Terminate(int processId) => _ = Kill(processId, SigTerm);

    /// <summary>Ends a process group, whatever is left of it.</summary>
    public static void KillGroup(int groupId) => _ = Kill(-groupId, SigKill);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int processId, int signal);
}
