using TikTok.Core.Cosmos;
using TikTok.Core.Events;
using TikTok.Functions.Analytics.Projections;

namespace TikTok.Functions.Analytics.History;

/// <summary>What each account watched. Of an account that is gone nothing is written, also when the log is replayed.</summary>
public sealed class WatchHistory(WatchStore store, AccountStore accounts) : IProjection
{
    private const int ParallelWatches = 8;

    public async Task ApplyAsync(IReadOnlyList<LoggedInteraction> events, Generations generations, CancellationToken cancellationToken)
    {
        var watches = events
            .Where(e => e.Interaction is { Type: InteractionType.Watch, VideoId: not null, Watch: not null })
            .GroupBy(e => (e.Interaction.UserId, e.Interaction.VideoId))
            .ToList();
        var existing = await accounts.FindExistingAsync([.. watches.Select(w => w.Key.UserId)], cancellationToken);
        await Parallel.ForEachAsync(
            watches.Where(w => existing.Contains(w.Key.UserId)),
            new ParallelOptions { MaxDegreeOfParallelism = ParallelWatches, CancellationToken = cancellationToken },
            async (watch, token) => await store.AddAsync([.. watch], generations, token));
    }
}
