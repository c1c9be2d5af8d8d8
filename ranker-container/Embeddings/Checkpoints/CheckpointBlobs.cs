using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace TikTok.Ranker.Embeddings;

/// <summary>
/// The files of a <see cref="CheckpointDirectory"/> as blobs <c>{table}/{file}</c>, so that they outlive the machine. One writer per table. What is saved but not
/// yet uploaded is lost with the machine; nothing else is.
/// </summary>
/// <param name="container"><see cref="Core.Storage.BlobContainers.Models"/>.</param>
/// <param name="table">The table's name: of letters, digits and hyphens.</param>
/// <param name="directory">This machine's files.</param>
public sealed class CheckpointBlobs(BlobContainerClient container, string table, CheckpointDirectory directory)
{
    private readonly string _prefix = $"{table}/";

    /// <summary>
    /// Uploads the files that are not there yet, each after those it builds on, and deletes lineages that are no longer needed. Can be repeated at any time: after
    /// a failure the next call goes on where this one ended.
    /// </summary>
    public async Task UploadAsync(CancellationToken cancellationToken)
    {
        var there = await ListAsync(cancellationToken);
        foreach (var file in directory.Files().Where(file => !there.Contains(file)))
        {
            await container.GetBlobClient(_prefix + file).UploadAsync(Path.Combine(directory.Path, file), overwrite: true, cancellationToken);
            there.Add(file);
        }
        var kept = Lineages(there).Take(CheckpointDirectory.KeptLineages).ToHashSet(StringComparer.Ordinal);
        if (kept.Count == 0) return;
        foreach (var old in there.Where(file => string.CompareOrdinal(CheckpointDirectory.LineageOf(file), kept.Min(StringComparer.Ordinal)) < 0))
        {
            await container.DeleteBlobIfExistsAsync(_prefix + old, cancellationToken: cancellationToken);
        }
    }

    /// <summary>
    /// Brings an empty table to the last state that can be read here or there. Downloads the newest lineage, and the one before it only where that one's snapshot is
    /// bad.
    /// </summary>
    /// <exception cref="Azure.RequestFailedException">The blobs cannot be reached: nothing can be said of what they hold, so a table must not begin anew.</exception>
    public async Task<RestoredCheckpoint> RestoreAsync(EmbeddingWriter writer, CancellationToken cancellationToken)
    {
        var there = await ListAsync(cancellationToken);
        foreach (var lineage in Lineages(there).Take(CheckpointDirectory.KeptLineages))
        {
            foreach (var file in there.Where(file => CheckpointDirectory.LineageOf(file) == lineage)) await DownloadAsync(file, cancellationToken);
            if (directory.Restore(writer) is { Position: not null } restored) return restored;
        }
        return directory.Restore(writer);
    }

    private async Task DownloadAsync(string file, CancellationToken cancellationToken)
    {
        var path = Path.Combine(directory.Path, file);
        if (File.Exists(path)) return;
        Directory.CreateDirectory(directory.Path);
        using var response = await container.GetBlobClient(_prefix + file).DownloadToAsync(path + CheckpointDirectory.Unfinished, cancellationToken);
        File.Move(path + CheckpointDirectory.Unfinished, path);
    }

    private async Task<HashSet<string>> ListAsync(CancellationToken cancellationToken)
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        await foreach (var blob in container.GetBlobsAsync(BlobTraits.None, BlobStates.None, _prefix, cancellationToken)) names.Add(blob.Name[_prefix.Length..]);
        return names;
    }

    /// <summary>Newest first.</summary>
    private static IEnumerable<string> Lineages(IEnumerable<string> files) =>
        files.Where(CheckpointDirectory.IsSnapshot).Select(CheckpointDirectory.LineageOf).OrderDescending(StringComparer.Ordinal);
}
