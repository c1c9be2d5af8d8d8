using TikTok.Core.Events;

namespace TikTok.Functions.Analytics.Projections;

/// <summary>
/// Something that is computed from the log, and can be computed anew. Each event counts once, however often it comes, when these hold: events of a
/// partition come in its order, and none is left out before one that comes.
/// </summary>
public interface IProjection
{
    /// <param name="events">Of one partition of the log, in its order.</param>
    /// <param name="generations">Where each is counted.</param>
    Task ApplyAsync(IReadOnlyList<LoggedInteraction> events, Generations generations, CancellationToken cancellationToken);
}
