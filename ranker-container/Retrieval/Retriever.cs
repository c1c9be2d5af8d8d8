using Microsoft.Extensions.ObjectPool;
using TikTok.Ranker.Retrieval.Pools;
using TikTok.Ranker.Videos;

namespace TikTok.Ranker.Retrieval;

/// <summary>
/// Finds a request's candidates: draws from all pools, each up to its quota, leaves out what the person must not or need not be shown, and fills up with what the
/// pools have left. Any number of requests at once; none of them allocates.
/// </summary>
/// <remarks>
/// The index comes last: it takes most of the time, and cannot be interrupted. Without it, or without time for it, the others fill its place. Every candidate is listed,
/// not the person's own, not seen (see <see cref="RetrievalOutcome.IsLastResort"/>), not excluded, not by a creator avoided, not by a shadow-banned one unless followed, and for
/// teens where the person is one.
/// </remarks>
public sealed class Retriever
{
    private readonly PoolRenewal _renewal;
    private readonly (ICandidatePool Pool, int Quota)[] _pools;
    private readonly int _nearestQuota;
    private readonly ObjectPool<CandidateRetrieval> _retrievals;

    /// <param name="nearest">null where there is no index.</param>
    public Retriever(VideoTable videos, PoolRenewal renewal, CoWatches coWatches, INearestVideos? nearest, RetrievalOptions options)
    {
        options.Validated();
        _renewal = renewal;
        _nearestQuota = options.Nearest;

        // In the order in which they are drawn from; the index comes after them. What trends is first: that there is something, whatever the time.
        _pools =
        [
            (new TrendingPool(), options.Trending),
            (new FollowedPool(), options.Followed),
            (new CreatorPool(), options.Creators),
            (new CollaborativePool(coWatches, videos), options.Collaborative),
            (new HashtagPool(), options.Hashtags),
            (new SoundPool(), options.Sounds),
            (new FreshPool(), options.Fresh),
        ];
        _retrievals = new DefaultObjectPool<CandidateRetrieval>(
            new RetrievalPolicy(() => new CandidateRetrieval(videos, nearest, _pools.Length + 1, done => _retrievals!.Return(done))), Math.Max(16, 2 * Environment.ProcessorCount));
    }

    /// <summary>Rows that anybody of whom nothing is known may be shown, best first: ready made, for when there is no time for anything else.</summary>
    /// <remarks>As of the last renewal of the pools. Whoever shows them leaves out what <see cref="VideoRow.IsListed"/> no longer allows, and what they must not repeat.</remarks>
    public ReadOnlySpan<int> ForAnybody => _renewal.Current.ForAnybody;

    /// <summary>Replaces the candidates by up to <see cref="Candidates.Capacity"/> for the request, in no order, however long the index takes. Their similarities are not filled in.</summary>
    public RetrievalOutcome Retrieve(in RetrievalRequest request, Candidates candidates)
    {
        var retrieval = Begin(request, candidates);
        try
        {
            if (retrieval.AsksIndex) retrieval.AskIndex();
            return Complete(retrieval, hasAnswered: true);
        }
        finally
        {
            retrieval.Release();
        }
    }

    /// <summary>The same in two steps, for who asks the index as long as they like in between; this one draws from all other pools.</summary>
    /// <returns>To be released by the caller, once it is completed.</returns>
    public CandidateRetrieval Begin(in RetrievalRequest request, Candidates candidates)
    {
        var retrieval = _retrievals.Get();
        retrieval.Hold();
        (retrieval.State, retrieval.Candidates, retrieval.Deadline) = (_renewal.Current, candidates, request.Deadline);
        retrieval.Draw.Begin(request, candidates);
        retrieval.Skipped = DrawQuotas(request, retrieval);
        retrieval.AsksIndex = false;
        if (request.Deadline.Remaining <= TimeSpan.Zero) retrieval.Skipped |= CandidatePools.Nearest;
        if (request.Vector.IsEmpty || _nearestQuota == 0 || retrieval.Skipped.HasFlag(CandidatePools.Nearest)) return retrieval;
        retrieval.AsksIndex = retrieval.Search.IsReady;
        if (retrieval.AsksIndex) retrieval.Search.Begin(request, _nearestQuota);
        else retrieval.Skipped |= CandidatePools.Nearest;
        return retrieval;
    }

    /// <param name="hasAnswered">Whether the index was asked and has answered, where it was to be asked.</param>
    public RetrievalOutcome Complete(CandidateRetrieval retrieval, bool hasAnswered)
    {
        var (draw, candidates) = (retrieval.Draw, retrieval.Candidates);
        var skipped = retrieval.Skipped;
        var start = draw.ListCount;
        if (retrieval.AsksIndex && hasAnswered) retrieval.Search.Offer();
        else if (retrieval.AsksIndex) skipped |= CandidatePools.Nearest;
        retrieval.Ends[^1] = draw.ListCount;
        draw.Take(start..draw.ListCount, CandidatePools.Nearest, _nearestQuota);
        FillUp(retrieval);
        return new RetrievalOutcome(skipped, candidates.Count == 0 && Repeat(retrieval.State, draw, candidates));
    }

    private CandidatePools DrawQuotas(in RetrievalRequest request, CandidateRetrieval retrieval)
    {
        var (draw, skipped) = (retrieval.Draw, CandidatePools.None);
        for (var i = 0; i < _pools.Length; i++)
        {
            var (pool, quota) = _pools[i];
            var start = draw.ListCount;
            if (i > 0 && request.Deadline.Remaining <= TimeSpan.Zero) skipped |= pool.Flag;
            else if (!pool.Propose(request, retrieval.State, quota, draw)) skipped |= pool.Flag;
            retrieval.Ends[i] = draw.ListCount;
            draw.Take(start..draw.ListCount, pool.Flag, quota);
        }
        return skipped;
    }

    /// <summary>What trends comes last: everybody sees it anyway.</summary>
    private void FillUp(CandidateRetrieval retrieval)
    {
        for (var i = 1; i <= retrieval.Ends.Length && retrieval.Deadline.Remaining > TimeSpan.Zero; i++)
        {
            var pool = i % retrieval.Ends.Length;
            var start = pool == 0 ? 0 : retrieval.Ends[pool - 1];
            retrieval.Draw.Take(start..retrieval.Ends[pool], pool == _pools.Length ? CandidatePools.Nearest : _pools[pool].Pool.Flag, Candidates.Capacity);
        }
    }

    private static bool Repeat(VideoPools state, Draw draw, Candidates candidates)
    {
        draw.AllowRepeats();
        var start = draw.ListCount;
        draw.Offer(state.Trending, 0, state.Trending.Length);
        draw.Take(start..draw.ListCount, CandidatePools.Trending, Candidates.Capacity);
        return candidates.Count > 0;
    }

    private sealed class RetrievalPolicy(Func<CandidateRetrieval> create) : PooledObjectPolicy<CandidateRetrieval>
    {
        public override CandidateRetrieval Create() => create();

        public override bool Return(CandidateRetrieval retrieval) => true;
    }
}
