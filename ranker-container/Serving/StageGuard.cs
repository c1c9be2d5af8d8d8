namespace TikTok.Ranker.Serving;

/// <summary>How a guarded stage ended.</summary>
public enum StageOutcome
{
    Done,

    /// <summary>It goes on by itself; what it works on is not free before it ends.</summary>
    Late,
    Failed,

    /// <summary>It was not begun: it has been late or failing, and gets time to recover.</summary>
    Open,
}

/// <summary>
/// Runs a stage that cannot be interrupted, on a thread of its own, and stops waiting for it in time. After <see cref="Tolerated"/> failures in a row the stage is left
/// alone for <see cref="RestFor"/>, then one request tries it again; never while <see cref="MostLate"/> are still at work that nobody waits for any more.
/// </summary>
public sealed partial class StageGuard(string stage, TimeProvider time, ILogger logger)
{
    public const int Tolerated = 3;
    public const int MostLate = 8;
    public static readonly TimeSpan RestFor = TimeSpan.FromSeconds(1);

    private int _failures;
    private int _running;
    private long _openedAt;

    public bool IsOpen => Volatile.Read(ref _failures) >= Tolerated;

    /// <param name="work">Must not touch what the caller changes before <paramref name="release"/> was called.</param>
    /// <param name="release">Called once, when the work has ended, however it did; at once when it was not begun.</param>
    public async ValueTask<StageOutcome> RunAsync(Action work, TimeSpan budget, Action release)
    {
        if (budget <= TimeSpan.Zero || !MayTry())
        {
            release();
            return budget <= TimeSpan.Zero ? StageOutcome.Late : StageOutcome.Open;
        }

        Interlocked.Increment(ref _running);
        var running = Task.Run(() =>
        {
            try
            {
                work();
            }
            finally
            {
                Interlocked.Decrement(ref _running);
                release();
            }
        });
        using var waiting = new CancellationTokenSource();
        if (!running.IsCompleted && await Task.WhenAny(running, Task.Delay(budget, time, waiting.Token)) != running)
        {
            Count(running);
            return StageOutcome.Late;
        }
        await waiting.CancelAsync();
        Count(running);
        return running.IsCompletedSuccessfully ? StageOutcome.Done : StageOutcome.Failed;
    }

    private void Count(Task running)
    {
        if (running.IsCompletedSuccessfully)
        {
            Volatile.Write(ref _failures, 0);
            return;
        }
        if (Interlocked.Increment(ref _failures) == Tolerated) Opened(logger, stage, Tolerated);
        Volatile.Write(ref _openedAt, time.GetTimestamp());
        if (running.Exception is { } thrown) Failed(logger, stage, thrown.InnerException!);
    }

    private bool MayTry()
    {
        if (!IsOpen) return true;

        if (Volatile.Read(ref _running) >= MostLate) return false;

        // One try per rest: whoever moves the time on.
        var openedAt = Volatile.Read(ref _openedAt);
        return time.GetElapsedTime(openedAt) >= RestFor && Interlocked.CompareExchange(ref _openedAt, time.GetTimestamp(), openedAt) == openedAt;
    }

    [LoggerMessage(LogLevel.Error, "Stage {Stage} failed")]
    private static partial void Failed(ILogger logger, string stage, Exception e);

    [LoggerMessage(LogLevel.Warning, "Stage {Stage} was late or failed {Times} times in a row: it is left alone, and tried once a second")]
    private static partial void Opened(ILogger logger, string stage, int times);
}
