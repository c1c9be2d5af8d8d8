namespace TikTok.Local.Telemetry.Otlp;

/// <summary>One data point: what happened in an interval, or how something stands at its end.</summary>
/// <param name="Attributes">Sorted, <c>a=b, c=d</c>.</param>
/// <param name="At">Unix nanoseconds.</param>
/// <param name="Value">The sum of a counter or histogram, or the reading of a gauge.</param>
/// <param name="Count">Measurements, for a histogram.</param>
/// <param name="Buckets">For a histogram: one more than <paramref name="Bounds"/>.</param>
internal sealed record MetricPoint(
    string Service, string Name, string Unit, MetricKind Kind, string Attributes, ulong At, double Value, ulong Count,
    IReadOnlyList<ulong> Buckets, IReadOnlyList<double> Bounds);

internal enum MetricKind { Gauge, Counter, Histogram }

/// <summary>
/// Reads an <c>ExportMetricsServiceRequest</c> (opentelemetry-proto, <c>metrics/v1</c>): gauges, and sums and histograms of delta temporality, which is what this
/// product sends. Others are passed over.
/// </summary>
internal static class OtlpMetrics
{
    private const int MaxName = 256;
    private const int MaxBuckets = 64;
    private const ulong Delta = 1;

    /// <exception cref="InvalidDataException">It is none.</exception>
    public static IReadOnlyList<MetricPoint> Read(ReadOnlySpan<byte> request)
    {
        var points = new List<MetricPoint>();
        var reader = new ProtobufReader(request);
        while (reader.Next())
        {
            if (reader.Field == 1) ReadResourceMetrics(reader.Bytes(), points);
            else reader.Skip();
        }
        return points;
    }

    private static void ReadResourceMetrics(ReadOnlySpan<byte> message, List<MetricPoint> points)
    {
        var service = "unknown";
        var resource = new ProtobufReader(message);
        while (resource.Next())
        {
            if (resource.Field == 1) service = OtlpAttributes.ServiceOf(resource.Bytes());
            else resource.Skip();
        }

        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            if (reader.Field == 2) ReadScopeMetrics(reader.Bytes(), service, points);
            else reader.Skip();
        }
    }

    private static void ReadScopeMetrics(ReadOnlySpan<byte> message, string service, List<MetricPoint> points)
    {
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            if (reader.Field == 2) ReadMetric(reader.Bytes(), service, points);
            else reader.Skip();
        }
    }

    private static void ReadMetric(ReadOnlySpan<byte> message, string service, List<MetricPoint> points)
    {
        var (name, unit) = ("", "");
        MetricKind? kind = null;
        ReadOnlySpan<byte> data = default;
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: name = reader.Text(MaxName); break;
                case 3: unit = reader.Text(MaxName); break;
                case 5:
                    kind = MetricKind.Gauge;
                    data = reader.Bytes();
                    break;
                case 7:
                    kind = MetricKind.Counter;
                    data = reader.Bytes();
                    break;
                case 9:
                    kind = MetricKind.Histogram;
                    data = reader.Bytes();
                    break;
                default: reader.Skip(); break;
            }
        }
        if (kind is not { } known || (known != MetricKind.Gauge && !IsDelta(data))) return;

        var list = new ProtobufReader(data);
        while (list.Next())
        {
            if (list.Field == 1) points.Add(ReadPoint(list.Bytes(), service, name, unit, known));
            else list.Skip();
        }
    }

    private static bool IsDelta(ReadOnlySpan<byte> data)
    {
        var reader = new ProtobufReader(data);
        var delta = false;
        while (reader.Next())
        {
            if (reader.Field == 2) delta = reader.Varint() == Delta;
            else reader.Skip();
        }
        return delta;
    }

    /// <summary><c>NumberDataPoint</c> and <c>HistogramDataPoint</c> have their time in the same field, and little else.</summary>
    private static MetricPoint ReadPoint(ReadOnlySpan<byte> message, string service, string name, string unit, MetricKind kind)
    {
        var (at, value, count) = (0UL, 0.0, 0UL);
        var attributes = new List<KeyValuePair<string, string>>();
        var buckets = new List<ulong>();
        var bounds = new List<ulong>();
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            switch ((reader.Field, kind == MetricKind.Histogram))
            {
                case (3, _): at = reader.Fixed64(); break;
                case (4, false): value = reader.Double(); break;
                case (6, false): value = (long)reader.Fixed64(); break;
                case (7, false): OtlpAttributes.Add(reader.Bytes(), attributes); break;
                case (4, true): count = reader.Fixed64(); break;
                case (5, true): value = reader.Double(); break;
                case (6, true): reader.AddFixed64(buckets); break;
                case (7, true): reader.AddFixed64(bounds); break;
                case (9, true): OtlpAttributes.Add(reader.Bytes(), attributes); break;
                default: reader.Skip(); break;
            }
        }
        if (buckets.Count > MaxBuckets || (buckets.Count > 0 && buckets.Count != bounds.Count + 1))
            throw new InvalidDataException($"A histogram has {buckets.Count} buckets and {bounds.Count} bounds.");
        return new MetricPoint(
            service, name, unit, kind, string.Join(", ", attributes.OrderBy(a => a.Key, StringComparer.Ordinal).Select(a => $"{a.Key}={a.Value}")),
            at, double.IsFinite(value) ? value : 0, count, buckets, [.. bounds.Select(BitConverter.UInt64BitsToDouble)]);
    }
}
