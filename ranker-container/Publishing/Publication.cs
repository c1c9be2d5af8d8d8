using System.Text.Json;
using TikTok.Core;
using TikTok.Ranker.Embeddings;

namespace TikTok.Ranker.Publishing;

/// <summary>What servers should have now. Written last, after all that it names: <c>publication.json</c>.</summary>
/// <param name="Version">Rises with each publication: Unix milliseconds of it.</param>
/// <param name="Model">The dense weights; null before the first.</param>
/// <param name="Tables">Where each table of embeddings is to be brought.</param>
public sealed record Publication(long Version, PublishedDense? Model, IReadOnlyList<TablePosition> Tables)
{
    private const string FileName = "publication.json";

    public DateTimeOffset At => DateTimeOffset.FromUnixTimeMilliseconds(Version);

    /// <param name="directory">For the file on its way.</param>
    /// <returns>null: nothing has been published.</returns>
    /// <exception cref="InvalidDataException">It cannot be read.</exception>
    public static async Task<Publication?> ReadAsync(IModelFiles files, string directory, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(directory);
        var path = Path.Combine(directory, FileName);
        if (!await files.DownloadAsync(FileName, path, cancellationToken)) return null;
        try
        {
            await using var stream = File.OpenRead(path);
            return await JsonSerializer.DeserializeAsync<Publication>(stream, CoreJson.Options, cancellationToken);
        }
        catch (JsonException e)
        {
            throw new InvalidDataException("The publication cannot be read.", e);
        }
    }

    public async Task WriteAsync(IModelFiles files, string directory, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(directory);
        var path = Path.Combine(directory, FileName);
        await File.WriteAllBytesAsync(path, JsonSerializer.SerializeToUtf8Bytes(this, CoreJson.Options), cancellationToken);
        await files.UploadAsync(FileName, path, cancellationToken);
    }
}

/// <param name="File">Its name among the files.</param>
public sealed record PublishedDense(long Version, string File, string Sha256);

public sealed record TablePosition(string Table, Guid Lineage, long Sequence)
{
    public CheckpointPosition Position => new(Lineage, Sequence);
}

/// <summary>A table that is published, and served.</summary>
/// <param name="Name">Of letters, digits and hyphens.</param>
/// <param name="Changed">Called when what was published has been applied; for who keeps something computed of it.</param>
/// <param name="Guard">The trainer's; null where nothing is held against anything.</param>
public sealed record PublishedTable(string Name, EmbeddingWriter Writer, Action? Changed = null, IPublicationGuard? Guard = null)
{
    /// <summary>The ranking model's.</summary>
    public const string Ranking = "ranking";
}
