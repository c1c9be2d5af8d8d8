namespace TikTok.Ranker.People;

/// <summary>How soon facts about people are read again, and what that may cost.</summary>
public sealed record FeatureStoreOptions
{
    /// <value>Whoever asks for a page and whose facts were looked at longer ago than this has them looked at again, behind the answer. Default one minute: a block is heeded that soon.</value>
    public TimeSpan RefreshAfter { get; init; } = TimeSpan.FromMinutes(1);

    /// <value>People read at once. Beyond them nobody's read is begun. Default 64.</value>
    public int Concurrency { get; init; } = 64;

    /// <value>When a read is given up. Default 2 s.</value>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <value>After a read that failed, how long nobody's read is begun: a database in trouble is not asked harder. Default 1 s.</value>
    public TimeSpan PauseAfterFailure { get; init; } = TimeSpan.FromSeconds(1);
}
