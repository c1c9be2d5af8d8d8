using System.Runtime.CompilerServices;
using Azure.Messaging.EventHubs;
using Azure.Messaging.EventHubs.Consumer;
using Microsoft.Extensions.Logging;
using TikTok.Core.Documents;
using TikTok.Functions.Analytics.Creators;
using TikTok.Functions.Analytics.Projections;
using TikTok.Functions.Platform;

namespace TikTok.Functions.Analytics.Rebuilding;

/// <summary>
/// Computes everything that is computed from the log anew, from the oldest day that the log still has whole, into a new generation, while live events go on being
/// counted into the one that is shown; and shows the new one when it has caught up. A run that is cut off is continued by the next.
/// </summary>
/// <remarks>
/// The steps: replay to the end of the log; make the new generation the current one; replay what came until live readers saw the change (they wait for this, see
/// <see cref="LiveEvents"/>); delete what was replaced. Videos count as what they are filed under now.
/// </remarks>
public sealed partial class Rebuild(
    ProjectionStateStore states, EventHubConsumerClient hub, LogReader reader, IReadOnlyList<IProjection> projections, CreatorStatsStore stats,
    TimeProvider time, ILogger<Rebuild> logger)
{
    private const int BatchSize = 500;

    /// <summary>The log forgets its oldest events while it is read: the first day must begin so much later than they.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromHours(6);

    /// <summary>Begins one; null when one is under way.</summary>
    public async Task<ProjectionRebuild?> StartAsync(CancellationToken cancellationToken)
    {
        var from = await FirstWholeDayAsync(cancellationToken);
        ProjectionRebuild? started = null;
        await states.ChangeAsync(
            state =>
            {
                started = state.Rebuild is null ? new ProjectionRebuild { Generation = state.Current + 1, From = from, StartedAt = time.GetUtcNow() } : null;
                return started is null ? null : state with { Rebuild = started };
            },
            cancellationToken);
        return started;
    }

    /// <summary>Goes on with the one that is under way, if there is one, to its end.</summary>
    public async Task ContinueAsync(CancellationToken cancellationToken)
    {
        while (await states.ReadAsync(cancellationToken) is { Rebuild: { } rebuild } state)
        {
            var ends = await EndsAsync(cancellationToken);
            await ReplayAsync(state, rebuild, ends, cancellationToken);
            if (state.Current != rebuild.Generation)
            {
                await states.ChangeAsync(s => s.Current == rebuild.Generation ? null : s with { Eras = Generations.With(s.Eras, rebuild) }, cancellationToken);
                Shown(logger, rebuild.Generation, rebuild.From);
                continue;
            }

            // The ends were read after the change, so that what live readers acknowledged before it is counted now.
            await stats.RemoveReplacedAsync(rebuild.Generation, DateOnly.FromDateTime(rebuild.From.UtcDateTime), cancellationToken);
            await states.ChangeAsync(s => s.Rebuild?.Generation == rebuild.Generation ? s with { Rebuild = null } : null, cancellationToken);
        }
    }

    /// <summary>The midnight after which every event is in the log; the beginning of time when the log has lost none.</summary>
    private async Task<DateTimeOffset> FirstWholeDayAsync(CancellationToken cancellationToken)
    {
        var from = DateTimeOffset.MinValue;
        foreach (var partition in await hub.GetPartitionIdsAsync(cancellationToken))
        {
            var properties = await hub.GetPartitionPropertiesAsync(partition, cancellationToken);
            if (properties.BeginningSequenceNumber == 0) continue;

            var oldest = properties.IsEmpty ? time.GetUtcNow() : await OldestAsync(partition, cancellationToken);
            var midnight = new DateTimeOffset((oldest + Slack).UtcDateTime.Date.AddDays(1), TimeSpan.Zero);
            if (midnight > from) from = midnight;
        }
        return from;
    }

    private async Task<DateTimeOffset> OldestAsync(string partition, CancellationToken cancellationToken)
    {
        await foreach (var item in hub.ReadEventsFromPartitionAsync(partition, EventPosition.Earliest, cancellationToken)) return item.Data.EnqueuedTime;
        return time.GetUtcNow();
    }

    /// <summary>By partition: the number of the last event. One that has forgotten all of its events is absent: there is nothing to read up to.</summary>
    private async Task<IReadOnlyDictionary<string, long>> EndsAsync(CancellationToken cancellationToken)
    {
        var ends = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var partition in await hub.GetPartitionIdsAsync(cancellationToken))
        {
            var properties = await hub.GetPartitionPropertiesAsync(partition, cancellationToken);
            if (!properties.IsEmpty) ends[partition] = properties.LastEnqueuedSequenceNumber;
        }
        return ends;
    }

    private async Task ReplayAsync(ProjectionState state, ProjectionRebuild rebuild, IReadOnlyDictionary<string, long> ends, CancellationToken cancellationToken)
    {
        var generations = Generations.Rebuilt(state, rebuild);
        await Parallel.ForEachAsync(
            ends.Where(end => rebuild.Through.GetValueOrDefault(end.Key, -1) < end.Value),
            new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = cancellationToken },
            async (end, token) =>
            {
                await foreach (var batch in ReadAsync(end.Key, rebuild.Through.GetValueOrDefault(end.Key, -1), end.Value, token))
                {
                    var events = reader.Read(batch).Where(e => e.Interaction.At >= rebuild.From).ToList();
                    if (events.Count > 0)
                        await Task.WhenAll(projections.Select(projection => projection.ApplyAsync(events, generations, token)));
                    await AdvanceAsync(rebuild.Generation, end.Key, batch[^1].SequenceNumber, token);
                }
            });
    }

    private async IAsyncEnumerable<IReadOnlyList<EventData>> ReadAsync(
        string partition, long after, long through, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var position = after < 0 ? EventPosition.Earliest : EventPosition.FromSequenceNumber(after, isInclusive: false);
        var batch = new List<EventData>(BatchSize);
        await foreach (var item in hub.ReadEventsFromPartitionAsync(partition, position, cancellationToken))
        {
            batch.Add(item.Data);
            var isLast = item.Data.SequenceNumber >= through;
            if (batch.Count < BatchSize && !isLast) continue;
            yield return batch;
            if (isLast) yield break;
            batch = new List<EventData>(BatchSize);
        }
    }

    private Task AdvanceAsync(int generation, string partition, long through, CancellationToken cancellationToken) => states.ChangeAsync(
        state => state.Rebuild is { } rebuild && rebuild.Generation == generation && rebuild.Through.GetValueOrDefault(partition, -1) < through
            ? state with { Rebuild = rebuild with { Through = new Dictionary<string, long>(rebuild.Through, StringComparer.Ordinal) { [partition] = through } } }
            : null,
        cancellationToken);

    [LoggerMessage(LogLevel.Information, "Generation {Generation} of what is computed from the log is shown for all from {From} on")]
    private static partial void Shown(ILogger logger, int generation, DateTimeOffset from);
}
