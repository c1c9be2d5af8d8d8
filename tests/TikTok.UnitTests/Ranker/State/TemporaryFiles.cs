using TikTok.Ranker.Publishing;

namespace TikTok.UnitTests.Ranker.State;

/// <summary>Files of a temporary directory, which can be told to fail.</summary>
internal sealed class TemporaryFiles : IModelFiles, IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("tiktok-files-");
    private readonly DirectoryModelFiles _files;

    public TemporaryFiles() => _files = new DirectoryModelFiles(System.IO.Path.Combine(_directory.FullName, "there"));

    public string Path => _directory.FullName;

    /// <summary>Uploads that still work; null: all.</summary>
    public int? FailsAfter { get; set; }

    /// <summary>The names that were asked for.</summary>
    public List<string> Downloaded { get; } = [];

    public Task<IReadOnlyList<string>> ListAsync(string prefix, CancellationToken cancellationToken) => _files.ListAsync(prefix, cancellationToken);

    public Task UploadAsync(string name, string path, CancellationToken cancellationToken) =>
        FailsAfter-- is <= 0 ? Task.FromException(new IOException("It cannot be reached.")) : _files.UploadAsync(name, path, cancellationToken);

    public Task<bool> DownloadAsync(string name, string path, CancellationToken cancellationToken)
    {
        Downloaded.Add(name);
        return _files.DownloadAsync(name, path, cancellationToken);
    }

    public Task DeleteAsync(string name, CancellationToken cancellationToken) => _files.DeleteAsync(name, cancellationToken);

    public void Dispose() => _directory.Delete(recursive: true);
}
