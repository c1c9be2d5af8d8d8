using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using TikTok.Core.Documents;
using TikTok.Functions.Analytics.Projections;
using TikTok.Functions.Platform;

namespace TikTok.Functions.Analytics.Rebuilding;

/// <summary>The command that computes history, trends and statistics anew, and what carries it out.</summary>
public sealed class RebuildFunctions(Rebuild rebuild, ProjectionStateStore states)
{
    [Function("StartRebuild"), Allows(Role.Admin), Answers<RebuildAnswer>(StatusCodes.Status202Accepted), Idempotency(IdempotencyMode.Ignored)]
    [Refuses(StatusCodes.Status409Conflict, "/problems/rebuild-under-way")]
    public async Task<IResult> StartAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "ops/analytics/rebuild")] HttpRequest request, CancellationToken cancellationToken)
    {
        var started = await rebuild.StartAsync(cancellationToken)
            ?? throw Problems.Conflict("/problems/rebuild-under-way", "Rebuild under way", "A rebuild is under way; the next can begin when it is over.");
        return Answers.Accepted(RebuildAnswer.Of(started, 0));
    }

    /// <summary>How far the one that is under way has come.</summary>
    [Function("GetRebuild"), Allows(Role.Admin), Answers<RebuildAnswer>]
    [Refuses(StatusCodes.Status404NotFound, "/problems/not-found")]
    public async Task<IResult> GetAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "ops/analytics/rebuild")] HttpRequest request, CancellationToken cancellationToken)
    {
        var state = await states.ReadAsync(cancellationToken);
        return Answers.Ok(state.Rebuild is { } under ? RebuildAnswer.Of(under, state.Current) : throw Problems.NotFound("rebuild"));
    }

    /// <remarks>A timer runs on one instance at a time. What a run does not get done before its time is over, the next one does.</remarks>
    [Function("ContinueRebuild")]
    public Task ContinueAsync([TimerTrigger("0 * * * * *")] TimerInfo timer, CancellationToken cancellationToken) => rebuild.ContinueAsync(cancellationToken);
}

/// <param name="From">What happened from then on is counted anew.</param>
/// <param name="Replayed">Events counted so far.</param>
/// <param name="IsShown">Whether the new generation is the one that is shown already.</param>
public sealed record RebuildAnswer(int Generation, DateTimeOffset From, DateTimeOffset StartedAt, long Replayed, bool IsShown)
{
    public static RebuildAnswer Of(ProjectionRebuild rebuild, int current) =>
        new(rebuild.Generation, rebuild.From, rebuild.StartedAt, rebuild.Through.Values.Sum(through => through + 1), rebuild.Generation == current);
}
