using TikTok.Ranker.Publishing;

namespace TikTok.Ranker.State;

/// <summary>The files of <see cref="StateSnapshots"/> as <c>state/{snapshot}/{file}</c> where they outlive the machine. The manifest goes last and comes last: where it is, the rest is.</summary>
public sealed class StateSnapshotFiles(IModelFiles files, StateSnapshots snapshots)
{
    private const string Prefix = "state/";

    /// <summary>Uploads what is not there yet, and deletes what is no longer needed. Can be repeated at any time.</summary>
    public async Task UploadAsync(CancellationToken cancellationToken)
    {
        var there = (await files.ListAsync(Prefix, cancellationToken)).ToHashSet(StringComparer.Ordinal);
        foreach (var name in snapshots.Names().Where(name => !there.Contains(NameOf(name, StateSnapshots.ManifestFile))))
        {
            foreach (var file in snapshots.Files(name)) await files.UploadAsync(NameOf(name, file), snapshots.FileOf(name, file), cancellationToken);
            there.Add(NameOf(name, StateSnapshots.ManifestFile));
        }
        var kept = Complete(there).Take(StateSnapshots.Kept).ToList();
        if (kept.Count == 0) return;
        foreach (var old in there.Where(file => string.CompareOrdinal(SnapshotOf(file), kept[^1]) < 0)) await files.DeleteAsync(old, cancellationToken);
    }

    /// <summary>Downloads the newest one, unless it or a newer one is here, and forgets those here that are no longer needed.</summary>
    public async Task DownloadAsync(CancellationToken cancellationToken)
    {
        var there = await files.ListAsync(Prefix, cancellationToken);
        if (Complete(there).FirstOrDefault() is { } newest && snapshots.Names().All(name => string.CompareOrdinal(name, newest) < 0)) await DownloadAsync(there, newest, cancellationToken);
        snapshots.ForgetOld();
    }

    /// <summary>Downloads all that are kept, in the place of those here: none of them could be used.</summary>
    public async Task DownloadAgainAsync(CancellationToken cancellationToken)
    {
        var there = await files.ListAsync(Prefix, cancellationToken);
        foreach (var name in Complete(there).Take(StateSnapshots.Kept)) await DownloadAsync(there, name, cancellationToken);
    }

    private async Task DownloadAsync(IEnumerable<string> there, string name, CancellationToken cancellationToken)
    {
        var directory = Path.Combine(snapshots.Path, name);
        if (Directory.Exists(directory)) Directory.Delete(directory, recursive: true);
        Directory.CreateDirectory(directory);
        foreach (var file in there.Where(file => SnapshotOf(file) == name).Select(file => file[(Prefix.Length + name.Length + 1)..])
            .OrderBy(file => file == StateSnapshots.ManifestFile))
        {
            if (Path.GetFileName(file) == file) await files.DownloadAsync(NameOf(name, file), snapshots.FileOf(name, file), cancellationToken);
        }
    }

    private static string NameOf(string snapshot, string file) => $"{Prefix}{snapshot}/{file}";

    private static string SnapshotOf(string file) => file[Prefix.Length..].Split('/')[0];

    /// <summary>Newest first.</summary>
    private static IEnumerable<string> Complete(IEnumerable<string> there) =>
        there.Where(file => file.EndsWith($"/{StateSnapshots.ManifestFile}", StringComparison.Ordinal)).Select(SnapshotOf).Where(StateSnapshots.IsName)
            .OrderDescending(StringComparer.Ordinal);
}
