using TikTok.Core.Events;
using TikTok.Functions.Analytics.Projections;

namespace TikTok.Functions.Analytics.History;

/// <summary>What each account watched.</summary>
public sealed class WatchHistory(WatchStore store) : IProjection
{
    private const int ParallelWatches = 8;

    public Task ApplyAsync(IReadOnlyList<LoggedInteraction> events, Generations generations, CancellationToken cancellationToken)
    {
        var watches = events
            .Where(e => e.Interaction is { Type: InteractionType.Watch, VideoId: not null, Watch: not null })
            .GroupBy(e => (e.Interaction.UserId, e.Interaction.VideoId));
        return Parallel.ForEachAsync(
            watches,
            new ParallelOptions { MaxDegreeOfParallelism = ParallelWatches, CancellationToken = cancellationToken },
            async (watch, token) => await store.AddAsync([.. watch], generations, token));
    }
}
