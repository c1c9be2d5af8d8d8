namespace TikTok.Ranker.Publishing;

/// <summary>How often the trainer lets others have what it learned: settings <c>Trainer__…</c>.</summary>
public sealed record ModelPublisherOptions
{
    /// <value>Between two publications of the rows that changed. Default 1 minute.</value>
    public TimeSpan SparseInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <value>Between two publications of dense weights, a multiple of the other. Default 3 minutes.</value>
    public TimeSpan DenseInterval { get; init; } = TimeSpan.FromMinutes(3);

    /// <value>Between two snapshots of all state. What the log has since the last is learned again after a restart. Default 10 minutes.</value>
    public TimeSpan SnapshotInterval { get; init; } = TimeSpan.FromMinutes(10);

    /// <value>Examples learned from before anything is published: an untaught model ranks worse than none. Default 1,000.</value>
    public long MinExamples { get; init; } = 1_000;

    /// <value>Deltas after which a table's next publication is a snapshot, so that who begins needs not read for long. Default 60.</value>
    public int MaxDeltas { get; init; } = 60;

    /// <value>Refusals of a model in a row after which the trainer goes back to what is published: what was learned since is given up. Default 10.</value>
    public int RollBackAfter { get; init; } = 10;

    /// <value>Dense models that are kept. Default 5.</value>
    public int KeptModels { get; init; } = 5;
}
