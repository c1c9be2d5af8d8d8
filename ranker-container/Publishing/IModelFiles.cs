namespace TikTok.Ranker.Publishing;

/// <summary>Files that outlive the machine, by name. Names have <c>/</c> between their parts. A file is there whole or not at all.</summary>
public interface IModelFiles
{
    /// <returns>The names that begin with the prefix, in no order.</returns>
    Task<IReadOnlyList<string>> ListAsync(string prefix, CancellationToken cancellationToken);

    /// <summary>Puts a local file there, in the place of one that has the name.</summary>
    Task UploadAsync(string name, string path, CancellationToken cancellationToken);

    /// <returns>false: there is none of this name, and no local file.</returns>
    Task<bool> DownloadAsync(string name, string path, CancellationToken cancellationToken);

    Task DeleteAsync(string name, CancellationToken cancellationToken);
}
