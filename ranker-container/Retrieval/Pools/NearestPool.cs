namespace TikTok.Ranker.Retrieval.Pools;

/// <summary>The videos nearest to the person's vector.</summary>
internal sealed class NearestPool(INearestVideos? nearest) : ICandidatePool
{
    public CandidatePools Flag => CandidatePools.Nearest;

    public bool Propose(in RetrievalRequest request, VideoPools pools, int quota, Draw draw)
    {
        if (request.Vector.IsEmpty || quota == 0) return true;
        var found = nearest?.Nearest(request.Vector, draw.Scratch[..quota], new AllowedRows(draw)) ?? 0;
        draw.OfferScratch(found);
        return found > 0;
    }
}
