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
    /// Swipes after which any <see cref="Window"/> in a row together have nine tenths of the usual watch ratio, to the end of the session; one more than there are when
    /// the last of them have not.
    /// </summary>
    public int SwipesToRecover()
    {
        for (var swipes = SwipeCurve.Length - Window; swipes >= 0; swipes--)
        {
            if (After.Mean(swipes + 1, swipes + Window).Mean < Recovered * Usual) return swipes == SwipeCurve.Length - Window ? SwipeCurve.Length + 1 : swipes + 1;
        }
        return 0;
    }

    /// <summary>The share of the usual watch ratio that some swipes after the change have.</summary>
    public double Share(int first, int last) => After.Mean(first, last).Mean / Usual;
}
