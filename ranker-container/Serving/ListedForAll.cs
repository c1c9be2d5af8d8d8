using TikTok.Ranker.Retrieval.Hnsw;
using TikTok.Ranker.Videos;

namespace TikTok.Ranker.Serving;

/// <summary>Videos that anybody may be shown, whoever they are.</summary>
public readonly struct ListedForAll(VideoTable videos) : IHnswFilter
{
    public bool Allows(ulong label)
    {
        ref readonly var video = ref videos[(int)label];
        return video.IsListed && (video.Flags & VideoFlags.NotForTeens) == 0;
    }
}
