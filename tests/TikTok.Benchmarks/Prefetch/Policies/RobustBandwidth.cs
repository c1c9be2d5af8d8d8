namespace TikTok.Benchmarks.Prefetch.Policies;

/// <summary>
/// RobustMPC's estimate (Yin, Jindal, Sekar, Sinopoli, SIGCOMM 2015): the harmonic mean of the last five downloads, divided by one plus the largest of the last
/// five relative errors of that mean. In megabytes a second.
/// </summary>
internal sealed class RobustBandwidth
{
    private const int Window = 5;
    private readonly List<double> _past = [];
    private readonly List<double> _errors = [];
    private double _mean = double.NaN;

    public void Arrived(long bytes, long delayMs) => _past.Add(bytes / 1e6 / (delayMs / 1000.0));

    /// <summary>Remembers the error of the estimate before this one, so how often it is called matters, as it does in the challenge's code.</summary>
    public double Estimate()
    {
        _errors.Add(double.IsNaN(_mean) ? 0 : Math.Abs(_mean - _past[^1]) / _past[^1]);
        var recent = _past.TakeLast(Window).ToList();
        _mean = 1.0 / (recent.Sum(b => 1 / b) / recent.Count);
        return _mean / (1 + _errors.TakeLast(Window).Max());
    }
}
