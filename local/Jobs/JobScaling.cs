namespace TikTok.Local.Jobs;

/// <summary>How many executions a queue calls for.</summary>
internal static class JobScaling
{
    /// <summary>An execution that is younger than this may not have taken its message yet.</summary>
    public static readonly TimeSpan StartUp = TimeSpan.FromSeconds(2);

    /// <param name="visible">Messages that wait, not counting those that an execution has taken.</param>
    /// <param name="ages">How long each running execution has run.</param>
    public static int ToStart(int visible, IReadOnlyCollection<TimeSpan> ages, int maxExecutions)
    {
        var starting = ages.Count(age => age < StartUp);
        return Math.Clamp(visible - starting, 0, Math.Max(0, maxExecutions - ages.Count));
    }

    /// <summary>The pause after executions that failed at once, so that a program that cannot run is not started in a tight loop.</summary>
    public static TimeSpan PauseAfter(int quickFailures) =>
        quickFailures == 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(Math.Min(30, Math.Pow(2, quickFailures - 1)));
}
