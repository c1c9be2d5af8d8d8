namespace TikTok.Ranker.Retrieval.Pools;

/// <summary>How much is remembered of who watched what together with what.</summary>
public sealed record CoWatchOptions
{
    /// <value>People whose last well-watched videos are remembered; a power of two, at least 4. 56 bytes each. Default 262,144.</value>
    public int People { get; init; } = 1 << 18;

    /// <value>Times that a video must have been watched well before its neighbours are counted: below that they say little, and most videos stay there. Default 3.</value>
    public int MinWatches { get; init; } = 3;

    /// <value>What happened counts half after this time. Default 14 days.</value>
    public TimeSpan HalfLife { get; init; } = TimeSpan.FromDays(14);

    /// <value>
    /// Is added to what a pair's count is divided by, so that a pair seen once between two rare videos is not the strongest of all. Default 5.
    /// </value>
    public float Shrinkage { get; init; } = 5;
}
