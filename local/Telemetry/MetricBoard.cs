using TikTok.Local.Telemetry.Otlp;

namespace TikTok.Local.Telemetry;

/// <summary>A metric over the last minutes, one line per set of attributes.</summary>
internal sealed record MetricView(string Name, string Unit, MetricKind Kind, IReadOnlyList<SeriesView> Series);

/// <param name="Attributes">Sorted, <c>a=b, c=d</c>.</param>
/// <param name="Total">The sum over the window; for a gauge its last reading.</param>
/// <param name="Count">Measurements of a histogram over the window.</param>
/// <param name="P50">null unless a histogram with measurements.</param>
/// <param name="Points">Per interval, oldest first: the count of a histogram, else the value; null where there is none.</param>
/// <param name="Slow">Per interval, of a histogram: its 95th percentile.</param>
internal sealed record SeriesView(
    string Attributes, double Total, ulong Count, double? P50, double? P95, double? P99, IReadOnlyList<double?> Points, IReadOnlyList<double?> Slow);

/// <summary>What was measured in the last ten minutes, in memory, in intervals of ten seconds. Beyond so many series new ones are not taken.</summary>
internal sealed class MetricBoard(TimeProvider time, int maxSeries = 1_000)
{
    public const int Intervals = 60;
    public const long IntervalSeconds = 10;

    private readonly Lock _gate = new();
    private readonly Dictionary<(string Name, string Attributes), Series> _series = [];

    public void Add(IReadOnlyList<MetricPoint> points)
    {
        lock (_gate)
        {
            foreach (var point in points)
            {
                if (!_series.TryGetValue((point.Name, point.Attributes), out var series))
                {
                    if (_series.Count >= maxSeries) continue;
                    _series.Add((point.Name, point.Attributes), series = new Series(point.Unit, point.Kind));
                }
                if (point.Kind == series.Kind) series.Add(point, Now);
            }
        }
    }

    /// <summary>Metrics with a measurement in the window, by name.</summary>
    public IReadOnlyList<MetricView> View()
    {
        lock (_gate)
        {
            return
            [
                .. _series.GroupBy(s => s.Key.Name, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal).Select(metric => new MetricView(
                    metric.Key, metric.First().Value.Unit, metric.First().Value.Kind,
                    [.. metric.Where(s => s.Value.IsAlive(Now)).OrderBy(s => s.Key.Attributes, StringComparer.Ordinal).Select(s => s.Value.View(s.Key.Attributes, Now))]))
                    .Where(metric => metric.Series.Count > 0),
            ];
        }
    }

    /// <summary>The number of the running interval.</summary>
    private long Now => time.GetUtcNow().ToUnixTimeSeconds() / IntervalSeconds;

    private sealed class Series(string unit, MetricKind kind)
    {
        private readonly Interval?[] _ring = new Interval?[Intervals];
        private double _last;

        public string Unit => unit;
        public MetricKind Kind => kind;

        public void Add(MetricPoint point, long now)
        {
            var number = Math.Clamp((long)(point.At / 1_000_000_000) / IntervalSeconds, now - Intervals + 1, now);
            ref var interval = ref _ring[number % Intervals];
            if (interval is null || interval.Number != number) interval = new Interval(number);
            interval.Value = kind == MetricKind.Gauge ? point.Value : interval.Value + point.Value;
            interval.Histogram.Add(point);
            _last = point.Value;
        }

        public bool IsAlive(long now) => At(now).Any(i => i is not null);

        public SeriesView View(string attributes, long now)
        {
            var intervals = At(now).ToList();
            var whole = new Histogram();
            foreach (var interval in intervals.OfType<Interval>()) whole.Add(interval.Histogram);
            var isHistogram = kind == MetricKind.Histogram;
            return new SeriesView(
                attributes, kind == MetricKind.Gauge ? _last : intervals.Sum(i => i?.Value ?? 0), whole.Count, whole.Quantile(0.5), whole.Quantile(0.95), whole.Quantile(0.99),
                [.. intervals.Select(i => i is null ? (double?)null : isHistogram ? i.Histogram.Count : i.Value)],
                isHistogram ? [.. intervals.Select(i => i?.Histogram.Quantile(0.95))] : []);
        }

        private IEnumerable<Interval?> At(long now) => Enumerable.Range(0, Intervals)
            .Select(i => now - Intervals + 1 + i).Select(number => _ring[number % Intervals] is { } interval && interval.Number == number ? interval : null);
    }

    private sealed class Interval(long number)
    {
        public long Number => number;
        public double Value { get; set; }
        public Histogram Histogram { get; } = new();
    }
}
