namespace TikTok.Benchmarks.Simulate;

/// <summary>A session before all tastes changed at once, and one after.</summary>
internal sealed record TasteChange(SwipeCurve Before, SwipeCurve After)
{
    public static readonly TasteChange None = new(new SwipeCurve(), new SwipeCurve());

    private const double Recovered = 0.9;
    private const int Window = 10;

    /// <summary>The watch ratio over the whole session before.</summary>
    public double Usual => Before.Mean(1, SwipeCurve.Length).Mean;

    /// <summary>
    /// The first swipe from which on the next <see cref="Window"/> together have nine tenths of the usual watch ratio; one more than there are when none does.
    /// </summary>
    public int SwipesToRecover()
    {
        for (var swipes = 0; swipes + Window <= SwipeCurve.Length; swipes++)
        {
            if (After.Mean(swipes + 1, swipes + Window).Mean >= Recovered * Usual) return swipes;
        }
        return SwipeCurve.Length + 1;
    }

    /// <summary>The share of the usual watch ratio that some swipes after the change have.</summary>
    public double Share(int first, int last) => After.Mean(first, last).Mean / Usual;
}
