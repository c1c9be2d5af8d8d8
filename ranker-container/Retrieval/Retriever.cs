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
    private readonly ObjectPool<Draw> _draws;

    /// <param name="nearest">null where there is no index.</param>
    public Retriever(VideoTable videos, PoolRenewal renewal, CoWatches coWatches, INearestVideos? nearest, RetrievalOptions options)
    {
        _renewal = renewal;
        _draws = new DefaultObjectPool<Draw>(new DrawPolicy(videos), Math.Max(16, 2 * Environment.ProcessorCount));
        options.Validated();

        // In the order in which they are drawn from. What trends is first: that there is something, whatever the time.
        _pools =
        [
            (new TrendingPool(), options.Trending),
            (new FollowedPool(), options.Followed),
            (new CreatorPool(), options.Creators),
            (new CollaborativePool(coWatches, videos), options.Collaborative),
            (new HashtagPool(), options.Hashtags),
            (new SoundPool(), options.Sounds),
            (new FreshPool(), options.Fresh),
            (new NearestPool(nearest), options.Nearest),
        ];
    }

    /// <summary>Rows that anybody of whom nothing is known may be shown, best first: ready made, for when there is no time for anything else.</summary>
    /// <remarks>As of the last renewal of the pools. Whoever shows them leaves out what <see cref="VideoRow.IsListed"/> no longer allows, and what they must not repeat.</remarks>
    public ReadOnlySpan<int> ForAnybody => _renewal.Current.ForAnybody;

    /// <summary>Replaces the candidates by up to <see cref="Candidates.Capacity"/> for the request, in no order. Their similarities are not filled in.</summary>
    public RetrievalOutcome Retrieve(in RetrievalRequest request, Candidates candidates)
    {
        var state = _renewal.Current;
        var draw = _draws.Get();
        try
        {
            draw.Begin(request, candidates);
            Span<int> ends = stackalloc int[_pools.Length];
            var skipped = DrawQuotas(request, state, draw, ends);
            FillUp(request, draw, ends);
            return new RetrievalOutcome(skipped, candidates.Count == 0 && Repeat(state, draw, candidates));
        }
        finally
        {
            draw.End();
            _draws.Return(draw);
        }
    }

    /// <param name="ends">By pool, where its lists end; those of the first begin at 0.</param>
    private CandidatePools DrawQuotas(in RetrievalRequest request, VideoPools state, Draw draw, Span<int> ends)
    {
        var skipped = CandidatePools.None;
        for (var i = 0; i < _pools.Length; i++)
        {
            var (pool, quota) = _pools[i];
            var start = draw.ListCount;
            if (i > 0 && request.Deadline.Remaining <= TimeSpan.Zero) skipped |= pool.Flag;
            else if (!pool.Propose(request, state, quota, draw)) skipped |= pool.Flag;
            ends[i] = draw.ListCount;
            draw.Take(start..ends[i], pool.Flag, quota);
        }
        return skipped;
    }

    /// <summary>What trends comes last: everybody sees it anyway.</summary>
    private void FillUp(in RetrievalRequest request, Draw draw, ReadOnlySpan<int> ends)
    {
        for (var i = 1; i <= _pools.Length && request.Deadline.Remaining > TimeSpan.Zero; i++)
        {
            var pool = i % _pools.Length;
            var start = pool == 0 ? 0 : ends[pool - 1];
            draw.Take(start..ends[pool], _pools[pool].Pool.Flag, Candidates.Capacity);
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

    private sealed class DrawPolicy(VideoTable videos) : PooledObjectPolicy<Draw>
    {
        public override Draw Create() => new(videos);

        public override bool Return(Draw draw) => true;
    }
}
