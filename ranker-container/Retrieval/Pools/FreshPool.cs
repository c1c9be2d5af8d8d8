using TikTok.Ranker.Features;

namespace TikTok.Ranker.Retrieval.Pools;

/// <summary>
/// Videos that have not been shown enough: half of the quota for those that still lack the impressions that every video gets, the newest the most often; half
/// for those that have had theirs and are not yet certain, by Thompson sampling (Chapelle and Li, NIPS 2011): each is judged by a draw from what it may be worth,
/// so that the likely good ones come often and the unlikely ones now and then.
/// </summary>
internal sealed class FreshPool : ICandidatePool
{
    /// <summary>Videos of each kind that a request looks at; the next looks at others.</summary>
    private const int Drawn = 2_048;

    public CandidatePools Flag => CandidatePools.Fresh;

    public bool Propose(in RetrievalRequest request, VideoPools pools, int quota, Draw draw)
    {
        var random = new SplitMix64(request.Seed);
        Waiting(pools.Unproven, quota, ref random, draw);
        Sample(pools.Uncertain, ref random, draw);
        return true;
    }

    private static void Waiting(int[] unproven, int quota, ref SplitMix64 random, Draw draw)
    {
        if (unproven.Length == 0) return;
        var rows = draw.Scratch[..Math.Min(unproven.Length, Drawn)];

        // Uniform by the logarithm of the place: of a thousand, half of all requests begin among the newest thirty, and every place has its turn.
        var first = (int)Math.Pow(unproven.Length, random.NextSingle()) - 1;
        var newest = rows.Length == unproven.Length ? rows.Length : Math.Min(rows.Length, quota);
        CopyRound(unproven, first, rows[..newest]);

        // What is asked for beyond the quota fills up, and is from anywhere.
        CopyRound(unproven, random.NextInt(unproven.Length), rows[newest..]);
        draw.OfferScratch(rows.Length);
    }

    /// <summary>From a place on, and behind the last again from the first.</summary>
    private static void CopyRound(ReadOnlySpan<int> from, int first, Span<int> to)
    {
        var behind = from.Slice(first, Math.Min(to.Length, from.Length - first));
        behind.CopyTo(to);
        from[..(to.Length - behind.Length)].CopyTo(to[behind.Length..]);
    }

    private static void Sample(Estimate[] uncertain, ref SplitMix64 random, Draw draw)
    {
        var count = Math.Min(uncertain.Length, Drawn);
        if (count == 0) return;
        Span<float> values = stackalloc float[Drawn];
        var rows = draw.Scratch[..count];
        var at = random.NextInt(uncertain.Length);
        var sampler = new BetaSampler(random);
        for (var i = 0; i < count; i++)
        {
            var estimate = uncertain[at];
            (rows[i], values[i]) = (estimate.Row, -sampler.Next(estimate.Alpha, estimate.Beta));
            if (++at == uncertain.Length) at = 0;
        }
        values[..count].Sort(rows);
        draw.OfferScratch(count);
    }
}
