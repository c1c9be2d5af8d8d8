namespace TikTok.Simulation.Measures;

/// <summary>A mean, and how far it may be off.</summary>
/// <param name="Margin">Half the width of the interval that holds the true mean in 95 of 100 cases.</param>
public readonly record struct Estimate(double Mean, double Margin)
{
    private const double Normal95 = 1.96;

    /// <summary>Of independent figures: one per person, not one per swipe.</summary>
    public static Estimate Of(IEnumerable<double> figures)
    {
        var (count, mean, squares) = (0L, 0.0, 0.0);
        foreach (var figure in figures)
        {
            count++;
            var off = figure - mean;
            mean += off / count;
            squares += off * (figure - mean);
        }
        return count switch
        {
            0 => new Estimate(double.NaN, double.NaN),
            1 => new Estimate(mean, double.NaN),
            _ => new Estimate(mean, Normal95 * Math.Sqrt(squares / (count - 1) / count)),
        };
    }
}
