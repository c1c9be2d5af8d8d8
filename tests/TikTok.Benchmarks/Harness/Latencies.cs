namespace TikTok.Benchmarks.Harness;

/// <summary>How long operations took, in milliseconds.</summary>
public sealed class Latencies
{
    private readonly double[] _sorted;

    public Latencies(IEnumerable<double> milliseconds) => _sorted = [.. milliseconds.Order()];

    public int Count => _sorted.Length;

    /// <summary>The time that this share of the operations did not exceed; not a number when there was none.</summary>
    /// <param name="share">0 to 1.</param>
    public double At(double share) => Count == 0 ? double.NaN : _sorted[Math.Min(Count - 1, (int)(Count * share))];
}
