namespace TikTok.Simulation;

/// <summary>How large a world is and how much of it changes. What people do is in <see cref="Behaviour"/>.</summary>
public sealed record WorldOptions
{
    /// <value>What chance there is comes from it: worlds of one seed are the same. Default 1.</value>
    public ulong Seed { get; init; } = 1;

    /// <value>When the world begins. Default 1 September 2026.</value>
    public DateTimeOffset Start { get; init; } = new(2026, 9, 1, 0, 0, 0, TimeSpan.Zero);

    /// <value>People at the start. Default 2,000.</value>
    public int People { get; init; } = 2_000;

    /// <value>Creators at the start. Default 1,500.</value>
    public int Creators { get; init; } = 1_500;

    /// <value>Videos at the start, published over the <see cref="CatalogueDays"/> before it. Default 15,000.</value>
    public int Videos { get; init; } = 15_000;

    /// <value>Default 30.</value>
    public int CatalogueDays { get; init; } = 30;

    /// <value>New videos a day, as a share of those at the start. Default 0.02.</value>
    public float Uploads { get; init; } = 0.02f;

    /// <value>New creators a day, as a share of those at the start. Default 0.01.</value>
    public float NewCreators { get; init; } = 0.01f;

    /// <value>Sessions a day of the average person. Default 1.</value>
    public float SessionsPerDay { get; init; } = 1;

    /// <value>Standard deviation of what one day adds to a person's interest in one topic, where 1 is from indifferent to fond. Default 0.06.</value>
    public float Drift { get; init; } = 0.06f;

    /// <value>The chance that a day replaces one of a person's few favourite topics by another. Default 0.05.</value>
    public float NewFavourite { get; init; } = 0.05f;

    /// <value>Standard deviation of what one day adds to everybody's interest in one topic. Default 0.08.</value>
    public float Fashion { get; init; } = 0.08f;

    /// <summary>A smaller or larger world of the same proportions.</summary>
    public static WorldOptions Of(int people)
    {
        var usual = new WorldOptions();
        return usual with { People = people, Creators = usual.Creators * people / usual.People, Videos = usual.Videos * people / usual.People };
    }
}
