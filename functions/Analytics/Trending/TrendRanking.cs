using System.Collections.Concurrent;
using TikTok.Core.Documents;
using TikTok.Core.Events;
using TikTok.Functions.Analytics.Projections;

namespace TikTok.Functions.Analytics.Trending;

/// <summary>
/// What trends. The buckets are merged on demand, by one instance for all, at most every <see cref="FreshFor"/>: who finds the shared list too old claims it and
/// ranks; the others show the old one meanwhile.
/// </summary>
/// <remarks>
/// Of every bucket the heaviest <see cref="Depth"/> are merged. For a video, whose events are in one partition of the log, a day is exact; what is in no bucket's
/// heaviest but heavy in their sum is missed, which with <see cref="Depth"/> as deep as the whole list takes an item that is nowhere among the first 200.
/// </remarks>
public sealed class TrendRanking(TrendStore store, ProjectionStateStore states, VideoDirectory directory, InteractionLog log, TimeProvider time)
{
    /// <summary>How many items a list has at most.</summary>
    public const int Depth = 200;

    public static readonly TimeSpan FreshFor = TimeSpan.FromSeconds(15);

    /// <summary>Whoever claimed a list and has not written it by now is gone.</summary>
    private static readonly TimeSpan ClaimedFor = TimeSpan.FromSeconds(10);

    private const int ParallelQueries = 8;

    private readonly ConcurrentDictionary<TrendKind, TrendList> _lists = new();

    /// <summary>Highest first.</summary>
    public async Task<IReadOnlyList<Trend>> TopAsync(TrendKind kind, CancellationToken cancellationToken)
    {
        if (_lists.TryGetValue(kind, out var known) && IsFresh(known)) return known.Items;

        var state = await states.ReadAsync(cancellationToken);
        var list = await store.FindListAsync(kind, state.Current, cancellationToken) ?? TrendStore.EmptyList(kind, state.Current);
        if (!IsFresh(list) && await TryClaimAsync(list, cancellationToken) is { } claimed)
        {
            var ranked = claimed with
            {
                Items = await RankAsync(kind, Generations.Shown(state), cancellationToken),
                RankedAt = time.GetUtcNow(),
                ClaimedUntil = default,
            };
            list = await store.TrySaveListAsync(ranked, cancellationToken) ?? ranked;
        }
        return (_lists[kind] = list).Items;
    }

    private bool IsFresh(TrendList list) => list.RankedAt + FreshFor > time.GetUtcNow();

    private async Task<TrendList?> TryClaimAsync(TrendList list, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return list.ClaimedUntil > now ? null : await store.TrySaveListAsync(list with { ClaimedUntil = now + ClaimedFor }, cancellationToken);
    }

    private async Task<IReadOnlyList<Trend>> RankAsync(TrendKind kind, Generations generations, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        var partitions = await log.PartitionIdsAsync(cancellationToken);
        var buckets =
            from day in Enumerable.Range(0, TrendDecay.Days).Select(back => today.AddDays(-back))
            from partition in partitions
            select new TrendBucket(generations.Of(day), day, partition);

        var scores = new ConcurrentDictionary<string, double>(StringComparer.Ordinal);
        await Parallel.ForEachAsync(
            buckets,
            new ParallelOptions { MaxDegreeOfParallelism = ParallelQueries, CancellationToken = cancellationToken },
            async (bucket, token) =>
            {
                foreach (var (item, weight) in await store.HeaviestAsync(bucket, kind, Depth, token))
                {
                    var score = TrendDecay.Scale(weight, bucket.Day, now);
                    scores.AddOrUpdate(item, score, (_, sum) => sum + score);
                }
            });
        var ranked = scores.Where(s => s.Value > 0).OrderByDescending(s => s.Value).ThenBy(s => s.Key, StringComparer.Ordinal)
            .Select(s => new Trend(s.Key, Math.Round(s.Value, 3)));
        return [.. (kind == TrendKind.Videos ? await ListedAsync([.. ranked.Take(2 * Depth)], cancellationToken) : ranked).Take(Depth)];
    }

    private async Task<IEnumerable<Trend>> ListedAsync(IReadOnlyList<Trend> videos, CancellationToken cancellationToken)
    {
        var facts = await directory.FindAsync([.. videos.Select(v => v.Item)], cancellationToken);
        return videos.Where(v => facts.TryGetValue(v.Item, out var video) && video.IsListed);
    }
}
