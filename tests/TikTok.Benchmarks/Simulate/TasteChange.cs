namespace TikTok.Benchmarks.Simulate;

/// <summary>
/// One session of two halves of the same people, after all tastes of one half changed at once. They are compared at the same swipes: what a session is at its beginning it is not later,
/// for the best of the day is seen first, by everyone.
/// </summary>
internal sealed record TasteChange(SwipeCurve Changed, SwipeCurve Unchanged)
{
    public static readonly TasteChange None = new(new SwipeCurve(), new SwipeCurve());

    private const double Recovered = 0.9;
    private const int Window = 10;

    /// <summary>
    /// Swipes after which any <see cref="Window"/> in a row together have nine tenths of the watch ratio of those whose tastes did not change, to the end of the session; one more than
    /// there are when the last of them have not.
    /// </summary>
    public static int SwipesToRecover(IReadOnlyCollection<TasteChange> worlds)
    {
        for (var swipes = SwipeCurve.Length - Window; swipes >= 0; swipes--)
        {
            if (worlds.Average(w => w.Share(swipes + 1, swipes + Window)) < Recovered) return swipes == SwipeCurve.Length - Window ? SwipeCurve.Length + 1 : swipes + 1;
        }
        return 0;
    }

    /// <summary>The watch ratio of some swipes, as a share of that of those whose tastes did not change.</summary>
    public double Share(int first, int last) => Changed.Mean(first, last).Mean / Unchanged.Mean(first, last).Mean;
}
