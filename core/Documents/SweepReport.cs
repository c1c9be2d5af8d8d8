namespace TikTok.Core.Documents;

/// <summary>What the last run of a sweep came to, and where the next one goes on. Container <c>sweeps</c>, partition <c>/name</c>, <c>id = name</c>.</summary>
public sealed record SweepReport
{
    public required string Id { get; init; }
    public required string Name { get; init; }
    public required DateTimeOffset At { get; init; }
    public required long DurationMs { get; init; }

    /// <summary>How much was looked at.</summary>
    public required int Looked { get; init; }

    /// <summary>How much of it had been left behind, and was dealt with.</summary>
    public required int Settled { get; init; }

    /// <summary>Of all runs so far.</summary>
    public required long SettledEver { get; init; }

    /// <summary>Why the run broke off; absent when it did not.</summary>
    public string? Failure { get; init; }

    /// <summary>Where the next run goes on; absent at the beginning.</summary>
    public string? Position { get; init; }
}
