namespace TikTok.Ranker.Training.Retrieval;

/// <summary>Quality of a ranked list against the set of relevant items; relevance is yes or no.</summary>
public static class RankingMetrics
{
    /// <summary>The share of the relevant items that are among the first <paramref name="cutoff"/>, from 0 to 1.</summary>
    public static double Recall(ReadOnlySpan<int> ranked, IReadOnlySet<int> relevant, int cutoff)
    {
        var hits = 0;
        foreach (var item in ranked[..Math.Min(cutoff, ranked.Length)])
        {
            if (relevant.Contains(item)) hits++;
        }
        return (double)hits / relevant.Count;
    }

    /// <summary>
    /// Gain 1 ÷ log2(1 + place) of each relevant item among the first <paramref name="cutoff"/>, over the gain of the best possible list: one that begins
    /// with all relevant items, as many as fit into the cutoff (Järvelin and Kekäläinen, 2002). From 0 to 1.
    /// </summary>
    public static double Ndcg(ReadOnlySpan<int> ranked, IReadOnlySet<int> relevant, int cutoff)
    {
        double gain = 0, ideal = 0;
        for (var place = 0; place < Math.Min(cutoff, ranked.Length); place++)
        {
            if (relevant.Contains(ranked[place])) gain += Discount(place);
        }
        for (var place = 0; place < Math.Min(cutoff, relevant.Count); place++) ideal += Discount(place);
        return gain / ideal;

        static double Discount(int place) => 1 / Math.Log2(place + 2);
    }
}

/// <summary>Means over the users who have at least one relevant item.</summary>
public readonly record struct RankingQuality(double Recall, double Ndcg, int Users);
