using System.Text;
using TikTok.Core.Events;
using TikTok.Ranker.Embeddings;
using TikTok.Ranker.Features;
using TikTok.Ranker.People;
using TikTok.Ranker.Ranking;
using TikTok.Ranker.Retrieval;
using TikTok.Ranker.State;
using TikTok.Ranker.Training.Dlrm;
using TikTok.Ranker.Videos;

namespace TikTok.Ranker.Training.Online;

/// <summary>
/// Learns from the log as it comes: predicts each example, then takes it into a batch, and takes a step when the batch is full or some seconds of the log old. The
/// first fold of each event, so that it sees the state of the moment before. One thread; the same log gives the same model.
/// </summary>
public sealed class OnlineTrainer : IInteractionFold, ISnapshotPart, IExampleSink
{
    private const int Version = 1;

    private readonly EmbeddingTable _embeddings;
    private readonly DlrmTrainer _dlrm;
    private readonly OnlineTrainerOptions _options;
    private readonly DlrmBatch _batch;
    private readonly ExampleKind[] _kinds;
    private readonly ImpressionJoin _join;
    private uint _batchSince;
    private uint _now;

    /// <param name="nearest">As serving has them; null where serving has none.</param>
    /// <param name="published">What candidates are compared with; null to compare with nothing.</param>
    public OnlineTrainer(
        VideoTable videos, EmbeddingTable embeddings, IPersonViews people, INearestVideos? nearest, DlrmTrainer dlrm, PublishedModel? published, OnlineTrainerOptions options)
    {
        (_embeddings, _dlrm, _options, Published) = (embeddings, dlrm, options, published);
        _batch = new DlrmBatch(dlrm.BatchSize);
        _kinds = new ExampleKind[dlrm.BatchSize];
        _join = new ImpressionJoin(videos, new FeatureExtractor(videos, embeddings), people, nearest, this, options);
        Validation = new ProgressiveValidation(options.ValidationWindow);
    }

    public string Name => "online-trainer";

    /// <summary>All that has to be in a snapshot, but for the embeddings.</summary>
    public IReadOnlyList<ISnapshotPart> Parts => [_join, this, _dlrm];

    public ProgressiveValidation Validation { get; }

    public PublishedModel? Published { get; }

    public DlrmTrainer Dlrm => _dlrm;

    public EmbeddingTable Embeddings => _embeddings;

    public JoinCounters Joined => _join.Counters;

    /// <summary>Examples learned from.</summary>
    public long Examples { get; private set; }

    /// <summary>Examples in the batch that is being filled.</summary>
    public int Waiting => _batch.Count;

    /// <summary>Impressions whose window is open.</summary>
    public int OpenImpressions => _join.Open;

    /// <summary>Batches dropped because something of them was not finite.</summary>
    public long DroppedBatches { get; private set; }

    /// <summary>Whether examples are only predicted: the frozen model that learning is compared with.</summary>
    public bool IsFrozen { get; set; }

    public void Apply(LoggedInteraction logged)
    {
        var now = _now = (uint)logged.EnqueuedAt.ToUnixTimeSeconds();
        if (_batch.Count > 0 && now >= _batchSince + (uint)_options.MaxBatchAge.TotalSeconds) Learn(now);
        _join.Apply(logged);
    }

    public void Take(Examples examples, int place, ExampleKind kind, uint now)
    {
        if (kind == ExampleKind.Watched && !IsFrozen) Observe(examples.Ids(place));
        if (_batch.Count == 0) _batchSince = now;
        var example = _batch.Add();
        examples.CopyTo(place, _batch.Examples, example);
        _kinds[example] = kind;
        if (_batch.Count == _batch.Capacity) Learn(now);
    }

    /// <summary>Learns from the batch, whatever it has: at the end of a log.</summary>
    public void Flush() => Learn(_now);

    private void Learn(uint now)
    {
        if (_batch.Count == 0) return;
        Published?.Predict(_batch);
        if (IsFrozen)
        {
            _dlrm.Predict(_batch);
        }
        else if (_dlrm.Train(_batch).IsTaken)
        {
            Examples += _batch.Count;
        }
        else
        {
            DroppedBatches++;
            _batch.Count = 0;
            return;
        }
        Validate(now);
        _batch.Count = 0;
    }

    /// <summary>Forgets a person who left: their row and what is not yet learned of them. Called by the thread that applies events.</summary>
    /// <param name="user">A <see cref="FeatureId"/>.</param>
    public void Forget(long user)
    {
        _join.Forget(user);
        _embeddings.Writer.Remove(user);
    }

    public void Save(Stream stream)
    {
        using var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true);
        writer.Write(Version);
        writer.Write(Examples);
        writer.Write(_batchSince);
        writer.Write(_batch.Count);
        for (var i = 0; i < _batch.Count; i++)
        {
            writer.Write((byte)_kinds[i]);
            _batch.Examples.Save(writer, i);
        }
    }

    public void Load(Stream stream)
    {
        using var reader = new BinaryReader(stream, Encoding.UTF8, leaveOpen: true);
        if (reader.ReadInt32() is var version and not Version) throw new InvalidDataException($"The batch has version {version}; this program reads {Version}.");
        (Examples, _batchSince) = (reader.ReadInt64(), reader.ReadUInt32());
        var count = reader.ReadInt32();
        if (count >= _batch.Capacity) throw new InvalidDataException($"The batch has {count} examples, and room for {_batch.Capacity}.");
        for (_batch.Count = 0; _batch.Count < count;)
        {
            _kinds[_batch.Count] = (ExampleKind)reader.ReadByte();
            _batch.Examples.Load(reader, _batch.Add());
        }
    }

    /// <summary>The person's and the video's own ids; those that a field is pooled of were seen in their own right.</summary>
    private void Observe(ReadOnlySpan<long> ids)
    {
        foreach (var id in ids[..EmbeddingSlots.FirstHistory])
        {
            if (id != FeatureId.None) _embeddings.Writer.Observe(id);
        }
        foreach (var id in ids[EmbeddingSlots.OfUser..])
        {
            if (id != FeatureId.None) _embeddings.Writer.Observe(id);
        }
    }

    /// <summary>A late action is no fair sample of anything: learned from, not measured by.</summary>
    private void Validate(uint now)
    {
        for (var example = 0; example < _batch.Count; example++)
        {
            if (_kinds[example] == ExampleKind.Late) continue;
            var labels = _batch.Examples.Labels(example);
            var weights = _batch.Examples.Weights(example);
            for (var head = 0; head < Heads.Count; head++)
            {
                if (weights[head] == 0) continue;
                var prediction = _batch.PredictionArray[(example * Heads.Count) + head];
                Validation.Record((Head)head, prediction, labels[head], now);
                Published?.Compare(example, (Head)head, prediction, labels[head], now);
            }
        }
    }
}
