namespace TikTok.Ranker.Retrieval.Pools;

/// <summary>The newest videos of the creators that the person follows. Of very many, others at each request.</summary>
internal sealed class FollowedPool : ICandidatePool
{
    private const int MostCreators = 1_024;

    public CandidatePools Flag => CandidatePools.Followed;

    public bool Propose(in RetrievalRequest request, VideoPools pools, int quota, Draw draw)
    {
        var followed = request.Person.Followed;
        var skip = followed.Count <= MostCreators ? 0 : (int)((ulong)request.Seed % (ulong)(followed.Count - MostCreators + 1));
        var left = MostCreators;
        foreach (var creator in followed)
        {
            if (skip-- > 0) continue;
            if (left-- == 0) break;
            var (start, end) = pools.ByCreator.Find(creator);
            draw.Offer(pools.ByCreator.Rows, start, end);
        }
        return true;
    }
}
