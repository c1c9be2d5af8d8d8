namespace TikTok.Ranker.Serving;

/// <summary>When the caller stops listening. Each stage asks what is left and does what fits into it.</summary>
public readonly struct RequestDeadline(TimeProvider time, long startedAt, TimeSpan total)
{
    public TimeSpan Elapsed => time.GetElapsedTime(startedAt);

    public TimeSpan Remaining => total - Elapsed;

    public static RequestDeadline In(TimeProvider time, TimeSpan total) => new(time, time.GetTimestamp(), total);

    /// <summary>A stage's budget out of <see cref="StageBudgets"/>, stretched or shrunk with the deadline.</summary>
    public TimeSpan BudgetOf(TimeSpan stage) => stage * (total / StageBudgets.Whole);

    /// <summary>A deadline for work that leaves time for what comes after it.</summary>
    /// <param name="after">Stages' budgets for a request of <see cref="StageBudgets.Whole"/>.</param>
    public RequestDeadline Before(TimeSpan after) => new(time, startedAt, total - BudgetOf(after));
}
