using TikTok.Ranker.People;
using TikTok.Ranker.Ranking;
using TikTok.Ranker.Videos;

namespace TikTok.Ranker.Retrieval.Pools;

/// <summary>What those watch well who watched well what the person did: the neighbours of the person's last such videos, by how much speaks for each.</summary>
internal sealed class CollaborativePool(CoWatches coWatches, VideoTable videos) : ICandidatePool
{
    private const int MostSources = 24;

    /// <summary>What was watched before weighs this much less than what was watched after it.</summary>
    private const float Fading = 0.95f;

    /// <summary>A video that was liked, shared, or made the person follow its creator speaks as much louder.</summary>
    private const float LikedWeight = 2;

    private const SwipeSignals Liked = SwipeSignals.Liked | SwipeSignals.Shared | SwipeSignals.Followed;

    public CandidatePools Flag => CandidatePools.Collaborative;

    public bool Propose(in RetrievalRequest request, VideoPools pools, int quota, Draw draw)
    {
        draw.Scores.Clear();
        var (weight, left) = (1f, MostSources);
        foreach (ref readonly var entry in request.Person.History)
        {
            if (!PersonContext.IsWellWatched(entry)) continue;
            if (left-- == 0) break;
            if (videos.Find(entry.Video) is var row and >= 0) coWatches.AddNeighbours(row, (entry.Signals & Liked) != 0 ? LikedWeight * weight : weight, draw.Scores);
            weight *= Fading;
        }
        draw.OfferScratch(draw.Scores.CopyDescending(draw.Scratch));
        return true;
    }
}
