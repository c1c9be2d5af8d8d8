namespace TikTok.Ranker.Serving;

/// <summary>What each stage may take of a request of 50 ms, by the product's latency table. For another deadline they stretch and shrink with it.</summary>
public static class StageBudgets
{
    public static readonly TimeSpan Parsing = TimeSpan.FromMilliseconds(1);
    public static readonly TimeSpan Features = TimeSpan.FromMilliseconds(3);
    public static readonly TimeSpan Retrieval = TimeSpan.FromMilliseconds(8);

    /// <summary>Of retrieval's: what filling up from the other pools takes when the index has been given up.</summary>
    public static readonly TimeSpan FillingUp = TimeSpan.FromMilliseconds(1);
    public static readonly TimeSpan Extraction = TimeSpan.FromMilliseconds(5);
    public static readonly TimeSpan Ranking = TimeSpan.FromMilliseconds(25);
    public static readonly TimeSpan Reranking = TimeSpan.FromMilliseconds(5);
    public static readonly TimeSpan Response = TimeSpan.FromMilliseconds(3);

    public static readonly TimeSpan Whole = Parsing + Features + Retrieval + Extraction + Ranking + Reranking + Response;
}
