using TikTok.Ranker.Embeddings;
using TikTok.Ranker.Ranking;

namespace TikTok.Ranker.Training.Dlrm;

/// <summary>How the ranking model is trained.</summary>
public sealed record DlrmTrainerOptions
{
    /// <value>Examples of a step, 1 to 4,096. Default 128.</value>
    public int BatchSize { get; init; } = 128;

    /// <value>Adam's step for the dense weights. Default 0.001.</value>
    public float DenseRate { get; init; } = 0.001f;

    /// <value>Full steps that the served weights are a mean of, the newer counting more: each moves them by 1 ÷ this towards the newest. 0: the newest alone. Default 100.</value>
    public float MeanSteps { get; init; } = 100;

    /// <value>Adagrad's step for embeddings. Default 0.05.</value>
    public float EmbeddingRate { get; init; } = 0.05f;

    /// <value>The dense gradient's length per example at most; what is longer is shortened. Default 5.</value>
    public float MaxGradient { get; init; } = 5;

    /// <value>Of the weights' first values. Default 1.</value>
    public int Seed { get; init; } = 1;

    /// <value>1 to all cores; the result is the same. Default 1.</value>
    public int Threads { get; init; } = 1;

    /// <summary>The table that a trainer's embeddings lie in; a server's has the same widths and other formats.</summary>
    public static EmbeddingTableOptions Table { get; } = new() { Dimensions = DlrmShape.EmbeddingSize, StateWidth = EmbeddingAdagrad.StateWidth };
}
