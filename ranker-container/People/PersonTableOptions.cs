namespace TikTok.Ranker.People;

/// <summary>Whom a table remembers, and for how long.</summary>
public sealed record PersonTableOptions
{
    /// <value>People remembered at most; beyond them whoever was heard of longest ago goes. Default 200,000, about 2 GB of people who have swiped some hundred times.</value>
    public int Capacity { get; init; } = 200_000;

    /// <value>Days after which a person goes of whom nothing is heard. Default 90, as long as the container <c>watches</c> remembers what they watched.</value>
    public int ForgetAfterDays { get; init; } = 90;

    internal PersonTableOptions Validated()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Capacity, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(ForgetAfterDays, 1);
        return this;
    }
}
