using System.Runtime.CompilerServices;

namespace TikTok.Ranker.Retrieval.Pools;

/// <summary>The videos nearest to where the person lies; where they like several things, nearest to each in turn, by its share.</summary>
internal sealed class NearestPool(INearestVideos? nearest) : ICandidatePool
{
    public CandidatePools Flag => CandidatePools.Nearest;

    public bool Propose(in RetrievalRequest request, VideoPools pools, int quota, Draw draw)
    {
        if (request.Vector.IsEmpty || quota == 0) return true;
        try
        {
            if (nearest is not { IsReady: true }) return false;
            Propose(request, quota, draw);
            return true;
        }
        catch (Exception)
        {
            // An index that fails is one that did not answer: the others fill up, and the answer says so.
            return false;
        }
    }

    [SkipLocalsInit]
    private void Propose(in RetrievalRequest request, int quota, Draw draw)
    {
        Span<float> vectors = stackalloc float[INearestVideos.MaxInterests * request.Vector.Length];
        Span<float> shares = stackalloc float[INearestVideos.MaxInterests];
        var interests = nearest!.EmbedInterests(request.Person, vectors, shares);
        if (interests <= 1) Offer(request.Vector, quota, 1, draw);
        for (var i = 0; interests > 1 && i < interests; i++)
        {
            Offer(vectors.Slice(i * request.Vector.Length, request.Vector.Length), (int)MathF.Ceiling(quota * shares[i]), shares[i], draw);
        }
    }

    private void Offer(ReadOnlySpan<float> vector, int count, float share, Draw draw)
    {
        if (count == 0) return;
        var found = nearest!.Nearest(vector, draw.Scratch[..count], new AllowedRows(draw));
        draw.OfferScratch(found, share);
    }
}
