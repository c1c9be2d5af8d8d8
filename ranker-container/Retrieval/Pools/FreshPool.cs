using TikTok.Ranker.Features;

namespace TikTok.Ranker.Retrieval.Pools;

/// <summary>
/// Videos that have not been shown enough: half of the quota for those that still lack the impressions that every video gets, where chance begins among them, the newest
/// before the others; half
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
        Waiting(pools.Unproven, ref random, draw);
        Sample(pools.Uncertain, ref random, draw);
        return true;
    }

    private static void Waiting(int[] unproven, ref SplitMix64 random, Draw draw)
    {
        var rows = draw.Scratch[..Math.Min(unproven.Length, Drawn)];

        // Uniform by the logarithm of the place: of a thousand, half of all requests begin among the newest thirty, and every place has its turn.
        var first = unproven.Length == 0 ? 0 : (int)Math.Pow(unproven.Length, random.NextSingle()) - 1;
        var behind = unproven.AsSpan(first, Math.Min(rows.Length, unproven.Length - first));
        behind.CopyTo(rows);
        unproven.AsSpan(0, rows.Length - behind.Length).CopyTo(rows[behind.Length..]);
        draw.OfferScratch(rows.Length);
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
