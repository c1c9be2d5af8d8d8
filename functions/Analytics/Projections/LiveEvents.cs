using Azure.Messaging.EventHubs;
using TikTok.Core.Documents;
using TikTok.Core.Events;
using TikTok.Functions.Platform;

namespace TikTok.Functions.Analytics.Projections;

/// <summary>Counts a trigger's events into the generation that is shown, also while a rebuilt one takes its place.</summary>
/// <remarks>
/// Two rules make the change exact. A batch during which the generation changed is not acknowledged, but comes again and is counted in the new one; so what is
/// acknowledged in the old one was in the log when the change was made. And nothing is counted in the new one before the rebuild has counted all that came
/// before it there; so no event is left out (see <see cref="IProjection"/>).
/// </remarks>
public sealed class LiveEvents(LogReader reader, ProjectionStateStore states)
{
    /// <exception cref="GenerationChangedException">The events must come again.</exception>
    public async Task ApplyAsync(IProjection projection, IReadOnlyCollection<EventData> data, CancellationToken cancellationToken)
    {
        var events = reader.Read(data);
        if (events.Count == 0) return;

        var before = await states.ReadAsync(cancellationToken);
        if (before.Rebuild is { } rebuild && rebuild.Generation == before.Current && Through(rebuild, events[0]) < events[0].SequenceNumber - 1)
            throw new GenerationChangedException("The rebuilt generation has not come as far as these events.");

        await projection.ApplyAsync(events, Generations.Shown(before), cancellationToken);
        if ((await states.ReadAsync(cancellationToken)).Current != before.Current)
            throw new GenerationChangedException("The generation changed while these events were counted.");
    }

    private static long Through(ProjectionRebuild rebuild, LoggedInteraction first) => rebuild.Through.GetValueOrDefault(first.Partition, -1);
}

/// <summary>Not an error: the trigger's retry brings the events again.</summary>
public sealed class GenerationChangedException(string message) : Exception(message);
