using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using TikTok.Core.Telemetry;
using TikTok.Ranker.Embeddings;
using TikTok.Ranker.Ranking;
using TikTok.Ranker.Ranking.Onnx;
using TikTok.Ranker.Training.Online;

namespace TikTok.Ranker.Publishing;

/// <summary>
/// Publishes what the trainer learned: the rows that changed, more seldom the dense weights as an ONNX file, and last a <see cref="Publication"/> that names them. What a
/// <see cref="IPublicationGuard"/> finds fault with does not get out, and what is published of it stays; when that happens again and again, the trainer goes back to what is published.
/// </summary>
public sealed partial class ModelPublisher
{
    private const string ModelPrefix = "ranking-models/";

    private readonly OnlineTrainer _trainer;
    private readonly IReadOnlyList<PublishedTable> _tables;
    private readonly IModelFiles _files;
    private readonly string _directory;
    private readonly ModelPublisherOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<ModelPublisher> _logger;
    private readonly Dictionary<string, CheckpointDirectory> _checkpoints;
    private readonly Dictionary<string, TablePosition> _positions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _refusedInRow = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, long> _refusals = new(StringComparer.Ordinal);
    private PublishedDense? _dense;
    private DateTimeOffset _denseAt = DateTimeOffset.MinValue;

    /// <param name="tables">Among them <see cref="PublishedTable.Ranking"/>, the trainer's.</param>
    /// <param name="directory">Of this machine, for files on their way.</param>
    public ModelPublisher(
        OnlineTrainer trainer, IReadOnlyList<PublishedTable> tables, IModelFiles files, string directory, ModelPublisherOptions options, TimeProvider time,
        ILogger<ModelPublisher> logger)
    {
        (_trainer, _tables, _files, _directory, _options, _time, _logger) = (trainer, tables, files, directory, options, time, logger);
        _checkpoints = tables.ToDictionary(table => table.Name, table => new CheckpointDirectory(Path.Combine(directory, table.Name), time), StringComparer.Ordinal);
    }

    /// <summary>Publications that got out.</summary>
    public long Published { get; private set; }

    /// <summary>Tables, with what goes with them, that were found fault with and stayed in.</summary>
    public long Refused { get; private set; }

    /// <summary>The same by what was wrong: <c>table: reason</c>.</summary>
    public IReadOnlyDictionary<string, long> Refusals => _refusals;

    /// <summary>Why the last one stayed in; null when none did.</summary>
    public string? LastRefusal { get; private set; }

    /// <summary>Times that the trainer went back to what is published.</summary>
    public long RolledBack { get; private set; }

    /// <summary>When the last publication got out.</summary>
    public DateTimeOffset? LastAt { get; private set; }

    /// <summary>
    /// Brings the model that candidates are compared with to what is published. Where that cannot be read, the first candidate is compared with nothing.
    /// </summary>
    public async Task RestorePublishedAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (await Publication.ReadAsync(_files, _directory, cancellationToken) is not { } publication) return;
            foreach (var table in _tables.Where(table => table.Guard is not null))
            {
                if (publication.Tables.FirstOrDefault(position => position.Table == table.Name) is not { } position) continue;
                await Blobs(table.Name).FollowAsync(table.Guard!.Published, position.Position, cancellationToken);
                _positions[table.Name] = position;
            }
            if (_trainer.Published is not { } published || publication.Model is not { } model) return;
            var path = Path.Combine(_directory, "published.onnx");
            if (!await _files.DownloadAsync(model.File, path, cancellationToken)) return;
            var (weights, _) = OnnxModelReader.Read(await File.ReadAllBytesAsync(path, cancellationToken));
            published.Take(weights);
            _dense = model;
        }
        catch (Exception e) when (e is InvalidDataException or CheckpointException or InvalidModelException)
        {
            PublishedUnreadable(_logger, e);
        }
    }

    /// <summary>
    /// Takes what is to be published, between two events: files on this machine, not yet there for others. null: nothing is to be published.
    /// </summary>
    public PreparedPublication? Prepare()
    {
        if (_trainer.Examples < _options.MinExamples) return null;
        var good = _tables.Where(MayGetOut).ToList();
        if (good.Count == 0) return null;
        var version = _time.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (var table in good) SaveTable(table);
        var model = good.Any(table => table.Name == PublishedTable.Ranking) && DenseIsDue() ? SaveDense(version) : null;
        return new PreparedPublication(
            version, model, [.. _tables.Select(table => _positions.GetValueOrDefault(table.Name)).OfType<TablePosition>()], [.. good.Select(table => table.Name)]);
    }

    /// <summary>Lets others have it. Can be repeated, and what one left undone the next one does.</summary>
    public async Task UploadAsync(PreparedPublication prepared, CancellationToken cancellationToken)
    {
        foreach (var table in _tables) await Blobs(table.Name).UploadAsync(cancellationToken);
        if (prepared.Model is { } model)
        {
            await _files.UploadAsync(model.File, LocalModel(model.Version), cancellationToken);
            _dense = model;
        }
        await new Publication(prepared.Version, _dense, prepared.Tables).WriteAsync(_files, _directory, cancellationToken);
        Published++;
        foreach (var table in prepared.Renewed) Count(table, "published", "");
        LastAt = _time.GetUtcNow();
        if (prepared.Model is not null) await DeleteOldModelsAsync(cancellationToken);
    }

    /// <summary>What was prepared did not get out: the next publication has dense weights again.</summary>
    public void NotPublished() => _denseAt = DateTimeOffset.MinValue;

    private bool MayGetOut(PublishedTable table)
    {
        if (table.Guard?.Fault() is not { } fault)
        {
            _refusedInRow[table.Name] = 0;
            return true;
        }
        Refused++;
        _refusals.AddOrUpdate($"{table.Name}: {fault.Reason}", 1, (_, before) => before + 1);
        LastRefusal = $"{table.Name}: {fault.Detail}";
        CandidateRefused(_logger, table.Name, fault.Reason, fault.Detail);
        Count(table.Name, "refused", fault.Reason);
        if ((_refusedInRow[table.Name] = _refusedInRow.GetValueOrDefault(table.Name) + 1) >= _options.RollBackAfter) RollBack(table, table.Guard);
        return false;
    }

    private void RollBack(PublishedTable table, IPublicationGuard guard)
    {
        if (!guard.TryRollBack()) return;
        _refusedInRow[table.Name] = 0;
        RolledBack++;
        WentBack(_logger, table.Name, _options.RollBackAfter);
        Count(table.Name, "rolled-back", "");
    }

    private static void Count(string table, string outcome, string reason) => Metrics.ModelPublications.Add(
        1, new KeyValuePair<string, object?>("table", table), new KeyValuePair<string, object?>("outcome", outcome), new KeyValuePair<string, object?>("reason", reason));

    private bool DenseIsDue() => _time.GetUtcNow() - _denseAt >= _options.DenseInterval;

    private void SaveTable(PublishedTable table)
    {
        var checkpoints = _checkpoints[table.Name];
        var file = table.Writer.Position is { } position && position.Sequence < _options.MaxDeltas ? checkpoints.SaveDelta(table.Writer) : checkpoints.SaveSnapshot(table.Writer);
        _positions[table.Name] = new TablePosition(table.Name, table.Writer.Position!.Lineage, table.Writer.Position!.Sequence);
        if (table.Guard?.Published is not { } published) return;

        // The published table reads the very file that servers will.
        using var stream = File.OpenRead(file);
        try
        {
            if (table.Writer.Position!.Sequence == 0) published.ReplaceBySnapshot(stream);
            else published.ReadDelta(stream);
        }
        catch (CheckpointException)
        {
            table.Writer.Position = null;
            throw;
        }
    }

    private PublishedDense SaveDense(long version)
    {
        var bytes = OnnxModelWriter.Write(_trainer.Dlrm.Weights, version);
        Directory.CreateDirectory(_directory);
        File.WriteAllBytes(LocalModel(version), bytes);
        _trainer.Published?.Take(_trainer.Dlrm.Weights);
        _denseAt = _time.GetUtcNow();
        return new PublishedDense(version, string.Create(CultureInfo.InvariantCulture, $"{ModelPrefix}{version:D14}.onnx"), Convert.ToHexStringLower(SHA256.HashData(bytes)));
    }

    private async Task DeleteOldModelsAsync(CancellationToken cancellationToken)
    {
        var names = (await _files.ListAsync(ModelPrefix, cancellationToken)).OrderDescending(StringComparer.Ordinal);
        foreach (var old in names.Skip(_options.KeptModels)) await _files.DeleteAsync(old, cancellationToken);
        foreach (var old in Directory.EnumerateFiles(_directory, "candidate-*.onnx").Where(file => file != LocalModel(_dense!.Version))) File.Delete(old);
    }

    private CheckpointBlobs Blobs(string table) => new(_files, table, _checkpoints[table]);

    private string LocalModel(long version) => Path.Combine(_directory, string.Create(CultureInfo.InvariantCulture, $"candidate-{version:D14}.onnx"));

    [LoggerMessage(LogLevel.Error, "What was learned of {Table} is not published ({Reason}): {Detail}")]
    private static partial void CandidateRefused(ILogger logger, string table, string reason, string detail);

    [LoggerMessage(LogLevel.Error, "What was learned of {Table} was refused {Times} times in a row: the trainer has gone back to what is published")]
    private static partial void WentBack(ILogger logger, string table, int times);

    [LoggerMessage(LogLevel.Error, "What is published cannot be read; the next publication is compared with nothing")]
    private static partial void PublishedUnreadable(ILogger logger, Exception e);
}

/// <param name="Model">null: the dense weights stay as they were published.</param>
/// <param name="Renewed">Of the tables, those that do not stay as they were published.</param>
public sealed record PreparedPublication(long Version, PublishedDense? Model, IReadOnlyList<TablePosition> Tables, IReadOnlyList<string> Renewed);
