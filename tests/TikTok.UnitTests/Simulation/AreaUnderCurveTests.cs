using FsCheck;
using FsCheck.Fluent;
using TikTok.Simulation.Measures;

namespace TikTok.UnitTests.Simulation;

public class AreaUnderCurveTests
{
    [Fact]
    public void It_is_the_share_of_pairs_in_the_right_order_where_ties_count_half()
    {
        var scores = Gen.Choose(0, 5).Select(s => s / 5f);
        var predictions = scores.Zip(Gen.Elements(true, false)).Select(p => (Score: p.Item1, Happened: p.Item2)).ListOf().Select(l => l.ToList());
        Prop.ForAll(Arb.From(predictions), all =>
        {
            var curve = new AreaUnderCurve();
            foreach (var (score, happened) in all) curve.Add(score, happened);
            var pairs = (from a in all where a.Happened from b in all where !b.Happened select a.Score > b.Score ? 1.0 : a.Score < b.Score ? 0 : 0.5).ToList();

            return pairs.Count == 0 ? double.IsNaN(curve.Value()) : Math.Abs(curve.Value() - pairs.Average()) < 1e-9;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void An_estimate_is_the_mean_and_its_margin_that_of_a_normal_distribution()
    {
        var estimate = Estimate.Of([2, 4, 4, 4, 5, 5, 7, 9]);

        Assert.Equal(5, estimate.Mean, 12);
        Assert.Equal(1.96 * Math.Sqrt(32.0 / 7 / 8), estimate.Margin, 12);
    }
}
