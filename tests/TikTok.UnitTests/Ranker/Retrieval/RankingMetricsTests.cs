using TikTok.Ranker.Training.Retrieval;

namespace TikTok.UnitTests.Ranker.Retrieval;

public class RankingMetricsTests
{
    [Fact]
    public void Recall_is_the_share_of_the_relevant_items_that_are_within_the_cutoff()
    {
        int[] ranked = [7, 3, 9, 1, 5];

        Assert.Equal(0, RankingMetrics.Recall(ranked, new HashSet<int> { 2 }, 3));
        Assert.Equal(1.0 / 3, RankingMetrics.Recall(ranked, new HashSet<int> { 3, 1, 4 }, 3), 12);
        Assert.Equal(2.0 / 3, RankingMetrics.Recall(ranked, new HashSet<int> { 3, 1, 4 }, 4), 12);
        Assert.Equal(1, RankingMetrics.Recall(ranked, new HashSet<int> { 7, 5 }, 20));
    }

    [Fact]
    public void Ndcg_discounts_by_the_logarithm_of_the_place()
    {
        int[] ranked = [7, 3, 9, 1];

        // Relevant at places 2 and 4: (1/log2 3 + 1/log2 5) over the ideal (1/log2 2 + 1/log2 3).
        Assert.Equal((0.6309297536 + 0.4306765581) / (1 + 0.6309297536), RankingMetrics.Ndcg(ranked, new HashSet<int> { 3, 1 }, 4), 9);
        Assert.Equal(0.6309297536, RankingMetrics.Ndcg(ranked, new HashSet<int> { 3 }, 4), 9);
        Assert.Equal(0, RankingMetrics.Ndcg(ranked, new HashSet<int> { 3 }, 1));
    }

    [Fact]
    public void Ndcg_of_a_list_full_of_hits_is_1_though_more_items_are_relevant_than_fit() =>
        Assert.Equal(1, RankingMetrics.Ndcg([7, 3], new HashSet<int> { 3, 7, 9, 11 }, 2), 12);

    [Fact]
    public void Top_leaves_out_what_was_watched_and_breaks_ties_by_number() => Assert.Equal([3, 2, 4], AllItemRanking.Top([1, 3, 2, 3, 2], [1], 3));

    [Fact]
    public void Measure_is_the_mean_over_users_with_held_out_items_only()
    {
        var items = new DenseMatrix(30, 1);
        for (var item = 0; item < 30; item++) items.Values[item] = -item;
        var users = new DenseMatrix(3, 1);
        Array.Fill(users.Values, 1);
        var watched = SparseMatrix.OfPairs(3, 30, [(0, 0)]);

        // User 0's item 1 is first, as item 0 is left out; user 1's item 29 is beyond the twenty; user 2 has nothing held out.
        var quality = AllItemRanking.Measure(users, items, watched, SparseMatrix.OfPairs(3, 30, [(0, 1), (1, 29)]));

        Assert.Equal(new RankingQuality(0.5, 0.5, 2), quality);
    }
}
