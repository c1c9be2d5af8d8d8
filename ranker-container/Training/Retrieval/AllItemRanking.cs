namespace TikTok.Ranker.Training.Retrieval;

/// <summary>The all-item protocol: every item is ranked for every user who has held-out items; those the user is known to have watched are left out.</summary>
public static class AllItemRanking
{
    public const int Cutoff = 20;

    /// <param name="users">Users × dimensions.</param>
    /// <param name="items">Items × dimensions; the score is the inner product.</param>
    /// <param name="watched">Left out of the ranking.</param>
    /// <param name="heldOut">What a good ranking puts first.</param>
    public static RankingQuality Measure(DenseMatrix users, DenseMatrix items, SparseMatrix watched, SparseMatrix heldOut)
    {
        int[] measured = [.. Enumerable.Range(0, heldOut.Rows).Where(user => heldOut.CountOf(user) > 0)];
        var recall = new double[measured.Length];
        var ndcg = new double[measured.Length];
        Parallel.For(0, measured.Length, at =>
        {
            var user = measured[at];
            var ranked = Top(users.Row(user), items, watched.ColumnsOf(user), Cutoff);
            var relevant = new HashSet<int>(heldOut.ColumnsOf(user).ToArray());
            recall[at] = RankingMetrics.Recall(ranked, relevant, Cutoff);
            ndcg[at] = RankingMetrics.Ndcg(ranked, relevant, Cutoff);
        });
        return measured.Length == 0 ? default : new RankingQuality(recall.Average(), ndcg.Average(), measured.Length);
    }

    /// <summary>The items with the highest scores, best first; of equal scores the lower number goes first.</summary>
    public static int[] Top(ReadOnlySpan<float> user, DenseMatrix items, ReadOnlySpan<int> leftOut, int count)
    {
        var best = new PriorityQueue<int, (float Score, int Tie)>(count + 1);
        var skip = 0;
        for (var item = 0; item < items.Rows; item++)
        {
            if (skip < leftOut.Length && leftOut[skip] == item)
            {
                skip++;
                continue;
            }
            var place = (Vectors.Dot(user, items.Row(item)), -item);
            if (best.Count < count) best.Enqueue(item, place);
            else if (best.TryPeek(out _, out var worst) && place.CompareTo(worst) > 0) best.EnqueueDequeue(item, place);
        }
        var ranked = new int[best.Count];
        for (var at = ranked.Length - 1; at >= 0; at--) ranked[at] = best.Dequeue();
        return ranked;
    }
}
