using System.Globalization;
using TikTok.Ranker.Publishing;

namespace TikTok.Ranker.Embeddings;

/// <summary>
/// The files of a <see cref="CheckpointDirectory"/> as blobs <c>{table}/{file}</c>, so that they outlive the machine. One writer per table. What is saved but not
/// yet uploaded is lost with the machine; nothing else is.
/// </summary>
/// <param name="table">The table's name: of letters, digits and hyphens.</param>
/// <param name="directory">This machine's files.</param>
public sealed class CheckpointBlobs(IModelFiles blobs, string table, CheckpointDirectory directory)
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
            await blobs.UploadAsync(_prefix + file, Path.Combine(directory.Path, file), cancellationToken);
            there.Add(file);
        }
        var kept = Lineages(there).Take(CheckpointDirectory.KeptLineages).ToHashSet(StringComparer.Ordinal);
        if (kept.Count == 0) return;
        foreach (var old in there.Where(file => string.CompareOrdinal(CheckpointDirectory.LineageOf(file), kept.Min(StringComparer.Ordinal)) < 0))
        {
            await blobs.DeleteAsync(_prefix + old, cancellationToken);
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

    /// <summary>
    /// Brings a table that others read to a position that was published: by the deltas in between, or where it comes of another lineage by that one's snapshot and
    /// deltas. Files that are on this machine, saved here or downloaded by an earlier start, are not downloaded again; those of lineages before it are deleted.
    /// </summary>
    /// <exception cref="CheckpointException">A file is missing or bad. The table is at the position before it; the next call goes on from there.</exception>
    public async Task FollowAsync(EmbeddingWriter writer, CheckpointPosition to, CancellationToken cancellationToken)
    {
        if (writer.Position?.Lineage != to.Lineage)
        {
            await ApplyAsync($"{to.Lineage:N}.snapshot", writer.ReplaceBySnapshot, cancellationToken);
            directory.Forget(to.Lineage);
        }
        while (writer.Position is { } reached && reached.Sequence < to.Sequence)
        {
            var next = string.Create(CultureInfo.InvariantCulture, $"{to.Lineage:N}.{reached.Sequence + 1:D8}.delta");
            await ApplyAsync(next, writer.ReadDelta, cancellationToken);
        }
    }

    private async Task ApplyAsync(string file, Action<Stream> apply, CancellationToken cancellationToken)
    {
        var path = Path.Combine(directory.Path, file);
        if (File.Exists(path))
        {
            try
            {
                Apply(path, apply);
                return;
            }
            catch (CheckpointException)
            {
                // Damaged since it was written here: what was published is whole.
                File.Delete(path);
            }
        }
        await DownloadAsync(file, cancellationToken);
        if (!File.Exists(path)) throw new CheckpointException(CheckpointFault.WrongLength, $"{file} is not there.");
        Apply(path, apply);
    }

    private static void Apply(string path, Action<Stream> apply)
    {
        using var stream = File.OpenRead(path);
        apply(stream);
    }

    private async Task DownloadAsync(string file, CancellationToken cancellationToken)
    {
        var path = Path.Combine(directory.Path, file);
        if (File.Exists(path)) return;
        Directory.CreateDirectory(directory.Path);
        await blobs.DownloadAsync(_prefix + file, path, cancellationToken);
    }

    private async Task<HashSet<string>> ListAsync(CancellationToken cancellationToken) =>
        [.. (await blobs.ListAsync(_prefix, cancellationToken)).Select(name => name[_prefix.Length..])];

    /// <summary>Newest first.</summary>
    private static IEnumerable<string> Lineages(IEnumerable<string> files) =>
        files.Where(CheckpointDirectory.IsSnapshot).Select(CheckpointDirectory.LineageOf).OrderDescending(StringComparer.Ordinal);
}
