using TikTok.Simulation;
using TikTok.Simulation.Measures;

namespace TikTok.Benchmarks.Simulate;

/// <summary>The mean watch ratio by the number of the swipe in its session.</summary>
internal sealed class SwipeCurve
{
    /// <summary>Swipes that everyone makes.</summary>
    public const int Length = 48;

    private readonly Dictionary<int, double[]> _ratios = [];

    public void Add(Impression impression)
    {
        if (!_ratios.TryGetValue(impression.Person.Number, out var ratios)) _ratios[impression.Person.Number] = ratios = new double[Length];
        ratios[impression.Session.Swipes - 1] = impression.Ratio;
    }

    /// <param name="first">From 1.</param>
    /// <param name="last">Inclusive.</param>
    public Estimate Mean(int first, int last) => Estimate.Of(_ratios.Values.Select(ratios => ratios.AsSpan()[(first - 1)..last].ToArray().Average()));
}
