using TikTok.Ranker.Retrieval.Pools;
using TikTok.Ranker.Serving;
using TikTok.Ranker.Videos;

namespace TikTok.Ranker.Retrieval;

/// <summary>
/// One request's retrieval, between what takes no time and the index, which may: kept and used again by the next request. An index that was given up still works with it, so it goes back when the
/// last who holds it lets go.
/// </summary>
public sealed class CandidateRetrieval
{
    private readonly Action<CandidateRetrieval> _return;
    private int _holders;

    internal CandidateRetrieval(VideoTable videos, INearestVideos? nearest, int pools, Action<CandidateRetrieval> goBack)
    {
        _return = goBack;
        Draw = new Draw(videos);
        Search = new NearestSearch(nearest, Draw);
        Ends = new int[pools];
    }

    /// <summary>Whether there is something to ask the index for, and time for it.</summary>
    public bool AsksIndex { get; internal set; }

    internal Draw Draw { get; }

    internal NearestSearch Search { get; }

    /// <summary>By pool, where its lists end; those of the first begin at 0.</summary>
    internal int[] Ends { get; }

    internal VideoPools State { get; set; } = VideoPools.Empty;

    internal CandidatePools Skipped { get; set; }

    internal RequestDeadline Deadline { get; set; }

    internal Candidates Candidates { get; set; } = null!;

    /// <summary>Asks the index. On any thread, once, and only where <see cref="AsksIndex"/>; may throw what the index throws.</summary>
    public void AskIndex() => Search.Run();

    public void Hold() => Interlocked.Increment(ref _holders);

    public void Release()
    {
        if (Interlocked.Decrement(ref _holders) > 0) return;
        Draw.End();
        _return(this);
    }
}
