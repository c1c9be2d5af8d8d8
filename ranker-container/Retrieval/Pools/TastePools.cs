using TikTok.Ranker.People;

namespace TikTok.Ranker.Retrieval.Pools;

/// <summary>The newest videos of the creators that the person likes, of each as many as the person likes them more than the others.</summary>
internal sealed class CreatorPool : ICandidatePool
{
    public CandidatePools Flag => CandidatePools.Creators;

    public bool Propose(in RetrievalRequest request, VideoPools pools, int quota, Draw draw)
    {
        pools.ByCreator.OfferLiked(request.Person.Creators, draw);
        return true;
    }
}

/// <summary>The best videos with sounds that the person likes.</summary>
internal sealed class SoundPool : ICandidatePool
{
    public CandidatePools Flag => CandidatePools.Sounds;

    public bool Propose(in RetrievalRequest request, VideoPools pools, int quota, Draw draw)
    {
        pools.BySound.OfferLiked(request.Person.Sounds, draw);
        return true;
    }
}

/// <summary>The best videos with hashtags that the person likes, and with those chosen when joining.</summary>
internal sealed class HashtagPool : ICandidatePool
{
    /// <summary>A hashtag chosen counts as one liked this much, until swipes say otherwise.</summary>
    private const float ChosenWeight = 0.3f;

    public CandidatePools Flag => CandidatePools.Hashtags;

    public bool Propose(in RetrievalRequest request, VideoPools pools, int quota, Draw draw)
    {
        var person = request.Person;
        pools.ByHashtag.OfferLiked(person.Hashtags, draw);
        foreach (var hashtag in person.Interests)
        {
            // One that is liked is offered already; one that turned out to be disliked is not wanted.
            if (person.Hashtags[hashtag] != 0) continue;
            var (start, end) = pools.ByHashtag.Find(hashtag);
            draw.Offer(pools.ByHashtag.Rows, start, end, ChosenWeight);
        }
        return true;
    }
}

internal static class Liked
{
    private const int Most = 32;

    /// <summary>The lists of the ids that are liked most.</summary>
    public static void OfferLiked(this VideoLists lists, Tastes tastes, Draw draw)
    {
        Span<long> ids = stackalloc long[Most];
        Span<float> weights = stackalloc float[Most];
        var count = tastes.Top(ids, weights);
        for (var i = 0; i < count; i++)
        {
            var (start, end) = lists.Find(ids[i]);
            draw.Offer(lists.Rows, start, end, weights[i]);
        }
    }
}
