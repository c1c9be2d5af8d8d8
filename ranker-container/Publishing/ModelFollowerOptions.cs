namespace TikTok.Ranker.Publishing;

/// <summary>How a server follows what is published: settings <c>Follower__…</c>.</summary>
public sealed record ModelFollowerOptions
{
    /// <value>Between two looks. Default 15 seconds.</value>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(15);

    /// <value>Between two looks while they fail, at most. Default 2 minutes.</value>
    public TimeSpan MaxBackoff { get; init; } = TimeSpan.FromMinutes(2);
}
