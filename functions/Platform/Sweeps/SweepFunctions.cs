using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using TikTok.Core.Documents;

namespace TikTok.Functions.Platform;

/// <summary>Runs every <see cref="ISweep"/>, and shows what the last runs came to.</summary>
public sealed partial class SweepFunctions(IEnumerable<ISweep> sweeps, SweepReportStore reports, TimeProvider time, ILogger<SweepFunctions> logger)
{
    /// <summary>One that fails does not stop the others, and begins anew next time.</summary>
    [Function("LeftoversSwept")]
    public async Task SweepAsync([TimerTrigger("0 */5 * * * *")] TimerInfo timer, CancellationToken cancellationToken)
    {
        foreach (var sweep in sweeps) await RunAsync(sweep, cancellationToken);
    }

    /// <summary>What the last run of every sweep came to.</summary>
    [Function("ListSweeps"), Allows(Role.Admin), Answers<SweepsAnswer>]
    public async Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "ops/sweeps")] HttpRequest request, CancellationToken cancellationToken)
    {
        var all = await reports.ListAsync(cancellationToken);
        return Answers.Ok(new SweepsAnswer([.. all.Select(r => new SweepAnswer(r.Name, r.At, r.DurationMs, r.Looked, r.Settled, r.SettledEver, r.Failure))]));
    }

    private async Task RunAsync(ISweep sweep, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var before = await reports.FindAsync(sweep.Name, cancellationToken);
        var outcome = new SweepOutcome(0, 0);
        string? failure = null;
        try
        {
            outcome = await sweep.RunAsync(before?.Position, cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            failure = e.GetType().Name;
            Failed(logger, sweep.Name, e);
        }

        var elapsed = (long)time.GetElapsedTime(started).TotalMilliseconds;
        if (outcome.Settled > 0) Settled(logger, sweep.Name, outcome.Looked, outcome.Settled, elapsed);
        await reports.SaveAsync(
            new SweepReport
            {
                Id = sweep.Name,
                Name = sweep.Name,
                At = time.GetUtcNow(),
                DurationMs = elapsed,
                Looked = outcome.Looked,
                Settled = outcome.Settled,
                SettledEver = (before?.SettledEver ?? 0) + outcome.Settled,
                Failure = failure,
                Position = outcome.Position,
            },
            cancellationToken);
    }

    [LoggerMessage(LogLevel.Warning, "Sweep {Sweep}: of {Looked} looked at, {Settled} had been left behind and were dealt with, in {ElapsedMs} ms")]
    private static partial void Settled(ILogger logger, string sweep, int looked, int settled, long elapsedMs);

    [LoggerMessage(LogLevel.Error, "Sweep {Sweep} broke off")]
    private static partial void Failed(ILogger logger, string sweep, Exception e);
}

public sealed record SweepsAnswer(IReadOnlyList<SweepAnswer> Items);

/// <param name="At">Of the last run.</param>
/// <param name="Looked">How much the last run looked at.</param>
/// <param name="Settled">How much of it had been left behind, and was dealt with.</param>
/// <param name="SettledEver">Of all runs so far.</param>
/// <param name="Failure">What broke the last run off; absent when nothing did.</param>
public sealed record SweepAnswer(string Name, DateTimeOffset At, long DurationMs, int Looked, int Settled, long SettledEver, string? Failure);
