using System.Diagnostics;
using System.Globalization;

namespace TikTok.Local.Storage;

/// <summary>
/// Azurite's workspace, held by one gateway at a time and used by one Azurite at a time. After a gateway was killed, its Azurite
/// may live a moment longer; two of them in one workspace would write over each other, so the new gateway ends the old Azurite
/// first. Nothing acknowledged is lost by that (see azurite-preload.cjs).
/// </summary>
internal sealed class AzuriteWorkspace : IDisposable
{
    /// <summary>The file name by which an Azurite of ours is known among processes.</summary>
    public const string Preload = "azurite-preload.cjs";

    private readonly FileStream _lock;
    private readonly string _note;

    private AzuriteWorkspace(string path, FileStream held)
    {
        (Path, _lock) = (path, held);
        _note = System.IO.Path.Combine(path, "azurite.pid");
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>Takes a folder, which is created where it is not there, and ends an Azurite that was left in it.</summary>
    /// <exception cref="IOException">Another gateway has it.</exception>
    public static async Task<AzuriteWorkspace> TakeAsync(string path, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(path);
        var held = new FileStream(System.IO.Path.Combine(path, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        var workspace = new AzuriteWorkspace(path, held);
        await workspace.EndLeftOverAsync(cancellationToken);
        return workspace;
    }

    /// <summary>Remembers which process uses the folder now.</summary>
    public void Note(int processId) => File.WriteAllText(_note, processId.ToString(CultureInfo.InvariantCulture));

    /// <inheritdoc />
    public void Dispose() => _lock.Dispose();

    private async Task EndLeftOverAsync(CancellationToken cancellationToken)
    {
        if (!File.Exists(_note)
            || !int.TryParse(await File.ReadAllTextAsync(_note, cancellationToken), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            || !IsOurs(id))
        {
            return;
        }

        try
        {
            using var leftOver = Process.GetProcessById(id);
            leftOver.Kill();
            await leftOver.WaitForExitAsync(cancellationToken).WaitAsync(TimeSpan.FromSeconds(10), cancellationToken);
        }
        catch (Exception ended) when (ended is ArgumentException or InvalidOperationException or TimeoutException)
        {
            // It ended by itself in between, or is a zombie that nobody reaps; neither writes any more.
        }
    }

    // The number may long belong to another program: only one that was started with our file and in this folder is ended.
    private bool IsOurs(int processId)
    {
        try
        {
            var command = File.ReadAllText($"/proc/{processId}/cmdline").Split('\0');
            return command.Any(argument => argument.EndsWith(Preload, StringComparison.Ordinal)) && command.Contains(Path, StringComparer.Ordinal);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
