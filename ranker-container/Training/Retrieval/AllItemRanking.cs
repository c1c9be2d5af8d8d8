namespace TikTok.Ranker.Training.Retrieval;

/// <summary>The all-item protocol: every item is ranked for every user who has held-out items; those the user is known to have watched are left out.</summary>
public static class AllItemRanking
{
    public const int Cutoff = 20;

    private const int UsersAtOnce = 128;

    /// <param name="users">Users × dimensions.</param>
    /// <param name="items">Items × dimensions; the score is the inner product.</param>
    /// <param name="watched">Left out of the ranking.</param>
    /// <param name="heldOut">What a good ranking puts first.</param>
    public static RankingQuality Measure(DenseMatrix users, DenseMatrix items, SparseMatrix watched, SparseMatrix heldOut)
    {
        int[] measured = [.. Enumerable.Range(0, heldOut.Rows).Where(user => heldOut.CountOf(user) > 0)];
        var recall = new double[measured.Length];
        var ndcg = new double[measured.Length];
        var transposed = items.Transposed();
        var block = new DenseMatrix(UsersAtOnce, users.Columns);
        var scores = new DenseMatrix(UsersAtOnce, items.Rows);
        for (var from = 0; from < measured.Length; from += UsersAtOnce)
        {
            var first = from;
            var count = Math.Min(UsersAtOnce, measured.Length - from);
            for (var row = 0; row < count; row++) users.Row(measured[first + row]).CopyTo(block.Row(row));
            Vectors.Multiply(block, count, transposed, scores);
            Parallel.For(0, count, row =>
            {
                var user = measured[first + row];
                var ranked = Top(scores.Row(row), watched.ColumnsOf(user), Cutoff);
                var relevant = new HashSet<int>(heldOut.ColumnsOf(user).ToArray());
                recall[first + row] = RankingMetrics.Recall(ranked, relevant, Cutoff);
                ndcg[first + row] = RankingMetrics.Ndcg(ranked, relevant, Cutoff);
            });
        }
        return measured.Length == 0 ? default : new RankingQuality(recall.Average(), ndcg.Average(), measured.Length);
    }

    /// <summary>The items with the highest scores, best first; of equal scores the lower number goes first.</summary>
    /// <param name="leftOut">Ascending.</param>
    public static int[] Top(ReadOnlySpan<float> scores, ReadOnlySpan<int> leftOut, int count)
    {
        var best = new PriorityQueue<int, (float Score, int Tie)>(count + 1);
        var lowest = float.NegativeInfinity;
        var skip = 0;
        for (var item = 0; item < scores.Length; item++)
        {
            if (skip < leftOut.Length && leftOut[skip] == item)
            {
                skip++;
                continue;
            }
            if (best.Count < count) best.Enqueue(item, (scores[item], -item));
            else if (scores[item] > lowest) best.EnqueueDequeue(item, (scores[item], -item));
            else continue;
            if (best.Count == count && best.TryPeek(out _, out var last)) lowest = last.Score;
        }
        var ranked = new int[best.Count];
        for (var at = ranked.Length - 1; at >= 0; at--) ranked[at] = best.Dequeue();
        return ranked;
    }
}
