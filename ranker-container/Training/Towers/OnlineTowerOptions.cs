namespace TikTok.Ranker.Training.Towers;

/// <summary>How fast the towers learn from the log, and against what.</summary>
public sealed record OnlineTowerOptions
{
    /// <value>A swipe worth this or more (<see cref="Retrieval.Towers.PersonTower.Worth"/>) is an example of what somebody likes. Default 0.6.</value>
    public float LikedFrom { get; init; } = 0.6f;

    /// <value>Videos lately shown to anybody that each example is held against. Default 8.</value>
    public int ShownNegatives { get; init; } = 8;

    /// <value>Videos of all there are. Default 4.</value>
    public int AnyNegatives { get; init; } = 4;

    /// <value>Videos that the same person last skipped. Default 4.</value>
    public int SkippedNegatives { get; init; } = 4;

    /// <value>The last impressions that <see cref="ShownNegatives"/> are drawn from. Default 4,096.</value>
    public int ShownMemory { get; init; } = 4_096;

    /// <value>Of the step of a row: about how far its components move at the first one. Default 0.03: with more, what a few people liked drowns what the content says.</value>
    public float LearningRate { get; init; } = 0.03f;

    /// <value>The same of the vector that everybody begins at. Default 0.002: everybody's events move it.</value>
    public float BaseLearningRate { get; init; } = 0.002f;

    /// <value>What a row's sum of squared gradients keeps from step to step, 0 to less than 1. Default 0.99: without forgetting, old rows no longer learn.</value>
    public float SquaresKept { get; init; } = 0.99f;

    /// <value>The share of a row that each of its steps takes away. Default 0.0005.</value>
    public float Decay { get; init; } = 0.0005f;

    /// <value>One example of so many is predicted by the published table as well. Default 4.</value>
    public int ComparedOneIn { get; init; } = 4;

    /// <value>Of these, how many a judgement takes. Default 200.</value>
    public int MinCompared { get; init; } = 200;

    /// <value>Others come before what somebody likes: by how much of their share with the published table it may be higher, where chance does not explain it. Default 0.1.</value>
    public double MaxDrift { get; init; } = 0.1;

    /// <value>Of the negatives' choice.</value>
    public ulong Seed { get; init; } = 1;
}
