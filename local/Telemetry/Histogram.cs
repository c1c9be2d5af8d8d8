using TikTok.Local.Telemetry.Otlp;

namespace TikTok.Local.Telemetry;

/// <summary>A histogram that others are added to.</summary>
internal sealed class Histogram
{
    private ulong[] _buckets = [];
    private IReadOnlyList<double> _bounds = [];

    public ulong Count { get; private set; }

    public void Add(MetricPoint point) => Add(point.Buckets, point.Bounds, point.Count);

    public void Add(Histogram other) => Add(other._buckets, other._bounds, other.Count);

    /// <summary>Interpolated within its bucket; null without measurements, the highest bound when it lies beyond.</summary>
    /// <param name="q">0 to 1.</param>
    public double? Quantile(double q)
    {
        if (Count == 0 || _bounds.Count == 0) return null;
        var rank = q * Count;
        var before = 0.0;
        for (var i = 0; i < _bounds.Count; i++)
        {
            if (_buckets[i] > 0 && before + _buckets[i] >= rank)
            {
                var low = i == 0 ? 0 : _bounds[i - 1];
                return low + ((_bounds[i] - low) * Math.Max(0, rank - before) / _buckets[i]);
            }
            before += _buckets[i];
        }
        return _bounds[^1];
    }

    private void Add(IReadOnlyList<ulong> buckets, IReadOnlyList<double> bounds, ulong count)
    {
        if (count == 0) return;
        if (_buckets.Length == 0) (_buckets, _bounds) = (new ulong[buckets.Count], bounds);

        // Another program version's bounds cannot be added to these.
        if (!_bounds.SequenceEqual(bounds)) return;
        for (var i = 0; i < buckets.Count; i++) _buckets[i] += buckets[i];
        Count += count;
    }
}
