using TikTok.Ranker.Embeddings;
using TikTok.Ranker.Ranking;
using TikTok.Ranker.Training.Dlrm;

namespace TikTok.Ranker.Training.Online;

/// <summary>
/// What the trainer last published, as servers have it: a copy of the dense weights and a table that the published checkpoints are read into. Each example is
/// predicted by it as well as by the model in training, and a candidate that does worse on the same examples is not published.
/// </summary>
/// <param name="table">Of the trainer's widths; takes the checkpoints.</param>
public sealed class PublishedModel(EmbeddingTable table, OnlineTrainerOptions options)
{
    private readonly DlrmNetwork _network = new(1);
    private double _candidateLoss;
    private double _publishedLoss;
    private int _predictions;
    private float[] _predicted = [];

    public EmbeddingTable Table => table;

    public DlrmWeights Weights { get; } = new();

    /// <summary>Whether there has been a publication: before the first, there is nothing to be worse than.</summary>
    public bool Exists { get; private set; }

    /// <summary>How well it predicts.</summary>
    public ProgressiveValidation Validation { get; } = new(options.ValidationWindow);

    /// <summary>Before the batch is learned from. Its embeddings are then those of the published table.</summary>
    internal void Predict(DlrmBatch batch)
    {
        if (!Exists) return;
        batch.Gather(table);
        _network.Predict(Weights, batch);
        if (_predicted.Length < batch.PredictionArray.Length) _predicted = new float[batch.PredictionArray.Length];
        batch.Predictions.CopyTo(_predicted);
    }

    /// <summary>After the model in training predicted the same batch.</summary>
    internal void Compare(int example, Head head, float candidate, float label, uint now)
    {
        if (!Exists) return;
        var published = _predicted[(example * Heads.Count) + (int)head];
        Validation.Record(head, published, label, now);
        _candidateLoss += Loss(candidate, label);
        _publishedLoss += Loss(published, label);
        _predictions++;
    }

    /// <summary>What the examples since the last judgement say of the model in training. Begins anew.</summary>
    public Drift Judge()
    {
        var enough = Exists && _predictions >= options.MinCompared;
        var drift = enough ? new Drift(_candidateLoss / _predictions, _publishedLoss / _predictions, _candidateLoss > _publishedLoss * (1 + options.MaxDrift)) : Drift.None;
        (_candidateLoss, _publishedLoss, _predictions) = (0, 0, 0);
        return drift;
    }

    /// <summary>These weights are published.</summary>
    public void Take(DlrmWeights weights)
    {
        for (var i = 0; i < weights.Tensors.Count; i++) weights.Tensors[i].Values.CopyTo(Weights.Tensors[i].Values, 0);
        Exists = true;
    }

    private static double Loss(float prediction, float label)
    {
        var p = Math.Clamp(prediction, 1e-7, 1 - 1e-7);
        return -((label * Math.Log(p)) + ((1 - label) * Math.Log(1 - p)));
    }
}

/// <param name="Candidate">Mean log loss per prediction of the model in training.</param>
/// <param name="Published">The same of the one that is published.</param>
/// <param name="IsWorse">Whether the candidate must not be published.</param>
public sealed record Drift(double Candidate, double Published, bool IsWorse)
{
    /// <summary>Too few predictions to tell.</summary>
    public static readonly Drift None = new(double.NaN, double.NaN, false);
}
