namespace TikTok.Ranker.Experiments;

/// <summary>One experiment: the setting <c>Experiments__{layer}__{experiment}</c>.</summary>
/// <remarks>
/// Experiments of one layer have different people, those of different layers are independent of each other. What might touch the same thing belongs in one layer.
/// <code>
/// "Experiments": { "ranking": { "shares-2": { "From": 0, "To": 1999, "Arms": {
///     "control": { "Percent": 50 },
///     "more":    { "Percent": 50, "Settings": { "Values": { "Share": 5 } } } } } } }
/// </code>
/// </remarks>
public sealed record ExperimentOptions
{
    /// <value>The first of the layer's buckets that is the experiment's, 0 to 9,999.</value>
    public int From { get; init; }

    /// <value>The last one, 0 to 9,999. A hundred buckets are one person in a hundred.</value>
    public int To { get; init; }

    /// <value>By name. One of them should change nothing: it is what the others are compared with.</value>
    public IReadOnlyDictionary<string, ArmOptions> Arms { get; init; } = new Dictionary<string, ArmOptions>(StringComparer.Ordinal);
}

public sealed record ArmOptions
{
    /// <value>Of the experiment's people, 0 to 100. Those of all arms make 100.</value>
    public int Percent { get; init; }
}
