namespace TikTok.Ranker.Retrieval.Pools;

/// <summary>One way to find videos for a person. The time it takes depends on what is asked for, not on how many videos there are.</summary>
internal interface ICandidatePool
{
    CandidatePools Flag { get; }

    /// <summary>Offers lists of rows, best first. They need not be distinct, nor allowed: whoever draws from them looks.</summary>
    /// <param name="quota">Candidates that will be taken at first.</param>
    /// <returns>false when the pool is there but could not answer.</returns>
    bool Propose(in RetrievalRequest request, VideoPools pools, int quota, Draw draw);
}
