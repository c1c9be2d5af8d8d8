namespace TikTok.Ranker.Training.Online;

/// <summary>How the log becomes examples, and when what was learned from them is good enough. All times are the log's own.</summary>
public sealed record OnlineTrainerOptions
{
    /// <value>How long after a watch an action still belongs to it; then it counts as one without. Default 10 minutes.</value>
    public TimeSpan Window { get; init; } = TimeSpan.FromMinutes(10);

    /// <value>How long after its window an impression is remembered, so that a late action corrects what was learned. Default 24 hours.</value>
    public TimeSpan LateWindow { get; init; } = TimeSpan.FromHours(24);

    /// <value>How much a late action counts, against 1 for an example in time. Default 1.</value>
    public float LateWeight { get; init; } = 1;

    /// <value>Impressions whose window is open, at most; when there are more, the oldest window closes early. 600 bytes each. Default 131,072.</value>
    public int MaxPending { get; init; } = 1 << 17;

    /// <value>Closed impressions, and actions that came before their watch, each at most; the oldest are forgotten. 100 bytes each. Default 262,144.</value>
    public int MaxRemembered { get; init; } = 1 << 18;

    /// <value>A batch that is not full is learned from after so long. Default 2 seconds.</value>
    public TimeSpan MaxBatchAge { get; init; } = TimeSpan.FromSeconds(2);

    /// <value>Examples of a head over which its quality is measured each time. Default 5,000.</value>
    public int ValidationWindow { get; init; } = 5_000;

    /// <value>By how much of the published model's log loss a candidate's may be higher, over all heads. Default 0.02.</value>
    public double MaxDrift { get; init; } = 0.02;

    /// <value>Predictions since the last judgement below which the two are not compared anew. Default 2,000.</value>
    public int MinCompared { get; init; } = 2_000;

    /// <value>The same of each head by itself, where chance does not explain it. Default 0.05.</value>
    public double MaxHeadDrift { get; init; } = 0.05;

    /// <value>Predictions of a head below which it is not judged anew. Default 200.</value>
    public int MinComparedOfHead { get; init; } = 200;
}
