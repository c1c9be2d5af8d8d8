namespace TikTok.Ranker.Retrieval.Pools;

/// <summary>What is watched and liked most at the moment: half by what is in the person's country, half by what is anywhere.</summary>
internal sealed class TrendingPool : ICandidatePool
{
    public CandidatePools Flag => CandidatePools.Trending;

    public bool Propose(in RetrievalRequest request, VideoPools pools, int quota, Draw draw)
    {
        var (start, end) = pools.TrendingIn.Find(request.Person.Country);
        draw.Offer(pools.TrendingIn.Rows, start, end);
        draw.Offer(pools.Trending, 0, pools.Trending.Length);
        return true;
    }
}
