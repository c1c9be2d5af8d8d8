using System.Security.Cryptography;
using TikTok.Ranker.Embeddings;
using TikTok.Ranker.Ranking;
using TikTok.Ranker.Ranking.Onnx;

namespace TikTok.Ranker.Publishing;

/// <summary>
/// Brings a server what is published: rows into its tables while they are read, and a new model beside the old one, which takes its place once it has been tried.
/// What cannot be had or must not serve leaves everything as it was, and is asked for again.
/// </summary>
/// <param name="tables">This follower is their only writer.</param>
/// <param name="load">Makes a model of an ONNX file.</param>
/// <param name="directory">Of this machine, for files on their way.</param>
public sealed partial class ModelFollower(
    IModelFiles files, IReadOnlyList<PublishedTable> tables, Func<byte[], IRankingModel> load, RankingModelSlot slot, string directory, ModelFollowerOptions options,
    TimeProvider time, ILogger<ModelFollower> logger)
    : BackgroundService
{
    private readonly ModelProbe _probe = new();
    private string? _refused;
    private PublishedDense? _model;

    /// <summary>The publication that is served; null before the first.</summary>
    public Publication? Serving { get; private set; }

    /// <summary>Whether there was a look that did not fail, whatever it found.</summary>
    public bool IsReady { get; private set; }

    /// <summary>Models that must not serve.</summary>
    public long Refused { get; private set; }

    /// <summary>Looks that failed.</summary>
    public long Failed { get; private set; }

    /// <summary>One look.</summary>
    /// <returns>Whether there was something new.</returns>
    public async Task<bool> PollAsync(CancellationToken cancellationToken)
    {
        var publication = await Publication.ReadAsync(files, directory, cancellationToken);
        if (publication is null || publication.Version == Serving?.Version)
        {
            IsReady = true;
            return false;
        }
        foreach (var table in tables)
        {
            if (publication.Tables.FirstOrDefault(position => position.Table == table.Name)?.Position is not { } position || position == table.Writer.Position) continue;
            var checkpoints = new CheckpointDirectory(Path.Combine(directory, table.Name), time);
            await new CheckpointBlobs(files, table.Name, checkpoints).FollowAsync(table.Writer, position, cancellationToken);
            table.Changed?.Invoke();
        }
        if (publication.Model is { } model && model != _model && model.File != _refused) await ReplaceAsync(model, cancellationToken);
        Serving = publication;
        IsReady = true;
        return true;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var pause = options.Interval;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await PollAsync(stoppingToken);
                pause = options.Interval;
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                Failed++;
                pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, options.MaxBackoff.Ticks));
                LookFailed(logger, pause.TotalSeconds, e);
            }
            await Task.Delay(pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ReplaceAsync(PublishedDense model, CancellationToken cancellationToken)
    {
        var path = Path.Combine(directory, "model.onnx");
        if (!await files.DownloadAsync(model.File, path, cancellationToken)) throw new InvalidDataException($"{model.File} is not there.");
        var bytes = await File.ReadAllBytesAsync(path, cancellationToken);
        if (Convert.ToHexStringLower(SHA256.HashData(bytes)) != model.Sha256) throw new InvalidDataException($"{model.File} is not what was published.");
        if (Tried(bytes, out var fault) is { } tried)
        {
            slot.Replace(tried);
            _model = model;
            ModelReplaced(logger, model.Version);
            return;
        }
        Refused++;
        _refused = model.File;
        ModelRefused(logger, model.Version, fault);
    }

    private IRankingModel? Tried(byte[] bytes, out string? fault)
    {
        IRankingModel loaded;
        try
        {
            loaded = load(bytes);
        }
        catch (InvalidModelException e)
        {
            fault = e.Message;
            return null;
        }
        using var serving = slot.Take();
        fault = _probe.Fault(loaded, serving.Model);
        if (fault is null) return loaded;
        loaded.Dispose();
        return null;
    }

    [LoggerMessage(LogLevel.Warning, "What is published could not be had; the next look is in {Seconds} s, and what serves goes on")]
    private static partial void LookFailed(ILogger logger, double seconds, Exception e);

    [LoggerMessage(LogLevel.Information, "Model {Version} serves")]
    private static partial void ModelReplaced(ILogger logger, long version);

    [LoggerMessage(LogLevel.Error, "Model {Version} must not serve: {Fault}. The one before goes on")]
    private static partial void ModelRefused(ILogger logger, long version, string? fault);
}
