using TikTok.Ranker.Embeddings;
using TikTok.Ranker.Ranking;
using TikTok.Ranker.Training.Dlrm;

namespace TikTok.Ranker.Training.Online;

/// <summary>
/// What the trainer last published, as servers have it: a copy of the dense weights and a table that the published checkpoints are read into. Each example is
/// predicted by it as well as by the model in training, and a candidate of which a head does worse on the same examples is not published.
/// </summary>
/// <param name="table">Of the trainer's widths; takes the checkpoints.</param>
public sealed class PublishedModel(EmbeddingTable table, OnlineTrainerOptions options)
{
    private readonly DlrmNetwork _network = new(1);
    private readonly PairedLoss _all = new();
    private readonly PairedLoss[] _heads = [.. Heads.All.Select(_ => new PairedLoss())];
    private readonly HeadDrift?[] _worse = new HeadDrift?[Heads.Count];
    private Drift _drift = Drift.None;
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
        var (candidateLoss, publishedLoss) = (Loss(candidate, label), Loss(published, label));
        _all.Add(candidateLoss, publishedLoss);
        _heads[(int)head].Add(candidateLoss, publishedLoss);
    }

    /// <summary>
    /// What the newest examples say of the model in training, all heads together and each by itself: a head that few examples teach would not be seen in the mean. Each is judged when it has
    /// enough examples, anew with each as many; until then the last judgement holds.
    /// </summary>
    public Drift Judge()
    {
        for (var head = 0; head < Heads.Count; head++)
        {
            var loss = _heads[head];
            if (loss.Count < options.MinComparedOfHead) continue;
            _worse[head] = loss.IsWorse(options.MaxHeadDrift) ? new HeadDrift((Head)head, loss.Candidate, loss.Published, loss.Count) : null;
            loss.Clear();
        }
        if (_all.Count >= options.MinCompared)
        {
            _drift = new Drift(_all.Candidate, _all.Published, _all.Candidate > _all.Published * (1 + options.MaxDrift), []);
            _all.Clear();
        }
        return _drift with { Heads = [.. _worse.OfType<HeadDrift>().OrderByDescending(head => head.Candidate / head.Published)] };
    }

    /// <summary>The model in training is the published one again.</summary>
    public void Forget()
    {
        _all.Clear();
        foreach (var head in _heads) head.Clear();
        Array.Clear(_worse);
        _drift = Drift.None;
    }

    /// <summary>These weights are published.</summary>
    public void Take(DlrmWeights weights)
    {
        Weights.CopyFrom(weights);
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
/// <param name="IsMeanWorse">Whether the mean over all heads is too much worse.</param>
/// <param name="Heads">The heads that are too much worse, the worst first.</param>
public sealed record Drift(double Candidate, double Published, bool IsMeanWorse, IReadOnlyList<HeadDrift> Heads)
{
    /// <summary>Too few predictions to tell.</summary>
    public static readonly Drift None = new(double.NaN, double.NaN, false, []);

    /// <summary>Whether the candidate must not be published.</summary>
    public bool IsWorse => IsMeanWorse || Heads.Count > 0;
}

/// <summary>The same of one head.</summary>
/// <param name="Examples">That it was judged by.</param>
public sealed record HeadDrift(Head Head, double Candidate, double Published, int Examples);
