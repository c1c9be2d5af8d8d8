using System.Numerics.Tensors;
using TikTok.Ranker.Embeddings;
using TikTok.Ranker.Ranking;
using TikTok.Ranker.State;

namespace TikTok.Ranker.Training.Dlrm;

/// <summary>Teaches the ranking model batch by batch. For one thread at a time. The embeddings are changed through the table's writer, and saved with the table.</summary>
/// <remarks>
/// What is served is the mean of the dense weights of the last steps, which lies nearer to where they circle about than any one step's do (Polyak and Juditsky, <em>Acceleration of
/// Stochastic Approximation by Averaging</em>, 1992); the gradient is that of the newest.
/// </remarks>
public sealed class DlrmTrainer : ISnapshotPart
{
    private readonly EmbeddingTable _embeddings;
    private readonly DlrmTrainerOptions _options;
    private readonly DlrmNetwork _network;
    private readonly DlrmWeights _newest = new();
    private readonly DlrmWeights _gradient = new();
    private readonly DlrmAdam _adam = new();
    private readonly EmbeddingAdagrad _adagrad;

    /// <param name="embeddings">As <see cref="DlrmTrainerOptions.Table"/>.</param>
    public DlrmTrainer(EmbeddingTable embeddings, DlrmTrainerOptions options)
    {
        (_embeddings, _options) = (embeddings, options);
        _network = new DlrmNetwork(options.Threads);
        _adagrad = new EmbeddingAdagrad(options.BatchSize);
        DlrmInitialisation.Fill(_newest, options.Seed);
        Weights.CopyFrom(_newest);
    }

    public string Name => "dlrm";

    /// <summary>The mean, which predicts.</summary>
    public DlrmWeights Weights { get; } = new();

    /// <summary>Steps taken.</summary>
    public long Steps => _adam.Steps;

    public int BatchSize => _options.BatchSize;

    /// <summary>Predicts a batch as the model is now, then takes a step by it. A batch of which anything comes out infinite or not a number changes nothing.</summary>
    /// <param name="batch">Its embeddings need not be gathered.</param>
    public TrainingStep Train(DlrmBatch batch)
    {
        if (batch.Count == 0) return new TrainingStep(true, 0);
        batch.Gather(_embeddings);
        var loss = _network.Differentiate(_newest, batch, _gradient);
        var length = GradientLength() / batch.Count;
        var fields = TensorPrimitives.SumOfSquares<float>(batch.FieldGradients.AsSpan(0, batch.Count * DlrmNetwork.FieldWidth));
        if (!double.IsFinite(loss) || !float.IsFinite(length) || !float.IsFinite(fields)) return new TrainingStep(false, loss);

        _network.Predict(Weights, batch);
        var scale = Math.Min(1, _options.MaxGradient / Math.Max(length, float.Epsilon)) / batch.Count;

        // Half a batch is half a step: where little happens, few examples must not decide as much as many.
        var step = batch.Count / (float)_options.BatchSize;
        _adam.Step(_newest, _gradient, _options.DenseRate * step, scale);
        Weights.MoveTowards(_newest, Math.Min(1, Math.Max(step / _options.MeanSteps, 1f / Steps)));
        _adagrad.Step(_embeddings.Writer, batch, _options.EmbeddingRate);
        return new TrainingStep(true, loss / batch.Count);
    }

    /// <summary>Fills the batch's predictions, and changes nothing.</summary>
    public void Predict(DlrmBatch batch)
    {
        batch.Gather(_embeddings);
        _network.Predict(Weights, batch);
    }

    /// <summary>Whether all dense weights are numbers.</summary>
    public bool IsFinite => Weights.Tensors.All(tensor => float.IsFinite(TensorPrimitives.SumOfMagnitudes<float>(tensor.Values)));

    /// <summary>Goes on from other weights, with no memory of the gradients before.</summary>
    public void StartFrom(DlrmWeights weights)
    {
        Weights.CopyFrom(weights);
        _newest.CopyFrom(weights);
        _adam.Reset();
    }

    public void Save(Stream stream)
    {
        DlrmWeightsFormat.Write(stream, Weights);
        DlrmWeightsFormat.Write(stream, _newest);
        DlrmWeightsFormat.Write(stream, _adam.Means);
        DlrmWeightsFormat.Write(stream, _adam.Squares);
        using var writer = new BinaryWriter(stream, System.Text.Encoding.UTF8, leaveOpen: true);
        writer.Write(_adam.Steps);
    }

    public void Load(Stream stream)
    {
        DlrmWeightsFormat.Read(stream, Weights);
        DlrmWeightsFormat.Read(stream, _newest);
        DlrmWeightsFormat.Read(stream, _adam.Means);
        DlrmWeightsFormat.Read(stream, _adam.Squares);
        using var reader = new BinaryReader(stream, System.Text.Encoding.UTF8, leaveOpen: true);
        _adam.Steps = reader.ReadInt64();
    }

    private float GradientLength()
    {
        var squares = 0.0;
        foreach (var tensor in _gradient.Tensors) squares += TensorPrimitives.SumOfSquares<float>(tensor.Values);
        return (float)Math.Sqrt(squares);
    }
}

/// <param name="IsTaken">False: something was not finite, and the model is as it was.</param>
/// <param name="Loss">Mean over the examples, summed over heads.</param>
public readonly record struct TrainingStep(bool IsTaken, double Loss);
