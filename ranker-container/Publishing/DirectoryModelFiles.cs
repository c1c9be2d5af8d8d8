namespace TikTok.Ranker.Publishing;

/// <summary>Files of a directory of this machine or one that it mounts: for benchmarks and tests, or where trainer and server share a disk.</summary>
public sealed class DirectoryModelFiles(string directory) : IModelFiles
{
    public Task<IReadOnlyList<string>> ListAsync(string prefix, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<string>>(
        Directory.Exists(directory)
            ?
            [
                .. Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(directory, file).Replace('\\', '/'))
                    .Where(name => name.StartsWith(prefix, StringComparison.Ordinal) && !name.EndsWith(".unfinished", StringComparison.Ordinal)),
            ]
            : []);

    public Task UploadAsync(string name, string path, CancellationToken cancellationToken)
    {
        Copy(path, Path.Combine(directory, name));
        return Task.CompletedTask;
    }

    public Task<bool> DownloadAsync(string name, string path, CancellationToken cancellationToken)
    {
        var from = Path.Combine(directory, name);
        if (!File.Exists(from)) return Task.FromResult(false);
        Copy(from, path);
        return Task.FromResult(true);
    }

    public Task DeleteAsync(string name, CancellationToken cancellationToken)
    {
        File.Delete(Path.Combine(directory, name));
        return Task.CompletedTask;
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(to)!);
        File.Copy(from, $"{to}.unfinished", overwrite: true);
        File.Move($"{to}.unfinished", to, overwrite: true);
    }
}
